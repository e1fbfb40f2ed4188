/* Sound as numbers: a WAV that comes in pieces, read as samples at the rate of whoever plays it. */

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** The bytes of base64 text. */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Takes a WAV (mono, signed 16 bit) piece by piece. Samples come out at `outRate`, each piece
    joining the one before without a step. */
export class WavReader {
  #waiting = new Uint8Array(0);
  #rate = 0;
  #isInData = false;
  #last = 0;
  #position = 1; // Of the next sample to make, counted in samples from `#last`.

  constructor(outRate) {
    this.outRate = outRate;
  }

  /** @returns {Float32Array} what can be played of it by now */
  read(bytes) {
    this.#waiting = joined(this.#waiting, bytes);
    if (!this.#isInData) this.#readHeader();
    return this.#isInData ? this.#resample(this.#takeSamples()) : new Float32Array(0);
  }

  #readHeader() {
    const view = new DataView(this.#waiting.buffer);
    for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= view.byteLength; ) {
      const body = at + CHUNK_HEADER_BYTES;
      const name = String.fromCharCode(...this.#waiting.subarray(at, at + 4));
      if (name === "data") {
        this.#isInData = true;
        this.#waiting = this.#waiting.slice(body);
        return;
      }
      const isWhole = body + 8 <= view.byteLength;
      if (name === "fmt " && isWhole) this.#rate = view.getUint32(body + 4, true);
      at = body + view.getUint32(at + 4, true);
    }
  }

  #takeSamples() {
    const count = this.#waiting.length >> 1;
    const view = new DataView(this.#waiting.buffer, this.#waiting.byteOffset);
    const sampleAt = (_, n) => view.getInt16(2 * n, true) / 32768;
    const samples = Float32Array.from({ length: count }, sampleAt);
    this.#waiting = this.#waiting.slice(2 * count);
    return samples;
  }

  #resample(samples) {
    const step = this.#rate / this.outRate;
    const made = [];
    for (; this.#position < samples.length; this.#position += step) {
      const at = Math.floor(this.#position);
      const before = at ? samples[at - 1] : this.#last;
      made.push(before + (samples[at] - before) * (this.#position - at));
    }
    if (samples.length) {
      this.#position -= samples.length;
      this.#last = samples.at(-1);
    }
    return Float32Array.from(made);
  }
}

function joined(first, second) {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
