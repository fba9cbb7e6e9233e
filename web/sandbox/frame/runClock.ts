/** How long a program has run, with the time it waited for somebody's input left out. */
export class RunClock {
  #spentMs = 0;
  #since: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #timeoutMs: number;
  readonly #onTimeout: () => void;

  constructor(timeoutMs: number, onTimeout: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  get spentMs(): number {
    return this.#spentMs + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  resume(): void {
    if (this.#since !== null) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onTimeout, Math.max(0, this.#timeoutMs - this.#spentMs));
  }

  pause(): void {
    this.#spentMs = this.spentMs;
    this.#since = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
