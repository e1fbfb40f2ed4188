/* What runs on every page: dialogs, passwords that can be shown, and forms that are sent once. Pages work without it. */

/** `<button data-opens="dialog-id">` opens a dialog, `<button data-closes>` in it closes it. */
function openAndCloseDialogs(event) {
  const button = event.target.closest("[data-opens], [data-closes]");
  if (button?.dataset.opens) {
    document.getElementById(button.dataset.opens).showModal();
  } else {
    button?.closest("dialog")?.close();
  }
}

/** `<button data-reveals="input-id">` shows what is typed into a password's field, or hides it. */
function revealPassword(event) {
  const button = event.target.closest("[data-reveals]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveals);
  const isShown = input.type === "text";
  input.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
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

for (const button of document.querySelectorAll("[data-reveals]")) button.hidden = false;
document.addEventListener("click", openAndCloseDialogs);
document.addEventListener("click", revealPassword);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", allowSending);
