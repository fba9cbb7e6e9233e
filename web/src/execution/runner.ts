/** Runs one program at a time in the sandbox and reports it as the room's run messages. */

import { RUN_TIMEOUT_MS } from "../../sandbox/limits";
import type { FrameMessage, Outcome, Program, Stream } from "../../sandbox/messages";
import { OutputQueue } from "../../sandbox/frame/output";
import type { RunMessage } from "../collab/messages";
import { fetchLanguage, type Progress } from "./assets";
import { LANGUAGES } from "./languages";
import { newRunId } from "./runId";
import { SandboxFrame } from "./sandboxFrame";

export type RunnerState = "idle" | "loading" | "running" | "waiting_for_input" | "stopping";

export interface RunnerSnapshot {
  readonly state: RunnerState;
  readonly language: string | null;
  readonly runId: string | null;
  readonly progress: Progress | null;
  readonly prompt: string | null;
  /** Whether a worker stands ready, so that the next run starts at once. */
  readonly warm: boolean;
  /** False where the browser cannot let a program wait: offer a box for `stdin` before the run. */
  readonly interactive: boolean;
  readonly error: string | null;
}

export interface RunRequest {
  readonly language: string;
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

interface Run {
  readonly id: string;
  readonly language: string;
  readonly program: Program;
  readonly output: OutputQueue;
  readonly startedMs: number;
}

/** After this long without an answer to Stop the whole frame is replaced. */
const STOP_PATIENCE_MS = 1000;

const RESTARTED = "The sandbox was restarted. Run again.";

const IDLE: RunnerSnapshot = {
  state: "idle",
  language: null,
  runId: null,
  progress: null,
  prompt: null,
  warm: false,
  interactive: true,
  error: null,
};

export class Runner {
  #snapshot: RunnerSnapshot = IDLE;
  #frame: SandboxFrame | null = null;
  #run: Run | null = null;
  #stopTimer: ReturnType<typeof setTimeout> | null = null;
  #disposed = false;
  readonly #listeners = new Set<() => void>();
  readonly #loads = new Map<string, Promise<void>>();
  readonly #settle = new Map<string, (error: string | null) => void>();
  readonly #warm = new Set<string>();
  readonly #interactive = new Map<string, boolean>();
  readonly #send: (message: RunMessage) => void;
  readonly #timeoutMs: number;

  constructor(options: { send: (message: RunMessage) => void; timeoutMs?: number }) {
    this.#send = options.send;
    this.#timeoutMs = options.timeoutMs ?? RUN_TIMEOUT_MS;
  }

  getSnapshot(): RunnerSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Load a language ahead of its first run. Failures show in the snapshot. */
  warmUp(language: string): void {
    if (this.#disposed || LANGUAGES[language] === undefined) return;
    if (this.#run === null) this.#set({ language, warm: this.#warm.has(language) });
    this.#load(language).catch(() => undefined);
  }

  /** Start a program, in place of the one that runs. Returns the run's id. */
  run(request: RunRequest): string {
    if (this.#run !== null) this.#replaceRunning();
    const id = newRunId();
    const { language, path, files, stdin } = request;
    const run: Run = {
      id,
      language,
      program: { path, files, stdin: stdin ?? null },
      // The frame has capped the output already; the page does not rely on it.
      output: new OutputQueue((stream, text) => {
        this.#send({ run_id: id, event: "output", stream, text });
      }),
      startedMs: performance.now(),
    };
    this.#run = run;
    this.#set({ state: "loading", language, runId: id, prompt: null, error: null });
    this.#send({ run_id: id, event: "started", language, path });
    this.#load(language).then(
      () => this.#begin(run),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.#finish(run, "error", null, false, `${text}\n`);
      },
    );
    return id;
  }

  /** Answer the program that waits; null is the end of its input. */
  input(text: string | null): void {
    if (this.#run === null || this.#snapshot.state !== "waiting_for_input") return;
    this.#set({ state: "running", prompt: null });
    this.#frame?.send({ type: "input", runId: this.#run.id, text });
  }

  /** Stop the program; the snapshot is idle again within about a second, whatever it does. */
  stop(): void {
    const run = this.#run;
    if (run === null || this.#snapshot.state === "stopping") return;
    if (this.#snapshot.state === "loading") {
      this.#finish(run, "stopped", null, false);
      return;
    }
    this.#set({ state: "stopping", prompt: null });
    this.#frame?.send({ type: "stop", runId: run.id });
    this.#stopTimer = setTimeout(() => {
      this.#replaceFrame();
      this.#finish(run, "stopped", null, false);
    }, STOP_PATIENCE_MS);
  }

  /**
   * End whatever runs and give the frame up; the next `warmUp` or `run` makes another.
   *
   * A browser may keep all frames without an origin in one process: while this one is there, a
   * previewed page in an endless loop could take it along and outlive its own frame.
   */
  rest(): void {
    if (this.#run !== null) this.#finish(this.#run, "stopped", null, false);
    this.#dropFrame();
    this.#set({ language: null, warm: false, progress: null, error: null });
  }

  dispose(): void {
    if (this.#run !== null) this.#finish(this.#run, "stopped", null, false);
    this.#disposed = true;
    this.#dropFrame();
    this.#listeners.clear();
  }

  #begin(run: Run): void {
    if (this.#run !== run || this.#frame === null) return;
    this.#set({ state: "running", progress: null });
    this.#frame.watch(true);
    const { id: runId, language, program } = run;
    this.#frame.send({ type: "run", runId, language, program, timeoutMs: this.#timeoutMs });
  }

  #replaceRunning(): void {
    const run = this.#run;
    if (run === null) return;
    this.#frame?.send({ type: "stop", runId: run.id });
    this.#finish(run, "stopped", null, false);
  }

  #load(language: string): Promise<void> {
    const known = this.#loads.get(language);
    if (known !== undefined) return known;
    const load = this.#fetchAndLoad(language);
    this.#loads.set(language, load);
    load.catch((error: unknown) => {
      if (this.#loads.get(language) !== load) return;
      // The next run tries again.
      this.#loads.delete(language);
      const text = error instanceof Error ? error.message : String(error);
      if (this.#snapshot.language === language) this.#set({ progress: null, error: text });
    });
    return load;
  }

  async #fetchAndLoad(language: string): Promise<void> {
    if (LANGUAGES[language] === undefined) throw new Error(`${language} cannot be run here.`);
    this.#frame ??= this.#newFrame();
    const frame = this.#frame;
    const { source, assets } = await fetchLanguage(language, (progress) => {
      if (this.#snapshot.language === language) this.#set({ progress });
    });
    if (this.#frame !== frame) throw new Error(RESTARTED);
    frame.watch(true);
    await new Promise<void>((resolve, reject) => {
      this.#settle.set(language, (error) => {
        this.#settle.delete(language);
        if (this.#run === null && this.#settle.size === 0) frame.watch(false);
        if (error === null) resolve();
        else reject(new Error(error));
      });
      frame.send({ type: "load", language, source, assets }, Object.values(assets));
    });
    if (this.#snapshot.language === language) this.#set({ progress: null });
  }

  #newFrame(): SandboxFrame {
    return new SandboxFrame({
      onMessage: (message) => this.#hear(message),
      onLost: () => {
        const run = this.#run;
        this.#replaceFrame();
        const text = "\nThe sandbox stopped answering, perhaps for want of memory. It was restarted.\n";
        if (run !== null) this.#finish(run, "error", null, false, text);
      },
    });
  }

  /** Throw the frame away with all its workers; the languages it had are loaded again. */
  #replaceFrame(): void {
    this.#dropFrame();
    const { language } = this.#snapshot;
    if (!this.#disposed && language !== null) this.#load(language).catch(() => undefined);
  }

  #dropFrame(): void {
    this.#frame?.dispose();
    this.#frame = null;
    this.#loads.clear();
    this.#warm.clear();
    for (const settle of [...this.#settle.values()]) settle(RESTARTED);
  }

  #hear(message: FrameMessage): void {
    if (message.type === "loaded") {
      this.#interactive.set(message.language, message.interactive);
      this.#settle.get(message.language)?.(null);
      this.#refresh();
    } else if (message.type === "load_failed") {
      this.#settle.get(message.language)?.(
        `${LANGUAGES[message.language]?.label ?? message.language} did not start: ${message.error}`,
      );
    } else if (message.type === "warm") {
      if (message.warm) this.#warm.add(message.language);
      else this.#warm.delete(message.language);
      this.#refresh();
    } else if (message.type !== "pong" && message.runId === this.#run?.id) {
      this.#hearRun(this.#run, message);
    }
  }

  #hearRun(run: Run, message: Extract<FrameMessage, { runId: string }>): void {
    switch (message.type) {
      case "output":
        this.#print(run, message.stream, message.text);
        break;
      case "waiting":
        run.output.flush();
        if (this.#snapshot.state === "running") {
          this.#set({ state: "waiting_for_input", prompt: message.prompt });
        }
        break;
      case "resumed":
        if (this.#snapshot.state === "waiting_for_input") {
          this.#set({ state: "running", prompt: null });
        }
        break;
      case "finished":
        this.#finish(run, message.status, message.durationMs, message.truncated);
        break;
    }
  }

  #print(run: Run, stream: Stream, text: string): void {
    if (stream === "system") run.output.notice(text);
    else run.output.write(stream, text);
  }

  #finish(
    run: Run,
    status: Outcome,
    durationMs: number | null,
    truncated: boolean,
    notice = "",
  ): void {
    if (this.#run !== run) return;
    this.#run = null;
    if (this.#stopTimer !== null) clearTimeout(this.#stopTimer);
    this.#stopTimer = null;
    this.#frame?.watch(false);
    if (notice !== "") run.output.notice(notice);
    run.output.flush();
    this.#send({
      run_id: run.id,
      event: "finished",
      status,
      duration_ms: Math.round(durationMs ?? performance.now() - run.startedMs),
      truncated: truncated || run.output.truncated,
    });
    this.#set({ state: "idle", runId: null, prompt: null, progress: null });
  }

  #refresh(): void {
    const { language } = this.#snapshot;
    if (language === null) return;
    const interactive = this.#interactive.get(language) ?? true;
    this.#set({ warm: this.#warm.has(language), interactive });
  }

  #set(change: Partial<RunnerSnapshot>): void {
    if (this.#disposed) return;
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
