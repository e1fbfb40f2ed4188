/* Requests to the service, by the session of the person who is signed in. */

import { readEvents } from "./events.js";

const ANSWER_COMES_WITHIN_MS = 30_000;
const SLOWEST_UPLOAD_BYTES_PER_MS = 10;
const SILENCE_AT_MOST_MS = 20_000;

/** The service answered, and the answer is a problem: `status`, `code`, `detail`, `retryAfterS`. */
export class Problem extends Error {
  constructor(document, { status = document.status, retryAfterS = null } = {}) {
    super(document.detail || document.title || "That did not work.");
    this.document = document;
    this.status = status;
    this.code = document.code ?? "";
    this.retryAfterS = retryAfterS;
  }
}

/** Nothing came back, or it ended midway: whether the service did it is not known. */
export class ConnectionLost extends Error {}

/** One request. Resolves to the parsed answer (null where there is none).
    Throws `Problem`, `ConnectionLost`, or an AbortError where `signal` ends it. */
export async function call(path, options = {}) {
  const watch = new Watch(options);
  try {
    const response = await send(path, options, watch, "application/json");
    return response.status === 204 ? null : await response.json();
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.end();
  }
}

/** One request whose answer is a stream of events: yields `{name, data}` up to `done`.
    Throws as `call` does, and `Problem` for the event `error`. */
export async function* stream(path, options = {}) {
  const watch = new Watch(options);
  try {
    const response = await send(path, options, watch, "text/event-stream");
    for await (const event of readEvents(response.body, () => watch.allow(SILENCE_AT_MOST_MS))) {
      if (event.name === "done") return;
      if (event.name === "error") throw new Problem(event.data);
      yield event;
    }
    throw new ConnectionLost("The answer ended midway.");
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.end();
  }
}

async function send(path, { method = "GET", json, form }, watch, accept) {
  watch.allow(ANSWER_COMES_WITHIN_MS + sizeOf(form) / SLOWEST_UPLOAD_BYTES_PER_MS);
  const headers = { Accept: accept };
  if (method !== "GET") headers["X-CSRFToken"] = cookie("__Host-csrftoken") || cookie("csrftoken");
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = json === undefined ? form : JSON.stringify(json);
  const response = await fetch(path, { method, headers, body, signal: watch.signal });
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const document = await response.json().catch(() => ({ status: response.status }));
  const retryAfterS = Number(response.headers.get("Retry-After")) || null;
  return new Problem(document, { status: response.status, retryAfterS });
}

function sizeOf(form) {
  return [...(form?.values() ?? [])].reduce((sum, value) => sum + (value.size ?? 0), 0);
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Ends a request that has been silent for too long, and tells that from being asked to stop. */
class Watch {
  #controller = new AbortController();
  #timer = null;

  constructor({ signal }) {
    this.asked = signal;
    this.signal = AbortSignal.any([this.#controller.signal, ...(signal ? [signal] : [])]);
  }

  allow(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), milliseconds);
  }

  /** Also stops what is still coming, where whoever reads it went away. */
  end() {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  explain(error) {
    if (error instanceof Problem || this.asked?.aborted) return error;
    return new ConnectionLost("The connection was lost.", { cause: error });
  }
}
