/* Keeps a phone's screen from going dark in the middle of an answer. */

let lock = null;

/** Where the browser can and the battery allows. */
export async function stayAwake() {
  lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
}

export function mayRest() {
  lock?.release().catch(() => {});
  lock = null;
}
