/* Choosing questions may take some seconds where a language model does it: says so. */

const CHOOSING = "Choosing your questions. This may take a few seconds.";

document.querySelector(".set-up").addEventListener("submit", ({ target }) => {
  target.querySelector("[data-status]").textContent = CHOOSING;
});
