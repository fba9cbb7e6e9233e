/** HTML as a run: pressing Run shows the page here and tells the room what its console says. */

import type { OutputStream, RunMessage } from "../collab/messages";

export interface PreviewSnapshot {
  /** Whether the page is live. */
  readonly live: boolean;
  /** Grows with every run; the preview loads its files anew. */
  readonly version: number;
  readonly files: Readonly<Record<string, string>>;
}

const TEXT_LIMIT = 16 * 1024;
const RUN_LIMIT = 256 * 1024;
const BATCH_MS = 50;

/**
 * A page has no end of its own: its run lasts until it is run again (`ok`), stopped, or disposed of.
 * Console lines are batched and capped like those of every other run.
 */
export class PreviewRun {
  readonly #send: (message: RunMessage) => void;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #listeners = new Set<() => void>();
  #snapshot: PreviewSnapshot = { live: false, version: 0, files: {} };
  #run: { readonly id: string; readonly startedMs: number; sent: number; cut: boolean } | null =
    null;
  #batch: { readonly stream: OutputStream; text: string } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: {
    send: (message: RunMessage) => void;
    newId: () => string;
    now?: () => number;
  }) {
    this.#send = options.send;
    this.#newId = options.newId;
    this.#now = options.now ?? (() => performance.now());
  }

  readonly getSnapshot = (): PreviewSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  start(path: string, files: Readonly<Record<string, string>>): void {
    this.#finish("ok");
    const id = this.#newId();
    this.#run = { id, startedMs: this.#now(), sent: 0, cut: false };
    this.#send({ run_id: id, event: "started", language: "html", path });
    this.#update({ live: true, version: this.#snapshot.version + 1, files });
  }

  stop(): void {
    this.#finish("stopped");
    this.#update({ ...this.#snapshot, live: false });
  }

  /** A line of the page's console. */
  print(stream: OutputStream, line: string): void {
    const run = this.#run;
    if (run === null || run.cut) return;
    let text = line.endsWith("\n") ? line : `${line}\n`;
    if (run.sent + text.length > RUN_LIMIT) {
      text = text.slice(0, Math.max(0, RUN_LIMIT - run.sent));
      run.cut = true;
    }
    run.sent += text.length;
    for (let start = 0; start < text.length; start += TEXT_LIMIT / 4) {
      // A UTF-16 unit is at most three bytes of UTF-8: a quarter of the limit always fits.
      this.#collect(stream, text.slice(start, start + TEXT_LIMIT / 4));
    }
  }

  dispose(): void {
    this.#finish("stopped");
    this.#listeners.clear();
  }

  #collect(stream: OutputStream, text: string): void {
    const batch = this.#batch;
    if (batch?.stream === stream && batch.text.length + text.length <= TEXT_LIMIT / 4) {
      batch.text += text;
      return;
    }
    this.#flush();
    this.#batch = { stream, text };
    this.#timer = setTimeout(() => {
      this.#flush();
    }, BATCH_MS);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#batch;
    this.#batch = null;
    if (batch === null || this.#run === null) return;
    this.#send({ run_id: this.#run.id, event: "output", ...batch });
  }

  #finish(status: "ok" | "stopped"): void {
    const run = this.#run;
    if (run === null) return;
    this.#flush();
    this.#run = null;
    this.#send({
      run_id: run.id,
      event: "finished",
      status,
      duration_ms: Math.max(0, Math.round(this.#now() - run.startedMs)),
      truncated: run.cut,
    });
  }

  #update(snapshot: PreviewSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
