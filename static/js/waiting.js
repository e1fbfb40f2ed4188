/* Follows a report while it is made; when it is there, or has failed, the page is loaded anew. */

const EVERY_MS = 1500;
const SLOWEST_MS = 15000;

const page = document.querySelector("[data-waiting]");
const part = (name) => page.querySelector(`[data-part=${name}]`);

/** Shows how far it is. Says nothing twice, so that a screen reader reads each step once. */
function show({ answers_scored: scored, answers_total: total }) {
  if (!total) return;
  part("progress").max = total;
  part("progress").value = scored;
  const text = `${scored} of ${total} answers scored`;
  if (part("status").textContent !== text) part("status").textContent = text;
}

async function ask() {
  const response = await fetch(page.dataset.waiting, { headers: { Accept: "application/json" } });
  // Deleted or signed out elsewhere: the page itself says what to do.
  if (response.status < 500 && !response.ok && response.status !== 429) return { state: "gone" };
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

async function follow(wait = EVERY_MS) {
  let next = EVERY_MS;
  try {
    const report = await ask();
    if (!["waiting", "running"].includes(report.state)) return location.reload();
    show(report.progress);
    part("trouble").hidden = true;
  } catch {
    part("trouble").hidden = false;
    next = Math.min(wait * 2, SLOWEST_MS);
  }
  setTimeout(follow, next, next);
}

follow();
