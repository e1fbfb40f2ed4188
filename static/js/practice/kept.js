/* Answers that the server does not have yet. They are in this browser's own database, so that
   closing the page, a crash or a lost connection loses nothing, and in memory, for where a browser
   refuses to keep things. */

const DATABASE = "interview-trainer";
const ANSWERS = "answers";
const PIECES = "pieces";
const KEPT_MS = 30 * 24 * 3600 * 1000; // As long as the service keeps recordings.

/** An answer is `{turnId, interview, text}` where it was typed, else `{turnId, interview, type,
    isFinished, durationS}` with its sound in pieces. */
export class Kept {
  #database;
  #answers = new Map();
  #pieces = new Map();

  constructor() {
    this.#database = openDatabase().catch(() => null);
  }

  /** Store an answer, or change what is known of it. */
  async put(answer) {
    const whole = { ...this.#answers.get(answer.turnId), ...answer };
    this.#answers.set(answer.turnId, whole);
    await this.#write(ANSWERS, (answers) => answers.put(whole));
  }

  /** The next piece of an answer's sound. */
  async addPiece(turnId, blob) {
    const pieces = this.#pieces.get(turnId) ?? [];
    this.#pieces.set(turnId, [...pieces, blob]);
    // Safari has lost Blobs that were kept; bytes stay.
    const bytes = await blob.arrayBuffer();
    await this.#write(PIECES, (store) => store.put({ turnId, number: pieces.length, bytes }));
  }

  /** The sound of an answer as far as it is here. */
  async sound({ turnId, type }) {
    const stored = await this.#read(PIECES, piecesOf(turnId));
    const here = this.#pieces.get(turnId) ?? [];
    const pieces = stored.length >= here.length ? stored.map(({ bytes }) => bytes) : here;
    return new Blob(pieces, { type: type?.split(";")[0] });
  }

  /** All answers, the oldest first. */
  async all() {
    for (const answer of await this.#read(ANSWERS)) {
      if (!this.#answers.has(answer.turnId)) this.#answers.set(answer.turnId, answer);
    }
    return [...this.#answers.values()].sort((one, other) => one.startedAt - other.startedAt);
  }

  /** Those of one interview. */
  async of(interview) {
    return (await this.all()).filter((answer) => answer.interview === interview);
  }

  async remove(turnId) {
    this.#answers.delete(turnId);
    this.#pieces.delete(turnId);
    await this.#write(ANSWERS, (answers) => answers.delete(turnId));
    await this.#write(PIECES, (pieces) => pieces.delete(piecesOf(turnId)));
  }

  /** Forget what nobody has come back for. */
  async prune() {
    for (const { turnId, startedAt } of await this.all()) {
      if (Date.now() - startedAt > KEPT_MS) await this.remove(turnId);
    }
  }

  /** All that is kept of an interview. */
  async forget(interview) {
    for (const { turnId } of await this.of(interview)) await this.remove(turnId);
  }

  async #write(name, change) {
    const database = await this.#database;
    if (!database) return;
    const transaction = database.transaction(name, "readwrite");
    change(transaction.objectStore(name));
    await new Promise((resolve) => {
      transaction.oncomplete = transaction.onabort = resolve;
    });
  }

  async #read(name, range = null) {
    const database = await this.#database;
    if (!database) return [];
    return resultOf(database.transaction(name).objectStore(name).getAll(range)).catch(() => []);
  }
}

function openDatabase() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(ANSWERS, { keyPath: "turnId" });
    opening.result.createObjectStore(PIECES, { keyPath: ["turnId", "number"] });
  };
  return resultOf(opening);
}

function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function piecesOf(turnId) {
  return IDBKeyRange.bound([turnId], [turnId, []]);
}
