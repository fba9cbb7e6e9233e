/** Notices when a frame stops answering. */

const PING_EVERY_MS = 1000;
/** Unanswered pings after which the frame counts as lost. */
const PINGS_MISSED = 6;

export interface HeartbeatOptions {
  readonly ping: (id: number) => void;
  /** Called once; nothing is pinged afterwards. */
  readonly onLost: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: ReturnType<typeof setInterval> | null = null;
  #pings = 0;
  #missed = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#missed = 0;
    this.#timer = setInterval(() => {
      this.#beat();
    }, PING_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** The frame answered. */
  heard(): void {
    this.#missed = 0;
  }

  #beat(): void {
    if (++this.#missed > PINGS_MISSED) {
      this.stop();
      this.#options.onLost();
      return;
    }
    this.#options.ping(++this.#pings);
  }
}
