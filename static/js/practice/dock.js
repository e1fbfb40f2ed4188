/* The elements around the conversation: what is offered, the status, the meter and the timer. */

import { clock, describe, lengthHint } from "./view.js";

const TYPING = "practice-typing";
const DRAFT = "practice-draft:";
const START = "Start your answer";
const FINISH = "Finish your answer";

/** What can be done carries `data-act`, what is shown at times `data-panel`, what is written to
    `data-part`. `data-needs="floor"` is out of reach while an answer is on its way, and
    `data-needs="silence"` while one is recorded as well. Buttons come disabled, because they would
    do nothing until this is loaded. */
export class Dock {
  #seen = null;

  constructor({ root, guide, room }) {
    this.root = root;
    this.guide = guide;
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
    );
    this.draft = DRAFT + root.dataset.room;
    this.#listen(room);
    this.parts.text.value = sessionStorage.getItem(this.draft) ?? "";
    for (const button of root.querySelectorAll("button:disabled")) button.disabled = false;
  }

  get canAnswer() {
    return this.#seen.panel === "answer" && this.#seen.canAnswer;
  }

  /** Whether the person was typing before this page was loaded again. */
  get wasTyping() {
    return sessionStorage.getItem(TYPING) === "yes";
  }

  setTyping(isTyping) {
    this.root.dataset.mode = isTyping ? "type" : "speak";
    sessionStorage.setItem(TYPING, isTyping ? "yes" : "no");
  }

  show(room) {
    const seen = describe(room);
    this.#seen = seen;
    this.root.classList.toggle("is-recording", room.isRecording);
    this.root.classList.toggle("is-waiting", seen.isWaiting);
    this.root.classList.toggle("is-speaking", room.isSpeaking);
    for (const panel of this.root.querySelectorAll("[data-panel]")) {
      panel.hidden = !panel.dataset.panel.split(" ").includes(seen.panel);
    }
    this.#showWords(room, seen);
    this.#showReach(room, seen);
  }

  showLevel(level) {
    this.root.style.setProperty("--level", level.toFixed(2));
  }

  showTime(seconds) {
    write(this.parts.timer, clock(seconds));
    write(this.parts.hint, lengthHint(seconds, this.guide));
    this.parts.length.value = Math.min(seconds, this.guide.to_s);
  }

  showKept(seconds) {
    write(this.parts.keptLength, clock(seconds));
  }

  showSound(isOn) {
    this.parts.sound.setAttribute("aria-pressed", String(isOn));
  }

  play(blob) {
    this.parts.player.src = URL.createObjectURL(blob);
    this.parts.player.hidden = false;
    this.parts.player.play();
  }

  focus(part) {
    this.parts[part].focus({ preventScroll: true });
  }

  focusAnswer() {
    this.focus(this.root.dataset.mode === "type" ? "text" : "control");
  }

  #listen(room) {
    const acts = {
      begin: () => room.begin(),
      toggle: () => room.toggle(),
      cancel: () => room.cancel(),
      repeat: () => room.repeat(),
      skip: () => room.skip(),
      pause: () => room.pause(),
      resume: () => room.resume(),
      finish: () => room.finish(),
      retry: () => room.retry(),
      takeBack: () => room.takeBack(),
      sound: () => room.switchSound(),
      type: () => this.#switchTyping(true),
      speak: () => this.#switchTyping(false),
      listen: () => room.listenToKept(),
      sendKept: () => room.sendKept(),
      dropKept: () => room.dropKept(),
    };
    this.root.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act]");
      if (button && button.getAttribute("aria-disabled") !== "true") acts[button.dataset.act]();
    });
    this.parts.typing.addEventListener("submit", (event) => this.#send(event, room));
    this.parts.text.addEventListener("input", ({ target }) => {
      sessionStorage.setItem(this.draft, target.value);
    });
    this.parts.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send(event, room);
    });
  }

  #switchTyping(isTyping) {
    this.setTyping(isTyping);
    this.focusAnswer();
  }

  #send(event, room) {
    event.preventDefault();
    const { text } = this.parts;
    if (!text.value.trim() || !this.canAnswer) return;
    room.sendText(text.value.trim());
    text.value = "";
    sessionStorage.removeItem(this.draft);
  }

  #showWords(room, seen) {
    const { parts } = this;
    const { position, length } = room.interview;
    write(parts.status, seen.status);
    write(parts.trouble, seen.trouble);
    parts.troubles.hidden = !seen.trouble;
    parts.retry.hidden = !seen.canRetry;
    parts.credits.hidden = !seen.isUnpaid;
    parts.takeBack.hidden = !seen.canTakeBack;
    write(parts.controlLabel, room.isRecording ? FINISH : START);
    if (position) write(parts.place, `Question ${position} of ${length}`);
    parts.progress.value = position;
  }

  #showReach({ isRecording }, { canAnswer }) {
    for (const button of this.root.querySelectorAll("[data-needs]")) {
      const isFree = canAnswer && !(isRecording && button.dataset.needs === "silence");
      button.setAttribute("aria-disabled", String(!isFree));
    }
  }
}

/** What is written again is read out again, so only what changed is. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
