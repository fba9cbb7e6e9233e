/** The room's socket over the page's whole life: connects, notices a dead line, comes back. */

import { Backoff } from "./backoff";
import { verdictOf } from "./closeCodes";
import type { ConnectionState, Failure } from "./snapshot";

/** What a `Connection` needs of a socket; a browser's `WebSocket` is one. */
export type Socket = Pick<
  WebSocket,
  "binaryType" | "readyState" | "send" | "close" | "addEventListener"
>;

export interface ConnectionListener {
  readonly onStatus: (status: ConnectionStatus) => void;
  readonly onFrame: (data: Uint8Array) => void;
  /** The socket that had answered is gone, for whatever reason. */
  readonly onLost: () => void;
  /** Ask the server for a sign of life. */
  readonly onProbe: () => void;
}

export interface ConnectionStatus {
  readonly connection: ConnectionState;
  readonly failure: Failure | null;
  readonly retryAtMs: number | null;
}

/**
 * - `idle`: not asked to connect
 * - `opening`: a socket exists and the server has not answered on it
 * - `live`: the server has answered
 * - `waiting`: a timer for the next attempt runs
 * - `over`: failed for good, or disposed
 */
type Phase = "idle" | "opening" | "live" | "waiting" | "over";

const ANSWER_PATIENCE_MS = 10_000;
const STABLE_AFTER_MS = 5_000;
const TICK_MS = 2_500;
const QUIET_MS = 5_000;
const PROBE_PATIENCE_MS = 7_000;
/** A shorter wait is not worth calling "disconnected". */
const MOMENT_MS = 1_000;
const LOST = 1006;
const OPEN = 1;

export class Connection {
  readonly #open: () => Socket;
  readonly #listener: ConnectionListener;
  readonly #backoff: Backoff;
  readonly #page = new AbortController();
  #phase: Phase = "idle";
  #socket: Socket | null = null;
  #everTried = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stable: ReturnType<typeof setTimeout> | null = null;
  #heartbeat: ReturnType<typeof setInterval> | null = null;
  #heardAtMs = 0;
  #probedAtMs: number | null = null;
  /** An early retry is refused until then: the server has asked for patience. */
  #notBeforeMs = 0;

  /** @param open makes a socket that is about to connect. */
  constructor(open: () => Socket, listener: ConnectionListener, backoff = new Backoff()) {
    this.#open = open;
    this.#listener = listener;
    this.#backoff = backoff;
    this.#watchPage();
  }

  /** Starts, or tries at once when an attempt is waiting for its time. */
  connect(): void {
    if (this.#phase === "idle" || this.#phase === "waiting") this.#attempt();
  }

  /** Something hints that the network is back: tries at once, or checks a line that seems fine. */
  wake(): void {
    if (this.#phase === "waiting" && Date.now() >= this.#notBeforeMs) this.#attempt();
    else if (this.#phase === "live" && Date.now() - this.#heardAtMs > 1_000) this.#probe();
  }

  /** The server has spoken in its role: what comes now is a standing connection. */
  answered(): void {
    if (this.#phase !== "opening") return;
    this.#phase = "live";
    this.#clearTimer();
    this.#stable = setTimeout(() => {
      this.#backoff.reset();
    }, STABLE_AFTER_MS);
    this.#heartbeat = setInterval(() => {
      this.#beat();
    }, TICK_MS);
    this.#announce("connected");
  }

  /** Whether the frame was handed to an open socket. */
  send(frame: Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(frame);
    return true;
  }

  /** Gives this socket up and connects again: what came over it made no sense. */
  restart(): void {
    if (this.#phase === "live" || this.#phase === "opening") this.#closed(LOST, "");
  }

  dispose(): void {
    this.#phase = "over";
    this.#page.abort();
    this.#drop();
  }

  #attempt(): void {
    this.#drop();
    const again = this.#everTried;
    this.#everTried = true;
    this.#phase = "opening";
    this.#announce(again ? "reconnecting" : "connecting");
    const socket = this.#open();
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("message", ({ data }: MessageEvent) => {
      if (this.#socket !== socket) return;
      this.#heardAtMs = Date.now();
      this.#probedAtMs = null;
      if (data instanceof ArrayBuffer) this.#listener.onFrame(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code, reason }: CloseEvent) => {
      if (this.#socket === socket) this.#closed(code, reason);
    });
    this.#timer = setTimeout(() => {
      this.#closed(LOST, "");
    }, ANSWER_PATIENCE_MS);
  }

  #closed(code: number, reason: string): void {
    const wasLive = this.#phase === "live";
    this.#drop();
    const verdict = verdictOf(code, reason);
    this.#phase = verdict.again ? "waiting" : "over";
    if (wasLive) this.#listener.onLost();
    if (!verdict.again) {
      this.#page.abort();
      this.#announce("failed", { failure: verdict.failure });
      return;
    }
    const now = Date.now();
    const delayMs = Math.max(verdict.afterMs, this.#backoff.nextMs());
    this.#notBeforeMs = now + verdict.afterMs;
    this.#timer = setTimeout(() => {
      this.#attempt();
    }, delayMs);
    if (delayMs <= MOMENT_MS) this.#announce("reconnecting");
    else this.#announce("disconnected", { retryAtMs: now + delayMs });
  }

  /** Timers of a hidden page come late, so only an unanswered question counts as silence. */
  #beat(): void {
    const now = Date.now();
    if (this.#probedAtMs !== null) {
      if (now - this.#probedAtMs >= PROBE_PATIENCE_MS) this.#closed(LOST, "");
    } else if (now - this.#heardAtMs >= QUIET_MS) this.#probe();
  }

  #probe(): void {
    this.#probedAtMs ??= Date.now();
    this.#listener.onProbe();
  }

  /** Lets go of socket and timers; nothing of the old socket is heard any more. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#clearTimer();
    if (this.#stable !== null) clearTimeout(this.#stable);
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#stable = this.#heartbeat = null;
    this.#probedAtMs = null;
    socket?.close();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #announce(
    connection: ConnectionState,
    more: { failure?: Failure; retryAtMs?: number } = {},
  ): void {
    this.#listener.onStatus({ connection, failure: null, retryAtMs: null, ...more });
  }

  #watchPage(): void {
    if (typeof window === "undefined") return;
    const { signal } = this.#page;
    const wake = (): void => {
      this.wake();
    };
    window.addEventListener("online", wake, { signal });
    window.addEventListener("pageshow", wake, { signal });
    document.addEventListener(
      "visibilitychange",
      () => {
        if (document.visibilityState === "visible") wake();
      },
      { signal },
    );
  }
}
