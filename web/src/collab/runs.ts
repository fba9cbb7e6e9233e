/** The runs a room shows: records that are replaced, never changed. */

import type { OutputStream, RunMessage, RunOutput, RunRecord } from "./messages";

/** One event of one run, and whose it is. */
export interface RunEvent {
  readonly participantId: string;
  readonly name: string;
  readonly message: RunMessage;
  readonly atMs: number;
}

const RUNS_KEPT = 30;
/** More than the protocol allows a run; what exceeds it is not shown. */
const OUTPUT_CHARS_MAX = 320 * 1024;
const PIECE_CHARS_MAX = 64 * 1024;

/** Applies events in order; returns the same array when nothing changes. */
export function applyRunEvents(
  runs: readonly RunRecord[],
  events: readonly RunEvent[],
): readonly RunRecord[] {
  const changed = new Map<string, RunRecord>();
  const started: string[] = [];
  const printed = new Map<string, RunOutput[]>();
  const find = (id: string): RunRecord | undefined =>
    changed.get(id) ?? runs.find((run) => run.run_id === id);
  for (const event of events) {
    const { message } = event;
    const run = find(message.run_id);
    if (message.event === "started") {
      if (run !== undefined) continue;
      started.push(message.run_id);
      changed.set(message.run_id, newRecord(event, message.language, message.path));
    } else if (run?.participant_id !== event.participantId || run.status !== "running") {
      continue;
    } else if (message.event === "output") {
      const pieces = printed.get(run.run_id) ?? [];
      printed.set(run.run_id, pieces);
      pieces.push({ stream: message.stream, text: message.text });
      changed.set(run.run_id, run);
    } else {
      changed.set(run.run_id, {
        ...run,
        status: message.status,
        duration_ms: message.duration_ms,
        truncated: run.truncated || message.truncated,
      });
    }
  }
  if (changed.size === 0) return runs;
  for (const [id, pieces] of printed) {
    const run = changed.get(id);
    if (run !== undefined) changed.set(id, withOutput(run, pieces));
  }
  const next = runs.map((run) => changed.get(run.run_id) ?? run);
  for (const id of started) {
    const run = changed.get(id);
    if (run !== undefined) next.push(run);
  }
  return next.slice(-RUNS_KEPT);
}

/**
 * The server's records after a (re)connection, with what only this page knows: its own runs while
 * it was away, and its own runs' state, of which this page is the source.
 */
export function mergeRuns(
  local: readonly RunRecord[],
  server: readonly RunRecord[],
  myId: string,
): readonly RunRecord[] {
  const mine = new Map(
    local.filter((run) => run.participant_id === myId).map((run) => [run.run_id, run]),
  );
  const merged = server.map((run) => mine.get(run.run_id) ?? run);
  const known = new Set(server.map((run) => run.run_id));
  for (const run of mine.values()) if (!known.has(run.run_id)) merged.push(run);
  return merged.sort((a, b) => a.started_at - b.started_at).slice(-RUNS_KEPT);
}

function newRecord(event: RunEvent, language: string, path: string): RunRecord {
  return {
    run_id: event.message.run_id,
    participant_id: event.participantId,
    name: event.name,
    language,
    path,
    started_at: event.atMs,
    status: "running",
    duration_ms: null,
    truncated: false,
    output: [],
  };
}

function withOutput(run: RunRecord, pieces: readonly RunOutput[]): RunRecord {
  const output = [...run.output];
  let room = OUTPUT_CHARS_MAX - output.reduce((sum, piece) => sum + piece.text.length, 0);
  let truncated = run.truncated;
  const last = output.at(-1);
  const joined: { stream: OutputStream; parts: string[]; chars: number }[] = [];
  if (last !== undefined && last.text.length < PIECE_CHARS_MAX) {
    output.pop();
    joined.push({ stream: last.stream, parts: [last.text], chars: last.text.length });
  }
  for (const { stream, text } of pieces) {
    const fits = text.slice(0, Math.max(0, room));
    if (fits.length < text.length) truncated = true;
    if (fits === "") continue;
    room -= fits.length;
    const piece = joined.at(-1);
    if (piece?.stream === stream && piece.chars < PIECE_CHARS_MAX) {
      piece.parts.push(fits);
      piece.chars += fits.length;
    } else {
      joined.push({ stream, parts: [fits], chars: fits.length });
    }
  }
  for (const { stream, parts } of joined) output.push({ stream, text: parts.join("") });
  return { ...run, output, truncated };
}
