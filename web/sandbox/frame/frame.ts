/**
 * The sandbox's frame: an opaque origin without network that owns the workers.
 *
 * No stranger's code runs in this document, only in its workers. The page hands over one port, once.
 */

import { acceptPort } from "../connect";
import type { FrameMessage, PageMessage } from "../messages";
import { Execution } from "./execution";
import { SignalRow } from "./signalRow";
import { Workshop } from "./workshop";

class Frame {
  readonly #port: MessagePort;
  readonly #signals = new SignalRow();
  readonly #workshops = new Map<string, Workshop>();
  #execution: Execution | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = (event: MessageEvent<PageMessage>) => this.#hear(event.data);
  }

  #send(message: FrameMessage): void {
    this.#port.postMessage(message);
  }

  #hear(message: PageMessage): void {
    switch (message.type) {
      case "load":
        void this.#load(message);
        break;
      case "run":
        this.#run(message);
        break;
      case "input":
        if (this.#execution?.runId === message.runId) this.#execution.input(message.text);
        break;
      case "stop":
        if (this.#execution?.runId === message.runId) this.#execution.stop();
        break;
      case "ping":
        this.#send({ type: "pong", id: message.id });
        break;
    }
  }

  async #load({ language, source, assets }: PageMessage & { type: "load" }): Promise<void> {
    const workshop = new Workshop((warm) => this.#send({ type: "warm", language, warm }));
    try {
      await workshop.load(source, assets);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#send({ type: "load_failed", language, error: reason });
      return;
    }
    this.#workshops.set(language, workshop);
    this.#send({ type: "loaded", language, interactive: workshop.interactive });
    void this.#signals.fill();
  }

  #run({ language, runId, program, timeoutMs }: PageMessage & { type: "run" }): void {
    this.#execution?.stop();
    const workshop = this.#workshops.get(language);
    const worker = workshop?.take();
    if (workshop === undefined || worker === undefined || worker === null) {
      const text = `${language} is not loaded. Reload the page and run again.\n`;
      this.#send({ type: "output", runId, stream: "system", text });
      this.#send({ type: "finished", runId, status: "error", durationMs: 0, truncated: false });
      return;
    }
    const execution = new Execution({
      runId,
      program,
      timeoutMs,
      worker,
      signals: this.#signals,
      send: (message) => this.#send(message),
      onOver: () => {
        if (this.#execution === execution) this.#execution = null;
        this.#signals.clear();
        void this.#signals.fill();
        workshop.restock();
      },
    });
    this.#execution = execution;
    void execution.start();
  }
}

acceptPort((port) => new Frame(port));
