/* What the room says and offers in each situation. No state and no elements here. */

import { Trouble } from "./outbox.js";

/** What is waited for. */
export const Waiting = {
  OPENING: "opening",
  ASKING: "asking",
  SENDING: "sending",
  WRITING: "writing",
  THINKING: "thinking",
};

const WAITING = {
  [Waiting.OPENING]: "Opening the microphone",
  [Waiting.ASKING]: "One moment",
  [Waiting.SENDING]: "Sending your answer",
  [Waiting.WRITING]: "Writing down what you said",
  [Waiting.THINKING]: "Thinking of what to ask next",
};

const TROUBLE = {
  [Trouble.LOST]: "The connection is lost. This page goes on by itself when it is back.",
  [Trouble.BUSY]: "The service is busy. This page tries again by itself.",
  [Trouble.UNPAID]: "Your credits do not cover the next step. Nothing is lost meanwhile.",
  [Trouble.SIGNED_OUT]: "You are signed out. Sign in again in another tab, then come back here.",
};

const NOT_HEARD = "Nothing could be heard in that. Check the microphone and answer again.";

/** What the service refused for these reasons, in words for people. */
const REFUSED = {
  turn_open: "An answer of yours still waits. Send it again or take it back first.",
  turn_running: "Your answer is still being worked on. Try again in a moment.",
  wrong_state: "The interview has gone on meanwhile. This page shows where it is now.",
  unreadable_audio: NOT_HEARD,
  empty_audio: NOT_HEARD,
};

const STOPPED = "It goes on from here";
const LISTENING = "Listening. Finish when you are ready";
const QUIET = "Nothing is heard. Is the microphone muted?";
const KEPT = " Your answer is safe in this browser.";

/** What the page shows of where the interview stands: `panel` is planned, answer, kept, paused or
    over; `status` a sentence; `isWaiting` whether something is on its way; `trouble` a sentence
    or empty; `canRetry` whether asking again helps. */
export function describe(room) {
  return {
    panel: panelOf(room),
    status: statusOf(room),
    isWaiting: Boolean(room.waiting) && !room.trouble,
    trouble: troubleText(room),
    canRetry: Boolean(room.trouble) && room.trouble !== Trouble.LOST,
    canTakeBack: Boolean(room.waiting) && [Trouble.UNPAID, Trouble.BUSY].includes(room.trouble),
    isUnpaid: room.trouble === Trouble.UNPAID,
    canAnswer: !room.waiting || room.isSpeaking || room.isRecording,
  };
}

function panelOf({ interview, isBusy, kept }) {
  if (interview.state === "finished") return "over";
  if (isBusy) return "answer";
  if (interview.state === "planned") return "planned";
  if (kept) return "kept";
  return interview.state === "paused" ? "paused" : "answer";
}

function statusOf({ interview, waiting, trouble, isRecording, isSpeaking, isQuiet }) {
  if (isRecording) {
    return isQuiet ? QUIET : LISTENING;
  }
  if (isSpeaking) return "The interviewer is speaking";
  if (waiting) return trouble ? STOPPED : WAITING[waiting];
  if (interview.state === "finished") return "That was the interview";
  return "Take your time";
}

function troubleText({ trouble, isRecording, hasAnswer }) {
  if (!trouble) return "";
  return TROUBLE[trouble] + (isRecording || hasAnswer ? KEPT : "");
}

/** Why the service refused, in plain words. */
export function reasonOf(problem) {
  return REFUSED[problem.code] ?? problem.message;
}

/** Seconds as minutes: 0:07. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A gentle word on how long an answer usually is. `guide` is `{from_s, to_s, at_most_s}`. */
export function lengthHint(seconds, { from_s: fromS, to_s: toS, at_most_s: atMostS }) {
  if (seconds > atMostS - 60) return "It ends by itself in under a minute.";
  if (seconds > toS) return "A full answer. Come to your point.";
  if (seconds > fromS) return "A good length. Finish when ready.";
  return "Most answers take 1 to 2 minutes.";
}
