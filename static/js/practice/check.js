/* The device check: hearing the interviewer, and being heard. Nothing is sent anywhere. */

import { watchLevel } from "./meter.js";
import {
  chooseMicrophone,
  closeMicrophone,
  listMicrophones,
  openMicrophone,
  reasonFor,
} from "./microphone.js";
import { Recorder } from "./recorder.js";
import { clock } from "./view.js";

const HEARD_LEVEL = 0.35;
const QUIET_FOR_MS = 5000;
const LONGEST_TRY_S = 20;
const SHORTEST_TRY_S = 1;
const TICK_MS = 250;
const TOO_SHORT = "That was very short. Say a whole sentence.";
const HEARD = "You are heard well.";
const NOT_HEARD = "Nothing is heard yet. Is the microphone muted, or another one chosen?";

class Check {
  #microphone = null;
  #recorder = null;
  #pieces = [];
  #endWatching = () => {};
  #timer = null;

  constructor(root) {
    this.root = root;
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
    );
    const acts = { hear: () => this.hear(), open: () => this.open(), record: () => this.record() };
    root.addEventListener("click", ({ target }) => {
      acts[target.closest("[data-act]")?.dataset.act]?.();
    });
    this.parts.microphones.addEventListener("change", ({ target }) => this.choose(target.value));
    window.addEventListener("pagehide", () => this.close());
    for (const button of root.querySelectorAll("button:disabled")) button.disabled = false;
  }

  async hear() {
    const { sentence, heard } = this.parts;
    sentence.onended = () => (heard.textContent = "That was it. You can play it again.");
    sentence.currentTime = 0;
    heard.textContent = "Playing";
    await sentence.play().catch(() => (heard.textContent = "The sound could not be played here."));
  }

  async open() {
    try {
      this.#microphone = await openMicrophone();
    } catch (error) {
      this.#fail(reasonFor(error));
      return;
    }
    this.#microphone.getAudioTracks()[0].addEventListener("ended", () => this.#fail(reasonFor({})));
    this.parts.failure.hidden = true;
    this.#show("open");
    await this.#list();
    this.#watch();
    this.parts.microphones.focus();
  }

  close() {
    clearInterval(this.#timer);
    this.#recorder = null;
    this.#endWatching();
    closeMicrophone(this.#microphone);
  }

  async choose(id) {
    chooseMicrophone(id);
    this.close();
    await this.open();
  }

  async record() {
    if (this.#recorder) return this.#finish();
    this.#pieces = [];
    this.#recorder = new Recorder(this.#microphone, (piece) => this.#pieces.push(piece));
    this.#recorder.start();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.parts.record.textContent = "Finish";
    this.parts.recorded.textContent = "Recording";
  }

  #tick() {
    this.parts.timer.textContent = clock(this.#recorder.elapsedS);
    if (this.#recorder.elapsedS > LONGEST_TRY_S) this.#finish();
  }

  async #finish() {
    clearInterval(this.#timer);
    const recorder = this.#recorder;
    const isShort = recorder.elapsedS < SHORTEST_TRY_S;
    this.#recorder = null;
    await recorder.stop();
    const { playback, record, recorded } = this.parts;
    record.textContent = "Record again";
    recorded.textContent = isShort ? TOO_SHORT : "This is how you sound.";
    if (isShort) return;
    URL.revokeObjectURL(playback.src);
    playback.src = URL.createObjectURL(new Blob(this.#pieces, { type: recorder.type }));
    playback.hidden = false;
    await playback.play().catch(() => {});
  }

  async #list() {
    const options = (await listMicrophones(this.#microphone)).map(
      ({ id, name, isChosen }) => new Option(name, id, isChosen, isChosen),
    );
    this.parts.microphones.replaceChildren(...options);
  }

  #watch() {
    const { level, levelSays } = this.parts;
    const startedAt = performance.now();
    let isHeard = false;
    levelSays.textContent = "";
    this.#endWatching = watchLevel(this.#microphone, (loudness) => {
      level.value = loudness;
      isHeard ||= loudness > HEARD_LEVEL;
      const isLong = performance.now() - startedAt > QUIET_FOR_MS;
      const says = isHeard ? HEARD : isLong ? NOT_HEARD : "";
      if (levelSays.textContent !== says) levelSays.textContent = says;
    });
  }

  #fail(reason) {
    this.close();
    this.#show("closed");
    this.parts.failure.textContent = `${reason} You can also type your answers.`;
    this.parts.failure.hidden = false;
  }

  #show(name) {
    for (const panel of this.root.querySelectorAll("[data-panel]")) {
      panel.hidden = panel.dataset.panel !== name;
    }
  }
}

new Check(document.querySelector("[data-check]"));
