/* Which tab deals with a kept answer: tabs of one browser see the same ones. */

const A_RELOAD_TAKES_MS = 1500; // Until the page before this one has let go.

const mine = new Set();

/** Whether the answer is this tab's to deal with. Once it is, it is until the tab is gone. */
export async function claim(turnId) {
  if (mine.has(turnId) || !navigator.locks) return true;
  const isMine = await new Promise((resolve) => {
    const signal = AbortSignal.timeout(A_RELOAD_TAKES_MS);
    const held = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(`answer ${turnId}`, { signal }, held).catch(() => resolve(false));
  });
  if (isMine) mine.add(turnId);
  return isMine;
}
