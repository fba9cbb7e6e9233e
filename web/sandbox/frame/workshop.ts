/** One language in the frame: its loaded parts and the warm spare worker for the next run. */

import type { Assets } from "../messages";
import { WorkerHost, type LoadedLanguage } from "./workerHost";

/** A short program ends before its successor is warmed, and so has the processor to itself. */
const SPARE_DELAY_MS = 300;

async function compile(source: string, assets: Assets): Promise<LoadedLanguage> {
  const entries = await Promise.all(
    Object.entries(assets).map(async ([name, bytes]) => {
      const isCode = name.endsWith(".wasm");
      return [name, isCode ? await WebAssembly.compile(bytes) : bytes] as const;
    }),
  );
  const sourceUrl = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return { sourceUrl, assets: Object.fromEntries(entries) };
}

export class Workshop {
  /** Whether programs can wait for input; known once loaded. */
  interactive = false;
  #language: LoadedLanguage | null = null;
  #spare: WorkerHost | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #onWarm: (warm: boolean) => void;

  constructor(onWarm: (warm: boolean) => void) {
    this.#onWarm = onWarm;
  }

  /** Compile the language and wait for its first worker. Rejects with what the worker says. */
  async load(source: string, assets: Assets): Promise<void> {
    this.#language = await compile(source, assets);
    const spare = this.#makeSpare(this.#language);
    this.interactive = (await spare.ready).interactive;
  }

  /** The spare, or a new worker when the spare is still being made; null before `load`. */
  take(): WorkerHost | null {
    if (this.#language === null) return null;
    const worker = this.#spare ?? new WorkerHost(this.#language);
    this.#spare = null;
    this.#onWarm(false);
    this.#timer = setTimeout(() => this.restock(), SPARE_DELAY_MS);
    return worker;
  }

  /** Make a spare now if there is none. */
  restock(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#language !== null && this.#spare === null) this.#makeSpare(this.#language);
  }

  #makeSpare(language: LoadedLanguage): WorkerHost {
    const spare = new WorkerHost(language);
    this.#spare = spare;
    spare.ready.then(
      () => {
        if (this.#spare === spare) this.#onWarm(true);
      },
      () => {
        if (this.#spare === spare) this.#spare = null;
        spare.terminate();
      },
    );
    return spare;
  }
}
