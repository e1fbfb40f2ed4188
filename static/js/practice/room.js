/* The practice room: a conversation in which one side asks and the other decides when. */

import { toast } from "../toast.js";
import { Answering, newTurnId } from "./answering.js";
import { Problem } from "./api.js";
import { claim } from "./claims.js";
import { Conversation } from "./conversation.js";
import { Dock } from "./dock.js";
import { Kept } from "./kept.js";
import { canRecord, reasonFor } from "./microphone.js";
import { Dropped, Outbox, Trouble, troubleOf } from "./outbox.js";
import { Pause } from "./pause.js";
import { Player } from "./player.js";
import { Session } from "./session.js";
import { clock, reasonOf, Waiting } from "./view.js";

const TOO_SHORT_S = 0.6; // A slip of the finger.
const QUIET_LEVEL = 0.12;
const QUIET_AFTER_S = 4;
const CLOSING_IS_READ_MS = 3000;
const TRY_AGAIN_MS = 4000;
const SOUND = "practice-sound";
const NO_VOICE = "The question could not be said aloud. You can read it.";
const UNPAID_VOICE = "Your credits do not cover the voice. You can read the question.";
const TOO_SHORT = "That was very short. Press once to start, and again to finish.";
const NO_MICROPHONE = "This browser cannot record here. You can type your answers.";

export class Room {
  /** With the interview, what `describe` reads. */
  #now = {
    waiting: null,
    trouble: null,
    isRecording: false,
    isSpeaking: false,
    isQuiet: false,
    hasAnswer: false,
    kept: null,
  };
  #hearing = null;
  #heardAtS = 0;
  #recordedS = 0;
  #isLeaving = false;
  #pause = new Pause();

  /** `page` is what the server wrote: `{interview, turns, guide, speaks, report_url, home_url}`. */
  constructor(root, page) {
    const { interview, turns, guide } = page;
    this.page = page;
    this.kept = new Kept();
    this.player = new Player((isPlaying) => isPlaying || this.#change({ isSpeaking: false }));
    this.conversation = new Conversation(root, interview.length);
    this.session = new Session({ interview, turns, listener: this });
    this.outbox = new Outbox({ session: this.session, kept: this.kept, room: this });
    this.answering = new Answering({ kept: this.kept, interview: interview.id, listener: this });
    this.dock = new Dock({ root, guide, room: this });
    this.#setSound(sessionStorage.getItem(SOUND) ?? (page.speaks ? "on" : "off"));
    this.dock.setTyping(this.dock.wasTyping || !canRecord());
    this.#change({});
  }

  /** Whether the interviewer is to speak: browsers allow no sound before the first click. */
  get isAloud() {
    return this.isSoundOn && this.player.isUnlocked;
  }

  /** Whether the service is at work for this page. */
  get isBusy() {
    return this.#hearing !== null;
  }

  get isOver() {
    return this.session.interview.state === "finished";
  }

  async begin() {
    const asked = this.#ask("start");
    this.dock.focusAnswer();
    await asked;
  }

  repeat() {
    return this.#ask("repeat");
  }

  skip() {
    return this.#ask("skip");
  }

  async pause() {
    this.interrupt();
    await this.#tell("pause");
    this.answering.close();
    this.dock.focus("resume");
  }

  async resume() {
    this.player.unlock();
    await this.#tell("resume");
    this.dock.focusAnswer();
  }

  async finish() {
    this.interrupt();
    if (this.answering.isRecording) await this.cancel();
    if (await this.#tell("finish")) await this.#leave(0);
  }

  /** The big control, and the space bar. */
  async toggle() {
    this.dock.setTyping(false);
    if (this.answering.isRecording) await this.finishAnswer();
    else if (this.dock.canAnswer) await this.startAnswer();
  }

  async startAnswer() {
    this.player.unlock();
    this.interrupt();
    this.#heardAtS = this.#recordedS = 0;
    this.dock.showTime(0);
    this.#change({ waiting: Waiting.OPENING, isQuiet: false });
    try {
      await this.answering.start();
      this.#change({ waiting: null, isRecording: true });
    } catch (error) {
      this.#change({ waiting: null });
      this.dock.setTyping(!canRecord());
      toast(canRecord() ? reasonFor(error) : NO_MICROPHONE);
    }
  }

  async finishAnswer() {
    this.#change({ waiting: Waiting.SENDING, isRecording: false });
    const answer = await this.answering.finish();
    if (answer.durationS >= TOO_SHORT_S) return this.deliver(answer);
    await this.kept.remove(answer.turnId);
    this.#change({ waiting: null });
    toast(TOO_SHORT);
  }

  async cancel() {
    this.#change({ isRecording: false });
    await this.answering.cancel();
    this.dock.focusAnswer();
  }

  async sendText(text) {
    this.player.unlock();
    this.interrupt();
    const answer = { turnId: newTurnId(), interview: this.session.id, text, startedAt: Date.now() };
    claim(answer.turnId);
    await this.kept.put(answer);
    await this.deliver(answer);
  }

  /** The interviewer falls silent; what was asked stays on the page. */
  interrupt() {
    this.player.stop();
    if (!this.#now.isSpeaking) return;
    this.#hearing?.abort();
    this.#hearing = null;
    this.#change({ isSpeaking: false });
  }

  switchSound() {
    this.#setSound(this.isSoundOn ? "off" : "on");
    if (this.isSoundOn) this.player.unlock();
    else this.interrupt();
  }

  /** The answer that waits is not wanted any more. */
  takeBack() {
    this.outbox.drop();
  }

  retry() {
    this.#change({ trouble: null });
    this.outbox.hurry();
  }

  /** An answer that was being recorded when the page closed. */
  offer(answer) {
    this.#change({ kept: answer });
    this.dock.showKept(answer.durationS ?? 0);
  }

  async listenToKept() {
    this.dock.play(await this.kept.sound(this.#now.kept));
  }

  sendKept() {
    const answer = this.#now.kept;
    this.player.unlock();
    this.#change({ kept: null });
    return this.deliver(answer);
  }

  async dropKept() {
    const { turnId } = this.#now.kept;
    this.#change({ kept: null });
    await this.kept.remove(turnId);
    this.dock.focusAnswer();
  }

  /** Send an answer until it is replied to. */
  async deliver(answer) {
    const isKeptHere = Boolean(answer.interview);
    this.#change({ hasAnswer: isKeptHere });
    if (isKeptHere) this.conversation.showPending(wordsOf(answer));
    const error = await this.#hear(Waiting.SENDING, (signal) =>
      this.outbox.deliver(answer, signal),
    );
    const isRefused = error instanceof Problem && !this.session.turn(answer.turnId);
    if (error instanceof Dropped) await this.#drop(answer.turnId);
    else if (isRefused) await this.#forget(answer);
    this.#change({ hasAnswer: false });
  }

  takeTurn(turn) {
    this.conversation.show(turn);
    if (turn.speaker === "interviewer") {
      this.#change({ waiting: null, isSpeaking: this.isBusy && this.isAloud });
    } else {
      this.kept.remove(turn.turn_id);
      this.#change({ hasAnswer: false, waiting: waitingFor(turn) ?? this.#now.waiting });
    }
  }

  takeInterview({ open_turn_id: openTurnId }) {
    this.#change(this.isBusy || openTurnId ? {} : { waiting: null });
  }

  takeSound(base64) {
    if (this.isBusy) this.player.feed(base64);
  }

  takeTrouble(trouble) {
    if (trouble !== this.#now.trouble) this.#change({ trouble });
  }

  /** Learn what was said on another device. Heals what a lost connection left behind. */
  async catchUp() {
    try {
      await this.session.refresh();
      if (!this.isBusy && this.#now.trouble !== Trouble.UNPAID) this.takeTrouble(null);
    } catch (error) {
      if (error.status === 404) location.assign(this.page.home_url);
      else if (!this.isBusy) this.takeTrouble(troubleOf(error));
    }
  }

  takeLevel(level) {
    this.dock.showLevel(level);
    if (level > QUIET_LEVEL) this.#heardAtS = this.#recordedS;
  }

  takeTime(seconds) {
    this.#recordedS = seconds;
    this.dock.showTime(seconds);
    const isQuiet = this.#heardAtS === 0 && seconds > QUIET_AFTER_S;
    if (isQuiet !== this.#now.isQuiet) this.#change({ isQuiet });
    if (seconds >= this.page.guide.at_most_s) this.finishAnswer();
  }

  takeEnd() {
    if (this.answering.isRecording) this.finishAnswer();
  }

  #ask(route) {
    this.player.unlock();
    this.interrupt();
    return this.#hear(Waiting.ASKING, (signal) =>
      this.session.hear(route, { isAloud: this.isAloud, signal }),
    );
  }

  /** Do what makes the interviewer speak. Resolves to what went wrong, once that is said. */
  async #hear(waiting, request) {
    const hearing = new AbortController();
    this.#hearing = hearing;
    this.#change({ waiting, trouble: null });
    try {
      await request(hearing.signal);
      return null;
    } catch (error) {
      this.#explain(error);
      return error;
    } finally {
      if (this.#hearing === hearing) this.#endHearing();
    }
  }

  #endHearing() {
    this.#hearing = null;
    this.player.end();
    this.#change({ waiting: null, isSpeaking: this.player.isPlaying });
  }

  #tell(route) {
    return this.#tried(async () => {
      await this.session.tell(route);
      await this.session.refresh();
    });
  }

  /** Whether it could be done; if not, why is said. */
  async #tried(act) {
    try {
      await act();
      return true;
    } catch (error) {
      this.#explain(error);
      return false;
    }
  }

  async #drop(turnId) {
    const { sequence } = this.session.turn(turnId) ?? {};
    if (!(await this.#tried(() => this.session.drop(turnId)))) return;
    this.conversation.remove(sequence);
    await this.#forget({ turnId });
    await this.catchUp();
    this.dock.focusAnswer();
  }

  async #forget({ turnId }) {
    await this.kept.remove(turnId);
    this.conversation.clearPending();
  }

  #explain(error) {
    if (error.name === "AbortError" || error instanceof Dropped) return;
    const isSaid = this.isBusy && this.#now.waiting === null;
    if (isSaid) toast(error.status === 402 ? UNPAID_VOICE : NO_VOICE);
    else if (troubleOf(error)) this.#change({ trouble: troubleOf(error) });
    else if (error instanceof Problem) this.#refuse(error);
    else throw error;
  }

  #refuse(problem) {
    toast(reasonOf(problem));
    this.catchUp();
  }

  #setSound(choice) {
    this.isSoundOn = choice === "on";
    sessionStorage.setItem(SOUND, choice);
    this.dock.showSound(this.isSoundOn);
  }

  #change(changes) {
    Object.assign(this.#now, changes);
    const { isBusy } = this;
    this.dock.show({ ...this.#now, isBusy, interview: this.session.interview });
    if (this.isOver && !this.isBusy && !this.#now.isSpeaking) this.#leave(CLOSING_IS_READ_MS);
  }

  /** The report is asked for with the end; its page shows how far it is. */
  async #leave(afterMs) {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.answering.close();
    await this.kept.forget(this.session.id);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    while (!(await this.#tell("finish")) && this.#now.trouble) await this.#pause.last(TRY_AGAIN_MS);
    location.assign(this.page.report_url);
  }
}

/** What is waited for while an answer is in this state. */
function waitingFor({ state }) {
  return { received: Waiting.WRITING, transcribed: Waiting.THINKING }[state] ?? null;
}

function wordsOf({ text, durationS }) {
  return text ?? `An answer of ${clock(durationS ?? 0)}`;
}
