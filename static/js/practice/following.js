/* Takes up what was left behind: answers that wait in the browser, an answer that a worker or
   another tab let fall, and what was said on another device. */

import { claim } from "./claims.js";
import { Pause } from "./pause.js";
import { Trouble } from "./outbox.js";

const LOOK_AGAIN_MS = 4000;
const LEFT_ALONE_MS = 5000; // An open answer that nobody seems to be working on.

/** Runs for as long as the page is open. */
export async function follow(room) {
  const pause = new Pause();
  window.addEventListener("offline", () => room.isBusy || room.takeTrouble(Trouble.LOST));
  await room.kept.prune();
  await takeUpKept(room);
  await takeUpOpen(room);
  for (let openSince = null; ; ) {
    await pause.last(LOOK_AGAIN_MS);
    if (document.hidden || room.isBusy || room.isOver) continue;
    await room.catchUp();
    openSince = room.session.interview.open_turn_id ? (openSince ?? Date.now()) : null;
    const isLeft = openSince && Date.now() - openSince > LEFT_ALONE_MS;
    if (isLeft && !room.answering.isRecording) await takeUpOpen(room);
  }
}

async function takeUpKept(room) {
  for (const answer of await room.kept.of(room.session.id)) {
    if (room.session.turn(answer.turnId)) {
      await room.kept.remove(answer.turnId);
    } else if (await claim(answer.turnId)) {
      if (answer.text !== undefined || answer.isFinished) await room.deliver(answer);
      else room.offer(answer);
    }
  }
}

async function takeUpOpen(room) {
  const turnId = room.session.interview.open_turn_id;
  if (turnId && !room.isBusy) await room.deliver({ turnId });
}
