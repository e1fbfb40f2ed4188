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
