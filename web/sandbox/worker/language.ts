/** What a language implements to run in a worker of the sandbox. */

import type { Program, Stream } from "../messages";

/** What a program may do to the outside: print, and ask for a line. */
export interface Terminal {
  write(stream: Stream, text: string): void;
  /** A line of input, or null at its end. Other tasks of the worker go on meanwhile. */
  readLine(prompt: string): Promise<string | null>;
  /** The same, blocking the worker. Throws where `canBlock` is false. */
  readLineBlocking(prompt: string): string | null;
  readonly canBlock: () => boolean;
}

export interface WorkerLanguage {
  /**
   * Make everything ready for a run; user code comes later.
   *
   * Resolves with whether a program can wait for a line typed while it runs.
   */
  load(
    assets: Readonly<Record<string, ArrayBuffer | WebAssembly.Module>>,
    canBlock: () => boolean,
  ): Promise<boolean>;
  /** Run one program to its end. Called once. */
  run(program: Program, terminal: Terminal): Promise<"ok" | "error">;
}
