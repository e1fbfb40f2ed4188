/* One player for all recordings of a report. While one plays, its words are highlighted. */

import { toast } from "./toast.js";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Recordings {
  #bar;
  #report;
  #audio;
  #turn = null;
  #words = [];
  #spoken = null;
  #opener = null;

  constructor(bar, report) {
    this.#bar = bar;
    this.#report = report;
    this.#audio = this.#part("audio");
    this.#part("toggle").addEventListener("click", () => this.#toggle());
    this.#part("close").addEventListener("click", () => this.#close());
    this.#part("seek").addEventListener("input", () => this.#seek());
    bar.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    for (const name of ["play", "pause", "ended"]) this.#audio.addEventListener(name, () => this.#showState());
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) this.#audio.addEventListener(name, () => this.#showPlace());
    this.#audio.addEventListener("error", () => this.#fail());
  }

  /** Play the recording of a turn from a second on. */
  async play(turn, second) {
    if (turn !== this.#turn) this.#load(turn);
    this.#opener = document.activeElement;
    this.#bar.hidden = false;
    if (this.#audio.readyState < HTMLMediaElement.HAVE_METADATA) {
      await new Promise((ready) => this.#audio.addEventListener("loadedmetadata", ready, { once: true }));
      if (turn !== this.#turn) return;
    }
    this.#audio.currentTime = second;
    this.#start();
  }

  #part(name) {
    return this.#bar.querySelector(`[data-part=${name}]`);
  }

  #load(turn) {
    this.#forget();
    this.#turn = turn;
    const place = this.#report.querySelector(`[data-turn="${turn}"]`);
    this.#words = [...place.querySelectorAll("[data-from][data-to]")].map((element) => ({
      element,
      from: Number(element.dataset.from),
    }));
    const title = place.closest("article").querySelector("h3").textContent;
    this.#part("name").textContent = title;
    this.#audio.src = `/api/interviews/${this.#report.dataset.report}/turns/${turn}/audio`;
    this.#audio.load();
  }

  #start() {
    // The browser may refuse sound, or another recording may have been asked for meanwhile.
    this.#audio.play().then(() => this.#follow(), () => this.#showState());
  }

  #toggle() {
    if (this.#audio.paused) this.#start();
    else this.#audio.pause();
  }

  #seek() {
    this.#audio.currentTime = Number(this.#part("seek").value);
  }

  #close() {
    this.#forget();
    this.#bar.hidden = true;
    this.#opener?.focus();
  }

  #forget() {
    this.#audio.pause();
    this.#say(null);
    this.#turn = null;
    this.#audio.removeAttribute("src");
  }

  #fail() {
    if (!this.#audio.hasAttribute("src")) return;
    toast("This recording cannot be played.");
    this.#close();
  }

  /** Words are shorter than the time between two `timeupdate`s: each frame looks anew. */
  #follow() {
    if (this.#audio.paused) return;
    this.#showPlace();
    requestAnimationFrame(() => this.#follow());
  }

  #showState() {
    const isPaused = this.#audio.paused;
    this.#bar.classList.toggle("paused", isPaused);
    this.#part("toggle").setAttribute("aria-label", isPaused ? "Play" : "Pause");
  }

  #showPlace() {
    const { currentTime, duration } = this.#audio;
    const seek = this.#part("seek");
    if (Number.isFinite(duration)) seek.max = duration;
    seek.value = currentTime;
    const time = Number.isFinite(duration) ? `${clock(currentTime)} of ${clock(duration)}` : clock(currentTime);
    if (this.#part("time").textContent !== time) {
      this.#part("time").textContent = time;
      seek.setAttribute("aria-valuetext", time);
    }
    this.#say(this.#audio.ended ? null : this.#wordAt(currentTime));
    document.dispatchEvent(new CustomEvent("recording-place", { detail: { turn: this.#turn, second: currentTime } }));
  }

  /** The word that is being said: the last one that has begun. */
  #wordAt(second) {
    let low = 0;
    let high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#words[middle].from <= second + 0.01) low = middle + 1;
      else high = middle;
    }
    return low ? this.#words[low - 1].element : null;
  }

  #say(word) {
    if (word === this.#spoken) return;
    this.#spoken?.classList.remove("now");
    word?.classList.add("now");
    this.#spoken = word;
  }
}
