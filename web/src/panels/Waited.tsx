/** How long somebody has been waiting, in words that do not tick beside the editor. */

import { plural } from "../ui/format";
import { useNow } from "../ui/hooks";

interface WaitedProps {
  /** By the server's clock. */
  readonly sinceMs: number;
  /** What the server's clock is ahead of this one. */
  readonly clockOffsetMs: number;
}

const LOOK_AGAIN_MS = 10_000;
const MINUTE_MS = 60_000;

export function Waited({ sinceMs, clockOffsetMs }: WaitedProps) {
  const minutes = Math.floor((useNow(LOOK_AGAIN_MS) + clockOffsetMs - sinceMs) / MINUTE_MS);
  return minutes < 1 ? "just now" : `waiting for ${plural(minutes, "minute")}`;
}
