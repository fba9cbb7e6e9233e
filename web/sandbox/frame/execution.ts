/** One run: a worker, its clock and its output, from the start to one of four outcomes. */

import { INPUT_CHARS, WORKER_MESSAGES } from "../limits";
import type { FrameMessage, Outcome, Program, WorkerMessage } from "../messages";
import { OutputQueue } from "./output";
import { RunClock } from "./runClock";
import type { SignalRow } from "./signalRow";
import type { WorkerHost } from "./workerHost";

type State = "starting" | "running" | "waiting" | "over";

export interface ExecutionOptions {
  readonly runId: string;
  readonly program: Program;
  readonly timeoutMs: number;
  readonly worker: WorkerHost;
  readonly signals: SignalRow;
  readonly send: (message: FrameMessage) => void;
  readonly onOver: () => void;
}

export class Execution {
  readonly runId: string;
  #state: State = "starting";
  #messages = 0;
  #signalled = false;
  readonly #options: ExecutionOptions;
  readonly #output: OutputQueue;
  readonly #clock: RunClock;

  constructor(options: ExecutionOptions) {
    const { runId, send, timeoutMs } = options;
    this.runId = runId;
    this.#options = options;
    this.#output = new OutputQueue((stream, text) => send({ type: "output", runId, stream, text }));
    this.#clock = new RunClock(timeoutMs, () => {
      this.#output.notice(`\nStopped after ${timeoutMs / 1000} s: the time for one run is over.\n`);
      this.#finish("timeout");
    });
  }

  /** Begin as soon as the worker has loaded. */
  async start(): Promise<void> {
    const { worker, program, signals } = this.#options;
    try {
      await worker.ready;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#state !== "starting") return;
    this.#state = "running";
    worker.listener = (message) => this.#hear(message);
    worker.onCrash = (reason) => this.#fail(reason);
    worker.send({ type: "run", program, signals: signals.urls });
    this.#clock.resume();
  }

  /** Answer the program that waits for a line; null is the end of its input. */
  input(text: string | null): void {
    if (this.#state !== "waiting") return;
    const line = text?.slice(0, INPUT_CHARS) ?? null;
    this.#state = "running";
    this.#output.write("stdout", line === null ? "\n" : `${line}\n`);
    this.#options.send({ type: "resumed", runId: this.runId });
    this.#clock.resume();
    if (this.#signalled) this.#options.signals.answer(line);
    else this.#options.worker.send({ type: "input", text: line });
  }

  stop(): void {
    this.#finish("stopped");
  }

  #hear(message: WorkerMessage): void {
    if (++this.#messages > WORKER_MESSAGES) {
      this.#fail("it sent more messages than any output needs");
      return;
    }
    if (message.type === "output") {
      this.#output.write(message.stream, message.text);
    } else if (message.type === "done") {
      this.#finish(message.status);
    } else if (message.type === "input" && this.#state === "running") {
      this.#state = "waiting";
      this.#signalled = message.signalled;
      this.#clock.pause();
      this.#output.flush();
      this.#options.send({ type: "waiting", runId: this.runId, prompt: message.prompt });
    }
  }

  #fail(reason: string): void {
    this.#output.notice(`\nThe program was ended: ${reason}\n`);
    this.#finish("error");
  }

  #finish(status: Outcome): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#clock.pause();
    this.#options.worker.terminate();
    this.#output.flush();
    this.#options.send({
      type: "finished",
      runId: this.runId,
      status,
      durationMs: Math.round(this.#clock.spentMs),
      truncated: this.#output.truncated,
    });
    this.#options.onOver();
  }
}
