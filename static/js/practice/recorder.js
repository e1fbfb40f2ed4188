/* Records a microphone in pieces, so that what was said so far is never only in memory. */

const PIECE_MS = 500;
const BITS_PER_SECOND = 32_000; // Speech in Opus; 15 minutes are 3.6 MB.
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export class Recorder {
  #recorder;
  #startedAt = 0;
  #saved = Promise.resolve();

  /** `keep(blob)` is awaited for each piece, in order. */
  constructor(stream, keep) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size) this.#saved = this.#saved.then(() => keep(data));
    });
  }

  get type() {
    return this.#recorder.mimeType;
  }

  /** Seconds since `start`. */
  get elapsedS() {
    return (performance.now() - this.#startedAt) / 1000;
  }

  start() {
    this.#startedAt = performance.now();
    this.#recorder.start(PIECE_MS);
  }

  /** Resolves once the last piece is kept. A microphone that was unplugged has ended it already. */
  async stop() {
    if (this.#recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => this.#recorder.addEventListener("stop", resolve));
      this.#recorder.stop();
      await stopped;
    }
    await this.#saved;
  }
}
