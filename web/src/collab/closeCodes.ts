/** What a socket's close code means for this page (docs/protocol.md, "The socket"). */

import type { Failure } from "./snapshot";

export type Verdict =
  | { readonly again: true; readonly afterMs: number }
  | { readonly again: false; readonly failure: Failure };

const TOO_MANY_WAIT_MS = 10_000;

const FINAL: Readonly<Record<number, Failure["kind"]>> = {
  // The server's socket gave up on a frame far beyond the limit, before the room saw it.
  1009: "too_large",
  4400: "malformed",
  4401: "unauthenticated",
  4404: "not_found",
  4409: "ended",
  4410: "expired",
  4413: "too_large",
};

/** Whether to connect again, and if not, why; `afterMs` is the least delay. */
export function verdictOf(code: number, reason: string): Verdict {
  if (code === 4403) {
    const kind = reason === "declined" || reason === "removed" ? reason : "not_allowed";
    return { again: false, failure: { kind, code } };
  }
  const kind = FINAL[code];
  if (kind !== undefined) return { again: false, failure: { kind, code } };
  return { again: true, afterMs: code === 4429 ? TOO_MANY_WAIT_MS : 0 };
}
