/* What was said, as a list on the page. The server writes it with the page; here it grows. */

import { clock } from "./view.js";

const KINDS = { follow_up: "Follow-up", repeat: "Once more", closing: "Closing" };

/** The list is in `root`, with a template of one item; `length` is the number of questions. */
export class Conversation {
  #pending = null;

  constructor(root, length) {
    this.list = root.querySelector("[data-conversation]");
    this.template = root.querySelector("template");
    this.length = length;
  }

  /** Show a turn, or show it anew where it is there already. */
  show(turn) {
    const shown = this.list.querySelector(`[data-sequence="${turn.sequence}"]`);
    const item = this.#itemOf(turn);
    if (shown) {
      if (shown.textContent !== item.textContent) shown.replaceWith(item);
      return;
    }
    if (turn.speaker === "candidate") this.clearPending();
    this.#add(item);
  }

  remove(sequence) {
    this.list.querySelector(`[data-sequence="${sequence}"]`)?.remove();
  }

  /** An answer that was given and is not with the service yet. */
  showPending(words) {
    this.clearPending();
    this.#pending = this.#make("candidate", "You", words);
    this.#pending.classList.add("pending");
    this.#add(this.#pending);
  }

  clearPending() {
    this.#pending?.remove();
    this.#pending = null;
  }

  /** The foot of the page covers its end: the last words stay above it, whatever its height is. */
  keepAbove(foot) {
    const observer = new ResizeObserver(() => {
      this.list.style.setProperty("--foot", `${foot.offsetHeight}px`);
      this.scrollToEnd();
    });
    observer.observe(foot);
  }

  scrollToEnd() {
    this.list.lastElementChild?.scrollIntoView({ block: "end" });
  }

  #add(item) {
    const later = [...this.list.children].find(
      (other) => Number(other.dataset.sequence) > Number(item.dataset.sequence),
    );
    this.list.insertBefore(item, later ?? null);
    this.scrollToEnd();
  }

  #itemOf(turn) {
    const isWritten = turn.state !== "received";
    const words = isWritten ? turn.text || "Nothing was heard." : "Writing down what you said";
    const item = this.#make(turn.speaker, this.#labelOf(turn), words);
    item.classList.toggle("waiting", !isWritten);
    item.dataset.sequence = turn.sequence;
    return item;
  }

  #labelOf(turn) {
    if (turn.speaker === "candidate") {
      return turn.duration_s ? `You, ${clock(turn.duration_s)}` : "You";
    }
    return KINDS[turn.kind] ?? `Question ${turn.question} of ${this.length}`;
  }

  #make(speaker, label, words) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    item.classList.add(speaker);
    item.querySelector("[data-speaker]").textContent = label;
    item.querySelector("[data-words]").textContent = words;
    return item;
  }
}
