/* Sends an answer until it is replied to. The id makes sending it again harmless, so whatever goes
   wrong on the way, the answer is sent again: it stays in the browser until the service has it. */

import { ConnectionLost, Problem } from "./api.js";
import { Pause } from "./pause.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const LOOKS = 5;
const LOOK_AGAIN_MS = 1000;
const UNTIL_ASKED_MS = 24 * 3600 * 1000;

/** Why an answer is not getting through just now. Each is a sentence of `view.js`. */
export const Trouble = {
  LOST: "lost",
  BUSY: "busy",
  UNPAID: "unpaid",
  SIGNED_OUT: "signed-out",
};

/** The person took the answer back while it waited. */
export class Dropped extends Error {}

export class Outbox {
  #pause = new Pause();
  #isDropped = false;

  /** `room.takeTrouble(trouble or null)` is told why it takes longer; `room.isAloud` says whether
      the interviewer is to speak. */
  constructor({ session, kept, room }) {
    this.session = session;
    this.kept = kept;
    this.room = room;
  }

  /** Resolves once the interviewer has replied. Throws the `Problem` of an answer that can never be
      taken: its sound cannot be read, or the interview is over. `signal` stops the speech. */
  async deliver(answer, signal) {
    const { turnId } = answer;
    this.#isDropped = false;
    for (let attempt = 0; !this.session.isRepliedTo(turnId); attempt += 1) {
      try {
        await this.#send(answer, signal);
        break;
      } catch (error) {
        if (this.session.isRepliedTo(turnId)) throw error;
        // The service has something else under this id: that is the answer, then.
        if (error.code === "turn_differs") answer = { turnId };
        else await this.#overcome(error, turnId, attempt);
      }
    }
    this.room.takeTrouble(null);
  }

  /** Do not wait any longer before sending again. */
  hurry() {
    this.#pause.end();
  }

  /** Send nothing more of the answer that waits. */
  drop() {
    this.#isDropped = true;
    this.#pause.end();
  }

  async #send(answer, signal) {
    const isThere = this.session.turn(answer.turnId);
    const content = isThere ? idOf(answer) : await this.#contentOf(answer);
    await this.session.hear("turns", { ...content, isAloud: this.room.isAloud, signal });
  }

  /** Somebody else works on it, such as the page before this one: look on for a while. */
  async #watch(turnId) {
    for (let look = 0; look < LOOKS && !this.session.isRepliedTo(turnId); look += 1) {
      await this.#pause.last(LOOK_AGAIN_MS);
      await this.session.refresh().catch(() => {});
    }
  }

  async #contentOf(answer) {
    if (answer.text !== undefined) return { json: { turn_id: answer.turnId, text: answer.text } };
    if (answer.type === undefined) return idOf(answer);
    const form = new FormData();
    form.set("turn_id", answer.turnId);
    form.set("audio", await this.kept.sound(answer), "answer");
    return { form };
  }

  /** Resolves when it is worth sending again. */
  async #overcome(error, turnId, attempt) {
    if (error.code === "turn_open") {
      await this.deliver({ turnId: error.document.turn_id });
    } else if (error.code === "turn_running") {
      await this.#watch(turnId);
    } else {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      this.room.takeTrouble(trouble);
      await this.#pause.last(waitFor(trouble, error, attempt));
    }
    if (this.#isDropped) throw new Dropped();
  }
}

/** What the service has already is taken up by its id alone. */
function idOf({ turnId }) {
  return { json: { turn_id: turnId } };
}

/** Why an answer is not getting through, or null where sending it again cannot help. */
export function troubleOf(error) {
  if (error instanceof ConnectionLost) return Trouble.LOST;
  if (!(error instanceof Problem)) return null;
  if (error.status === 402) return Trouble.UNPAID;
  if (error.status === 401 || error.status === 403) return Trouble.SIGNED_OUT;
  return error.status === 429 || error.status >= 500 ? Trouble.BUSY : null;
}

function waitFor(trouble, error, attempt) {
  if (trouble === Trouble.UNPAID || trouble === Trouble.SIGNED_OUT) return UNTIL_ASKED_MS;
  if (error.retryAfterS) return 1000 * error.retryAfterS;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}
