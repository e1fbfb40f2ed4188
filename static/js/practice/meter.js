/* How loud a microphone is right now. */

const QUIETEST_DB = -60;
const LOUDEST_DB = -12;
const FALL = 0.85; // Of the level before is left in the next frame, so that it sinks smoothly.

/** Calls `onLevel(0..1)` for every frame that is drawn. Returns a function that ends it. */
export function watchLevel(stream, onLevel) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  let frame = requestAnimationFrame(look);

  function look() {
    analyser.getFloatTimeDomainData(samples);
    level = Math.max(levelOf(samples), level * FALL);
    onLevel(level);
    frame = requestAnimationFrame(look);
  }

  return () => {
    cancelAnimationFrame(frame);
    context.close();
  };
}

function levelOf(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power || 1e-12);
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}
