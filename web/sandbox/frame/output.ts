/** A run's output on its way out: gathered, cut into messages, and ended at the cap. */

import { BATCH_DELAY_MS, MESSAGE_BYTES, NOTICE_BYTES, PROGRAM_BYTES, RUN_BYTES } from "../limits";
import type { Stream } from "../messages";
import { prefixWithin, wellFormed } from "../text";

export const CAP_NOTICE =
  `\nOutput stopped at ${RUN_BYTES / 1024} KiB. Print less, or print a part, to see the rest.\n`;

/** Gathers text for `BATCH_DELAY_MS` and emits pieces of at most `MESSAGE_BYTES` of one stream. */
export class OutputQueue {
  #left: number;
  #noticesLeft = NOTICE_BYTES;
  #truncated = false;
  #stream: Stream = "stdout";
  #pending = "";
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #emit: (stream: Stream, text: string) => void;
  readonly #capNotice: string;

  /** A queue that another one follows gives a larger `limit` and leaves the notice to that one. */
  constructor(
    emit: (stream: Stream, text: string) => void,
    limit = { bytes: PROGRAM_BYTES, notice: CAP_NOTICE },
  ) {
    this.#emit = emit;
    this.#left = limit.bytes;
    this.#capNotice = limit.notice;
  }

  /** Whether the program wrote more than was shown. */
  get truncated(): boolean {
    return this.#truncated;
  }

  /** Take what the program wrote, as far as its allowance goes. */
  write(stream: Stream, text: string): void {
    if (this.#truncated || text === "") return;
    const kept = prefixWithin(wellFormed(text), this.#left);
    this.#left -= kept.size;
    this.#add(stream, kept.text);
    if (kept.text.length < text.length) {
      this.#truncated = true;
      this.notice(this.#capNotice);
    }
  }

  /** Say something about the run itself, which has an allowance of its own. */
  notice(text: string): void {
    // A program may be able to have words of its own repeated in a notice.
    const kept = prefixWithin(wellFormed(text), this.#noticesLeft);
    this.#noticesLeft -= kept.size;
    if (kept.text !== "") this.#add("system", kept.text);
  }

  /** Emit everything now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    let rest = this.#pending;
    this.#pending = "";
    while (rest !== "") {
      const piece = prefixWithin(rest, MESSAGE_BYTES).text;
      rest = rest.slice(piece.length);
      this.#emit(this.#stream, piece);
    }
  }

  #add(stream: Stream, text: string): void {
    if (stream !== this.#stream) this.flush();
    this.#stream = stream;
    this.#pending += text;
    this.#timer ??= setTimeout(() => this.flush(), BATCH_DELAY_MS);
  }
}
