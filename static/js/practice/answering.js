/* One spoken answer, from the first word to its last piece being kept. */

import { mayRest, stayAwake } from "./awake.js";
import { claim } from "./claims.js";
import { watchLevel } from "./meter.js";
import { closeMicrophone, openMicrophone } from "./microphone.js";
import { Recorder } from "./recorder.js";

const TICK_MS = 250;

/** A new id for an answer. `randomUUID` is for secure pages only; typing works on others too. */
export function newTurnId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The microphone stays open between answers, so that no first word is lost. Nothing is recorded
    then. */
export class Answering {
  #microphone = null;
  #recorder = null;
  #answer = null;
  #endWatching = () => {};

  /** `listener` has `takeLevel(0..1)` and `takeTime(seconds)`, for while an answer is recorded, and
      `takeEnd()`, for when the microphone is gone. */
  constructor({ kept, interview, listener }) {
    this.kept = kept;
    this.interview = interview;
    this.listener = listener;
  }

  get isRecording() {
    return this.#recorder !== null;
  }

  /** Throws what `openMicrophone` throws. */
  async start() {
    const microphone = await this.#openMicrophone();
    const turnId = newTurnId();
    const recorder = new Recorder(microphone, (piece) => this.#keep(turnId, piece));
    this.#recorder = recorder;
    const { interview } = this;
    this.#answer = { turnId, interview, type: recorder.type, startedAt: Date.now() };
    recorder.start();
    this.#watch(microphone, recorder);
    claim(turnId);
    stayAwake();
    await this.kept.put({ ...this.#answer, isFinished: false });
  }

  /** The answer, kept whole. */
  async finish() {
    const recorder = this.#end();
    const finished = { ...this.#answer, isFinished: true, durationS: recorder.elapsedS };
    await recorder.stop();
    await this.kept.put(finished);
    return finished;
  }

  /** As if it had not been said. */
  async cancel() {
    const { turnId } = this.#answer;
    await this.#end().stop();
    await this.kept.remove(turnId);
  }

  close() {
    closeMicrophone(this.#microphone);
    this.#microphone = null;
  }

  #end() {
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#endWatching();
    mayRest();
    return recorder;
  }

  async #openMicrophone() {
    if (!this.#microphone?.active) {
      this.#microphone = await openMicrophone();
      this.#microphone.getAudioTracks()[0].addEventListener("ended", () => this.listener.takeEnd());
    }
    return this.#microphone;
  }

  async #keep(turnId, piece) {
    await this.kept.addPiece(turnId, piece);
    if (this.#recorder) await this.kept.put({ turnId, durationS: this.#recorder.elapsedS });
  }

  #watch(microphone, recorder) {
    const endLevel = watchLevel(microphone, (level) => this.listener.takeLevel(level));
    const ticking = setInterval(() => this.listener.takeTime(recorder.elapsedS), TICK_MS);
    this.#endWatching = () => {
      endLevel();
      clearInterval(ticking);
    };
  }
}
