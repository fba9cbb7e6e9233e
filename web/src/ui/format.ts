/** Times, durations and sizes in words. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "just now", "12 minutes ago", "3 hours ago", then the date. */
export function ago(thenMs: number, nowMs: number): string {
  const passed = nowMs - thenMs;
  if (passed < MINUTE_MS) return "just now";
  if (passed < HOUR_MS) return plural(Math.floor(passed / MINUTE_MS), "minute") + " ago";
  if (passed < DAY_MS) return plural(Math.floor(passed / HOUR_MS), "hour") + " ago";
  return new Date(thenMs).toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

/** "12 ms", "1.4 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(Math.max(0, Math.round(ms)))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** "12 s", "2 min 5 s": for what is still going on. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** "14:05:09" in the person's own habit. */
export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

export function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

export function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
}
