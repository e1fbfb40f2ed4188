/* The space bar starts and ends the answer, wherever it does nothing else. */

const USES_SPACE = "input, textarea, select, button, a, summary, audio, [contenteditable]";

export function listenForSpace(room) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest(USES_SPACE) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    room.toggle();
  });
}
