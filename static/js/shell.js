/* What every page has: toasts, dialogs, and forms that are sent once. Pages work without it. */

const TOAST_LASTS_MS = 6000;

/** Say something in passing, aloud to screen readers too. It goes by itself, or when dismissed. */
export function toast(text) {
  const shown = document.createElement("div");
  shown.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "button";
  dismiss.textContent = "Dismiss";
  dismiss.addEventListener("click", () => shown.remove());
  shown.append(words, dismiss);
  document.getElementById("toasts").append(shown);
  const leave = () => (shown.matches(":hover, :focus-within") ? wait() : shown.remove());
  const wait = () => setTimeout(leave, TOAST_LASTS_MS);
  wait();
}

/** `<button data-opens="dialog-id">` opens a dialog, `<button data-closes>` in it closes it. */
function openAndCloseDialogs(event) {
  const button = event.target.closest("[data-opens], [data-closes]");
  if (button?.dataset.opens) {
    document.getElementById(button.dataset.opens).showModal();
  } else {
    button?.closest("dialog")?.close();
  }
}

const sent = new WeakSet();

/** A second click while the first is on its way sends nothing. */
function sendOnce(event) {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sent.has(event.target)) {
    event.preventDefault();
    return;
  }
  sent.add(event.target);
  event.submitter?.setAttribute("aria-busy", "true");
}

/** Back to a page that the browser kept: its forms may be sent again. */
function allowSending(event) {
  if (!event.persisted) return;
  for (const form of document.forms) sent.delete(form);
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
}

document.addEventListener("click", openAndCloseDialogs);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", allowSending);
