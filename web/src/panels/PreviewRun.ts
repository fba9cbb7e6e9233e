/** HTML as a run: pressing Run shows the page here and tells the room what its console says. */

import { OutputQueue } from "../../sandbox/frame/output";
import type { OutputStream, RunMessage } from "../collab/messages";

export interface PreviewSnapshot {
  /** Whether the page is live. */
  readonly live: boolean;
  /** Grows with every run; the preview loads its files anew. */
  readonly version: number;
  readonly files: Readonly<Record<string, string>>;
}

interface Run {
  readonly id: string;
  readonly startedMs: number;
  readonly output: OutputQueue;
}

/**
 * A page has no end of its own: its run lasts until it is run again (`ok`), stopped, or disposed of.
 * What its console says is batched and capped like the output of every other run.
 */
export class PreviewRun {
  readonly #send: (message: RunMessage) => void;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #listeners = new Set<() => void>();
  #snapshot: PreviewSnapshot = { live: false, version: 0, files: {} };
  #run: Run | null = null;

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
    const output = new OutputQueue((stream, text) => {
      this.#send({ run_id: id, event: "output", stream, text });
    });
    this.#run = { id, startedMs: this.#now(), output };
    this.#send({ run_id: id, event: "started", language: "html", path });
    this.#update({ live: true, version: this.#snapshot.version + 1, files });
  }

  stop(): void {
    this.#finish("stopped");
    this.#update({ ...this.#snapshot, live: false });
  }

  /** Take what the page's console says; `system` is the sandbox's own voice. */
  print(stream: OutputStream, text: string): void {
    if (stream === "system") this.#run?.output.notice(text);
    else this.#run?.output.write(stream, text);
  }

  dispose(): void {
    this.#finish("stopped");
    this.#listeners.clear();
  }

  #finish(status: "ok" | "stopped"): void {
    const run = this.#run;
    if (run === null) return;
    run.output.flush();
    this.#run = null;
    this.#send({
      run_id: run.id,
      event: "finished",
      status,
      duration_ms: Math.max(0, Math.round(this.#now() - run.startedMs)),
      truncated: run.output.truncated,
    });
  }

  #update(snapshot: PreviewSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
