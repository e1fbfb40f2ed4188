/* Says aloud what comes in pieces, from the first piece on, and falls silent at once. */

import { bytesOf, WavReader } from "./pcm.js";

const FIRST_SOUND_IN_S = 0.06; // Room for the next piece to arrive in time.
const FADE_S = 0.02; // Cut off harder, speech ends in a click.

/** `onChange(isPlaying)` is called when sound begins and when it has ended. */
export class Player {
  #context = null;
  #speech = null;

  constructor(onChange = () => {}) {
    this.onChange = onChange;
  }

  /** Browsers allow sound from a click or a key on. To be called in one. */
  unlock() {
    this.#context ??= new AudioContext();
    this.#context.resume().catch(() => {});
  }

  /** Browsers may take a moment to start; what comes meanwhile waits for it. */
  get isUnlocked() {
    return this.#context !== null;
  }

  get isPlaying() {
    return this.#speech !== null;
  }

  /** The next piece of a WAV, in base64. */
  feed(base64) {
    if (!this.#context) return;
    this.#speech ??= this.#begin();
    this.#speech.feed(bytesOf(base64));
  }

  /** Nothing more will come: what is there is said to its end. */
  end() {
    this.#speech?.end();
  }

  /** Silence, now. */
  stop() {
    const speech = this.#speech;
    if (!speech) return;
    this.#speech = null;
    speech.stop();
    this.onChange(false);
  }

  #begin() {
    const speech = new Speech(this.#context, () => {
      if (this.#speech !== speech) return;
      this.#speech = null;
      this.onChange(false);
    });
    this.onChange(true);
    return speech;
  }
}

/** One utterance: buffers that are played one after the other, to the sample. */
class Speech {
  #next = 0;
  #playing = new Set();
  #isWhole = false;

  constructor(context, onEnd) {
    this.context = context;
    this.onEnd = onEnd;
    this.volume = new GainNode(context);
    this.volume.connect(context.destination);
    this.reader = new WavReader(context.sampleRate);
  }

  feed(bytes) {
    const samples = this.reader.read(bytes);
    if (!samples.length) return;
    const { context } = this;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: context.sampleRate });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.volume);
    source.addEventListener("ended", () => this.#endOf(source));
    if (this.#next < context.currentTime) this.#next = context.currentTime + FIRST_SOUND_IN_S;
    source.start(this.#next);
    this.#next += buffer.duration;
    this.#playing.add(source);
  }

  end() {
    this.#isWhole = true;
    if (!this.#playing.size) this.onEnd();
  }

  stop() {
    const { currentTime } = this.context;
    this.volume.gain.setTargetAtTime(0, currentTime, FADE_S / 4);
    for (const source of this.#playing) source.stop(currentTime + FADE_S);
    this.#playing.clear();
  }

  #endOf(source) {
    this.#playing.delete(source);
    if (this.#isWhole && !this.#playing.size) this.onEnd();
  }
}
