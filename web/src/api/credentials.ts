/** Where this browser keeps who it is: participant tokens, the host credential, the person's name. */

import type { SafeStorage } from "./storage";

export interface StoredParticipant {
  readonly id: string;
  readonly token: string;
}

export interface Profile {
  readonly name: string;
  /** Index (0–7) of the presence colour last chosen, null before the first choice. */
  readonly presence: number | null;
}

/** What the desktop app puts on `window` in pages of its own server. */
export interface DesktopBridge {
  readonly hostKey: string | null;
  readonly participant: { sessionId: string; id: string; token: string } | null;
  readonly theme: "light" | "dark" | null;
}

const PARTICIPANT_PREFIX = "codeinterview.participant.";
const PROFILE = "codeinterview.profile";
const HOST_KEY = "codeinterview.host-key";
const SESSION_ID = /^[0-9a-f]{8}$/;

/**
 * Participant tokens live in localStorage so that reloads and deep links work; a host key typed by
 * hand lives in sessionStorage, because it opens everything and should go with the tab.
 */
export class Credentials {
  readonly #local: SafeStorage;
  readonly #tab: SafeStorage;
  readonly #desktop: DesktopBridge | null;

  constructor(options: { local: SafeStorage; tab: SafeStorage; desktop: DesktopBridge | null }) {
    this.#local = options.local;
    this.#tab = options.tab;
    this.#desktop = options.desktop;
  }

  /** Whether the page runs inside the desktop app, which shows links and people beside it. */
  get insideDesktop(): boolean {
    return this.#desktop !== null;
  }

  hostKey(): string | null {
    return this.#desktop?.hostKey ?? this.#tab.get(HOST_KEY);
  }

  /** Whether the host key was typed here, so that it can be forgotten here. */
  get hostKeyIsTyped(): boolean {
    return !this.#desktop?.hostKey && this.#tab.get(HOST_KEY) !== null;
  }

  rememberHostKey(key: string): void {
    this.#tab.set(HOST_KEY, key);
  }

  forgetHostKey(): void {
    this.#tab.remove(HOST_KEY);
  }

  participant(sessionId: string): StoredParticipant | null {
    if (!SESSION_ID.test(sessionId)) return null;
    const stored = this.#local.getObject(PARTICIPANT_PREFIX + sessionId);
    if (stored && typeof stored["id"] === "string" && typeof stored["token"] === "string") {
      return { id: stored["id"], token: stored["token"] };
    }
    const given = this.#desktop?.participant;
    return given?.sessionId === sessionId ? { id: given.id, token: given.token } : null;
  }

  rememberParticipant(sessionId: string, participant: StoredParticipant): void {
    const { id, token } = participant;
    this.#local.set(PARTICIPANT_PREFIX + sessionId, JSON.stringify({ id, token }));
  }

  forgetParticipant(sessionId: string): void {
    this.#local.remove(PARTICIPANT_PREFIX + sessionId);
  }

  profile(): Profile {
    const stored = this.#local.getObject(PROFILE);
    const name = stored?.["name"];
    const presence = stored?.["presence"];
    return {
      name: typeof name === "string" ? name : "",
      presence:
        typeof presence === "number" && Number.isInteger(presence) && presence >= 0 && presence < 8
          ? presence
          : null,
    };
  }

  rememberProfile(profile: Profile): void {
    this.#local.set(PROFILE, JSON.stringify(profile));
  }
}

/** Reads `window.codeinterviewDesktop`, trusting nothing about its shape. */
export function desktopBridge(scope: object): DesktopBridge | null {
  const value: unknown = Reflect.get(scope, "codeinterviewDesktop");
  if (typeof value !== "object" || value === null) return null;
  const given = value as Record<string, unknown>;
  const hostKey = given["hostKey"];
  const theme = given["theme"];
  return {
    hostKey: typeof hostKey === "string" && hostKey !== "" ? hostKey : null,
    participant: participantOf(given["participant"]),
    theme: theme === "light" || theme === "dark" ? theme : null,
  };
}

function participantOf(value: unknown): DesktopBridge["participant"] {
  if (typeof value !== "object" || value === null) return null;
  const { sessionId, id, token } = value as Record<string, unknown>;
  return typeof sessionId === "string" && typeof id === "string" && typeof token === "string"
    ? { sessionId, id, token }
    : null;
}

/** A fresh participant id; works where `crypto.randomUUID` does not exist (plain http). */
export function newParticipantId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
