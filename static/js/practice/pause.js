/* Waiting that ends early when there is reason to think that things changed. */

export class Pause {
  #end = () => {};

  constructor() {
    window.addEventListener("online", () => this.end());
    document.addEventListener("visibilitychange", () => document.hidden || this.end());
  }

  /** Resolves after so many milliseconds; when the connection is back; when the person looks at the
      page again; or with `end`. */
  async last(milliseconds) {
    let timer;
    await new Promise((resolve) => {
      this.#end = resolve;
      timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
  }

  end() {
    this.#end();
  }
}
