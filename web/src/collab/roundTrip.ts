/** How long the server takes to answer over the room's socket: a ping now and then, the last few kept. */

export interface RoundTripReading {
  /** Of the newest ping; null when it was lost. */
  readonly lastMs: number | null;
  /** Of the last few, lost ones being the slowest; null when most of them were lost. */
  readonly medianMs: number | null;
  /** The slowest of the last few that were answered; null when none was. */
  readonly worstMs: number | null;
  /** How many of the last few pings were lost. */
  readonly lost: number;
  /** How many pings this speaks of. */
  readonly count: number;
  /** The ping that is out now takes longer than on any line that is of use. */
  readonly overdue: boolean;
}

/** What decides whether anybody looks; a browser's `document` is one. */
export type Page = Pick<
  Document,
  "visibilityState" | "addEventListener" | "removeEventListener"
>;

const PAUSE_MS = 4_000;
/** Until there are a few, so that one answer that came late says little. */
const FIRST_PAUSE_MS = 1_000;
const FEW = 3;
const KEPT = 9;
const OVERDUE_MS = 2_000;
const LOST_MS = 8_000;

/**
 * Measures while the socket is live and the page is visible: nobody reads the figure of a hidden
 * page, and its timers come late. It has subscribers of its own, so that a new figure redraws what
 * shows it and nothing else.
 */
export class RoundTrip {
  readonly #send: (id: string) => boolean;
  readonly #page: Page | null;
  readonly #listeners = new Set<() => void>();
  #live = false;
  #pings = 0;
  #asked: { readonly id: string; readonly atMs: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Newest last; null for one that was lost. */
  #samples: readonly (number | null)[] = [];
  #reading: RoundTripReading | null = null;

  /**
   * @param send puts a ping on the socket; false when there is none.
   * @param page null where there is none: then somebody always looks.
   */
  constructor(
    send: (id: string) => boolean,
    page: Page | null = typeof document === "undefined" ? null : document,
  ) {
    this.#send = send;
    this.#page = page;
    page?.addEventListener("visibilitychange", this.#looked);
  }

  /** Null until the first answer on this connection. */
  readonly getSnapshot = (): RoundTripReading | null => this.#reading;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** The socket is live. */
  opened(): void {
    if (this.#live) return;
    this.#live = true;
    this.#ask();
  }

  /** The socket is gone; the next one may go another way, so what was measured is forgotten. */
  lost(): void {
    this.#live = false;
    this.#rest();
    this.#announce(null);
  }

  /** A pong came, of whomever. */
  heard(id: string): void {
    if (this.#asked?.id !== id) return;
    const elapsedMs = Math.max(0, Math.round(performance.now() - this.#asked.atMs));
    // After a computer's sleep a pong can come before the timer that would have given it up.
    this.#take(elapsedMs < LOST_MS ? elapsedMs : null);
    this.#after(this.#samples.length < FEW ? FIRST_PAUSE_MS : PAUSE_MS, () => {
      this.#ask();
    });
  }

  dispose(): void {
    this.#live = false;
    this.#rest();
    this.#listeners.clear();
    this.#page?.removeEventListener("visibilitychange", this.#looked);
  }

  readonly #looked = (): void => {
    if (this.#page?.visibilityState === "hidden") this.#rest();
    else if (this.#asked === null) this.#ask();
  };

  #ask(): void {
    if (!this.#live || this.#page?.visibilityState === "hidden") return;
    this.#pings += 1;
    const id = `line-${String(this.#pings)}`;
    this.#asked = { id, atMs: performance.now() };
    if (!this.#send(id)) {
      // The connection is about to say that the socket is gone.
      this.#asked = null;
      return;
    }
    this.#after(OVERDUE_MS, () => {
      this.#announce(readingOf(this.#samples, true));
      this.#after(LOST_MS - OVERDUE_MS, () => {
        this.#take(null);
        this.#ask();
      });
    });
  }

  #take(sample: number | null): void {
    this.#asked = null;
    this.#samples = [...this.#samples, sample].slice(-KEPT);
    this.#announce(readingOf(this.#samples, false));
  }

  /** Lets what was measured so far be seen until there is something newer, and goes by it no more. */
  #rest(): void {
    this.#stopTimer();
    this.#asked = null;
    this.#samples = [];
  }

  #after(delayMs: number, work: () => void): void {
    this.#stopTimer();
    this.#timer = setTimeout(work, delayMs);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #announce(reading: RoundTripReading | null): void {
    if (reading === this.#reading) return;
    this.#reading = reading;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The middle of the last few, the lower of two middles. */
function readingOf(samples: readonly (number | null)[], overdue: boolean): RoundTripReading {
  const sorted = samples.map((sample) => sample ?? Infinity).sort((a, b) => a - b);
  const answered = sorted.filter(Number.isFinite);
  const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? Infinity;
  return {
    lastMs: samples.at(-1) ?? null,
    medianMs: Number.isFinite(median) ? median : null,
    worstMs: answered.at(-1) ?? null,
    lost: samples.length - answered.length,
    count: samples.length,
    overdue,
  };
}
