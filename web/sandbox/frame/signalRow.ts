/** The frame's half of `signals.ts`: makes object URLs ahead of time and revokes the set bits. */

import { encodeAnswer } from "../signals";

/** Enough for more than a hundred short answers in one run. */
const ROW_LENGTH = 4096;
/** Making one takes a call to the browser's process, so the frame makes a few at a time. */
const CHUNK = 128;

/** A row of object URLs that runs use up from the front. */
export class SignalRow {
  readonly #blob = new Blob(["1"]);
  #urls: string[] = [];
  #filling: Promise<void> | null = null;

  /** The URLs for one run; the frame keeps the same row and revokes by position. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  /** Make the row whole again. Concurrent calls share the work. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  /**
   * Signal `text` to the worker that waits at the row's front.
   *
   * An answer that the rest of the row cannot hold is sent as end of file.
   */
  answer(text: string | null): void {
    const bits = encodeAnswer(text, this.#urls.length) ?? [true];
    const used = this.#urls.splice(0, bits.length + 1);
    const [ready, ...rest] = used;
    rest.forEach((url, at) => {
      if (bits[at] === true) URL.revokeObjectURL(url);
    });
    if (ready !== undefined) URL.revokeObjectURL(ready);
    // What was left standing carries a zero, until the worker has surely read it.
    this.#spent.push(...rest.filter((_, at) => bits[at] !== true));
  }

  /** Forget the answers that no worker will read any more. */
  clear(): void {
    for (const url of this.#spent.splice(0)) URL.revokeObjectURL(url);
  }

  readonly #spent: string[] = [];

  async #fill(): Promise<void> {
    while (this.#urls.length < ROW_LENGTH) {
      const wanted = Math.min(CHUNK, ROW_LENGTH - this.#urls.length);
      for (let made = 0; made < wanted; made++) this.#urls.push(URL.createObjectURL(this.#blob));
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
