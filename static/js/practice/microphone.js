/* The person's microphone: asking for it, choosing one, and saying kindly why there is none. */

const CHOSEN = "microphone";

const REASONS = {
  NotAllowedError:
    "The browser may not use the microphone. Allow it beside the address of this page, or in the " +
    "system's privacy settings, then try again.",
  NotFoundError: "No microphone was found. Plug one in or switch it on, then try again.",
  NotReadableError: "Another program is using the microphone. Close it, then try again.",
  InsecureContextError:
    "Browsers allow the microphone on secure pages (https) only, and this page is not one.",
};

const UNKNOWN = "The microphone could not be started. Try again, or choose another one.";

/** What to do about an error of `openMicrophone`, in plain words. */
export function reasonFor(error) {
  return REASONS[error.name] ?? UNKNOWN;
}

/** Whether this browser can record at all. */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

/** The microphone's sound, as a MediaStream. The browser asks the person where it must. */
export async function openMicrophone() {
  if (!canRecord()) throw new DOMException("There is no microphone here.", "InsecureContextError");
  const deviceId = localStorage.getItem(CHOSEN);
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  if (deviceId) audio.deviceId = { ideal: deviceId };
  return navigator.mediaDevices.getUserMedia({ audio });
}

export function closeMicrophone(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** `[{id, name, isChosen}]`. Names are known once the microphone was allowed. */
export async function listMicrophones(stream) {
  const used = stream.getAudioTracks()[0]?.getSettings().deviceId;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "audioinput")
    .map(({ deviceId, label }, n) => ({
      id: deviceId,
      name: label || `Microphone ${n + 1}`,
      isChosen: deviceId === used,
    }));
}

/** Remembered in this browser. */
export function chooseMicrophone(id) {
  localStorage.setItem(CHOSEN, id);
}
