/** One worker and the private port to it. A worker serves one run and is then thrown away. */

import { PROGRAM_BYTES, REASON_CHARS } from "../limits";
import type { HostMessage, WorkerMessage } from "../messages";
import { parseWorkerMessage } from "../messages";

/** A language as the page sent it, its WebAssembly compiled once for all workers. */
export interface LoadedLanguage {
  readonly sourceUrl: string;
  readonly assets: Readonly<Record<string, ArrayBuffer | WebAssembly.Module>>;
}

export class WorkerHost {
  /** Settles when the worker has loaded its language; rejects when it cannot. */
  readonly ready: Promise<{ interactive: boolean }>;
  /** Hears the worker's messages from the start of a run on. */
  listener: ((message: WorkerMessage) => void) | null = null;
  /** Hears that the worker died by itself, for want of memory as a rule. */
  onCrash: ((reason: string) => void) | null = null;
  readonly #worker: Worker;
  readonly #port: MessagePort;

  constructor(language: LoadedLanguage) {
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#worker = new Worker(language.sourceUrl);
    this.ready = new Promise((resolve, reject) => {
      this.#port.onmessage = (event: MessageEvent<unknown>) => {
        const message = parseWorkerMessage(event.data, PROGRAM_BYTES + 1);
        if (message?.type === "ready") resolve({ interactive: message.interactive });
        else if (message?.type === "failed") reject(new Error(message.error));
        else if (message !== null) this.listener?.(message);
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        const [said = ""] = event.message.split("\n", 1);
        const reason = said.slice(0, REASON_CHARS) || "the worker ended unexpectedly";
        reject(new Error(reason));
        this.onCrash?.(reason);
      };
    });
    // Nobody may be listening yet; whoever awaits `ready` still sees the failure.
    this.ready.catch(() => undefined);
    const init: HostMessage = { type: "init", port: channel.port2, assets: language.assets };
    this.#worker.postMessage(init, [channel.port2]);
  }

  send(message: HostMessage): void {
    this.#port.postMessage(message);
  }

  /** End the worker at once, whatever it is doing. */
  terminate(): void {
    this.listener = null;
    this.onCrash = null;
    this.#port.close();
    this.#worker.terminate();
  }
}
