/* The report: its recordings are played with their words, its charts drawn, its page printed. */

import { prepareForPrint } from "./charts.js";
import { Recordings } from "./recordings.js";
import { drawTimelines } from "./timeline.js";

const report = document.querySelector("[data-report]");
const recordings = new Recordings(document.querySelector("[data-player]"), report);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (button) recordings.play(button.dataset.play, Number(button.dataset.from));
  if (event.target.closest("[data-print]")) window.print();
});

drawTimelines((turn, second) => recordings.play(turn, second));
prepareForPrint();
