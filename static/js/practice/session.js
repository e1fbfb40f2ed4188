/* The interview as the service knows it, brought up to date by every answer of the service. */

import { call, stream } from "./api.js";

/** `listener` has `takeTurn(turn)`, `takeInterview(interview)` and `takeSound(base64)`. */
export class Session {
  #turns = new Map();

  constructor({ interview, turns, listener }) {
    this.interview = interview;
    this.listener = listener;
    for (const turn of turns) this.#turns.set(turn.sequence, turn);
  }

  get id() {
    return this.interview.id;
  }

  /** The answer with this id, where the service has it. */
  turn(turnId) {
    return [...this.#turns.values()].find((turn) => turn.turn_id === turnId);
  }

  /** Whether the interviewer has spoken since this answer. */
  isRepliedTo(turnId) {
    const answer = this.turn(turnId);
    return Boolean(answer) && (answer.state === "answered" || this.#turns.has(answer.sequence + 1));
  }

  /** A request that makes the interviewer speak. Resolves at the end of its events; they are taken
      as they come. Throws what `stream` throws. */
  async hear(route, { isAloud, ...options }) {
    const path = `${this.#path(route)}?speak=${isAloud}&format=wav`;
    for await (const { name, data } of stream(path, { method: "POST", ...options })) {
      this.#take(name, data);
    }
  }

  /** A request that is answered at once. Throws what `call` throws. */
  async tell(route, method = "POST") {
    return call(this.#path(route), { method });
  }

  /** Learn what changed, on another device too. */
  async refresh() {
    const { interview, turns } = await call(this.#path(`events?after=${this.interview.revision}`));
    for (const turn of turns) this.#takeTurn(turn);
    this.#takeInterview(interview);
  }

  /** Take back an answer that was not replied to. */
  async drop(turnId) {
    const turn = this.turn(turnId);
    if (!turn) return;
    await this.tell(`turns/${turnId}`, "DELETE");
    this.#turns.delete(turn.sequence);
  }

  #path(route) {
    return `/api/interviews/${this.id}/${route}`;
  }

  #take(name, data) {
    if (name === "audio") this.listener.takeSound(data.b64);
    if (name === "turn") this.#takeTurn(data);
    if (name === "interview") this.#takeInterview(data);
  }

  #takeTurn(turn) {
    this.#turns.set(turn.sequence, turn);
    this.listener.takeTurn(turn);
  }

  /** What was on its way for longer may be older than what is known. */
  #takeInterview(interview) {
    if (interview.revision < this.interview.revision) return;
    this.interview = { ...this.interview, ...interview };
    this.listener.takeInterview(this.interview);
  }
}
