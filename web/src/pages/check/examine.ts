/** Tries out what an interview needs of the way to the server and of this browser. */

import type { ApiClient } from "../../api/client";
import type { Approach } from "../../api/connection";
import { sentenceOf } from "../../api/errors";

/**
 * - `works`: opened, and the server's goodbye came over it
 * - `mute`: opened, but nothing came over it
 * - `blocked`: did not open
 */
export type SocketState = "works" | "mute" | "blocked";

export interface BrowserFacts {
  readonly secureContext: boolean;
  readonly webAssembly: boolean;
  readonly workers: boolean;
  /** Both kinds that the room keeps things in. */
  readonly storage: boolean;
}

export interface Examination {
  /** Null when nobody answered, or somebody else did: `trouble` says what happened. */
  readonly approach: Approach | null;
  readonly trouble: string | null;
  readonly socket: SocketState;
  /** One per request, in order; they are one after the other. */
  readonly roundTripsMs: readonly number[];
  readonly browser: BrowserFacts;
}

interface Laboratory {
  readonly api: Pick<ApiClient, "connection">;
  /** Opens a socket to a session, without a credential: the server says goodbye at once. */
  readonly openSocket: () => WebSocket;
  readonly browser: () => BrowserFacts;
}

const ROUND_TRIPS = 5;
const SOCKET_PATIENCE_MS = 8_000;

/** Rejects with the signal's reason when it is aborted, and never otherwise. */
export async function examine(lab: Laboratory, signal: AbortSignal): Promise<Examination> {
  const [answers, socket] = await Promise.all([
    ask(lab.api, signal),
    trySocket(lab.openSocket, signal),
  ]);
  signal.throwIfAborted();
  return { ...answers, socket, browser: lab.browser() };
}

async function ask(
  api: Laboratory["api"],
  signal: AbortSignal,
): Promise<Pick<Examination, "approach" | "trouble" | "roundTripsMs">> {
  const roundTripsMs: number[] = [];
  let approach: Approach | null = null;
  try {
    // The first one may have to connect before it can ask.
    approach = await api.connection(signal);
    while (roundTripsMs.length < ROUND_TRIPS) {
      const startMs = performance.now();
      await api.connection(signal);
      roundTripsMs.push(Math.round(performance.now() - startMs));
    }
    return { approach, trouble: null, roundTripsMs };
  } catch (error) {
    signal.throwIfAborted();
    return { approach, trouble: sentenceOf(error), roundTripsMs };
  }
}

/** Whatever the server says at the end, it said it over the socket. */
export function trySocket(
  open: () => WebSocket,
  signal: AbortSignal,
  patienceMs = SOCKET_PATIENCE_MS,
): Promise<SocketState> {
  return new Promise((resolve) => {
    let socket: WebSocket;
    try {
      socket = open();
    } catch {
      resolve("blocked");
      return;
    }
    let opened = false;
    const done = (state: SocketState): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      resolve(state);
      socket.close();
    };
    const giveUp = (): void => {
      done(opened ? "mute" : "blocked");
    };
    const timer = setTimeout(giveUp, patienceMs);
    signal.addEventListener("abort", giveUp);
    socket.addEventListener("open", () => {
      opened = true;
    });
    socket.addEventListener("close", ({ wasClean }) => {
      if (opened && wasClean) done("works");
      else giveUp();
    });
  });
}

/** The smallest module there is: its magic number and version. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

export function browserFacts(scope: typeof globalThis & Window = window): BrowserFacts {
  return {
    secureContext: scope.isSecureContext,
    // Guarded browsers leave out the one or forbid the other.
    webAssembly: holds(() => scope.WebAssembly.validate(EMPTY_MODULE)),
    workers: holds(() => typeof scope.Worker === "function"),
    storage: holds(() => {
      const key = "codeinterview.check";
      scope.localStorage.setItem(key, "1");
      scope.localStorage.removeItem(key);
      return typeof scope.indexedDB.open === "function";
    }),
  };
}

function holds(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
