/** How long to wait before the next attempt: doubling, capped, and spread so that a room of
 * people does not come back in the same instant. */

const FIRST_MS = 300;
const CAP_MS = 10_000;

export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  /** @param random gives numbers in [0, 1). */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next delay, between half and all of the doubled step. */
  nextMs(): number {
    const step = Math.min(CAP_MS, FIRST_MS * 2 ** this.#attempts);
    if (step < CAP_MS) this.#attempts += 1;
    return Math.round(step * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
