/**
 * What passes between the room's page and the sandbox's frame, and between the frame and a worker.
 *
 * The page trusts nothing from the frame, the frame nothing from a worker: both parse. What the
 * page sends needs no parser, because the frame hears it on a port that only the page holds.
 */

export type Stream = "stdout" | "stderr" | "info" | "warn" | "error" | "system";
export type Outcome = "ok" | "error" | "stopped" | "timeout";

/** Named binary parts of a language: WebAssembly code, a standard library, a memory snapshot. */
export type Assets = Readonly<Record<string, ArrayBuffer>>;

export interface Program {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  /** Input given before the run, for browsers in which a program cannot wait for any. */
  readonly stdin: string | null;
}

export type PageMessage =
  | { type: "load"; language: string; source: string; assets: Assets }
  | { type: "run"; language: string; runId: string; program: Program; timeoutMs: number }
  | { type: "input"; runId: string; text: string | null }
  | { type: "stop"; runId: string }
  | { type: "ping"; id: number };

export type FrameMessage =
  | { type: "loaded"; language: string; interactive: boolean }
  | { type: "load_failed"; language: string; error: string }
  | { type: "warm"; language: string; warm: boolean }
  | { type: "output"; runId: string; stream: Stream; text: string }
  | { type: "waiting"; runId: string; prompt: string }
  | { type: "resumed"; runId: string }
  | { type: "finished"; runId: string; status: Outcome; durationMs: number; truncated: boolean }
  | { type: "pong"; id: number };

/** Sent to a worker's own port, except `init`, which carries that port. */
export type HostMessage =
  | { type: "init"; port: MessagePort; assets: Readonly<Record<string, ArrayBuffer | WebAssembly.Module>> }
  | { type: "run"; program: Program; signals: readonly string[] }
  | { type: "input"; text: string | null };

export type WorkerMessage =
  | { type: "ready"; interactive: boolean }
  | { type: "failed"; error: string }
  | { type: "output"; stream: Stream; text: string }
  | { type: "input"; prompt: string; signalled: boolean }
  | { type: "done"; status: "ok" | "error" };

const STREAMS: ReadonlySet<unknown> = new Set<Stream>([
  "stdout",
  "stderr",
  "info",
  "warn",
  "error",
  "system",
]);
const OUTCOMES: ReadonlySet<unknown> = new Set<Outcome>(["ok", "error", "stopped", "timeout"]);

type Fields = Readonly<Record<string, unknown>>;

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isStream(value: unknown): value is Stream {
  return STREAMS.has(value);
}

function isOutcome(value: unknown): value is Outcome {
  return OUTCOMES.has(value);
}

export function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

export function fieldsOf(data: unknown): Fields | null {
  return typeof data === "object" && data !== null ? (data as Fields) : null;
}

/** A frame's message, or null when it is none. */
export function parseFrameMessage(data: unknown): FrameMessage | null {
  const fields = fieldsOf(data);
  if (fields === null) return null;
  const { type, language, runId, text, error, warm, stream, prompt, id } = fields;
  switch (type) {
    case "loaded":
      return isText(language) ? { type, language, interactive: fields["interactive"] === true } : null;
    case "load_failed":
      return isText(language) && isText(error) ? { type, language, error } : null;
    case "warm":
      return isText(language) ? { type, language, warm: warm === true } : null;
    case "output":
      return isText(runId) && isStream(stream) && isText(text)
        ? { type, runId, stream, text }
        : null;
    case "waiting":
      return isText(runId) && isText(prompt) ? { type, runId, prompt } : null;
    case "resumed":
      return isText(runId) ? { type, runId } : null;
    case "finished": {
      const { status, durationMs, truncated } = fields;
      return isText(runId) && isOutcome(status) && isNatural(durationMs)
        ? { type, runId, status, durationMs, truncated: truncated === true }
        : null;
    }
    case "pong":
      return isNatural(id) ? { type, id } : null;
    default:
      return null;
  }
}

/** A worker's message, or null when it is none. A worker runs strangers' code: cut what is long. */
export function parseWorkerMessage(data: unknown, longest: number): WorkerMessage | null {
  const fields = fieldsOf(data);
  if (fields === null) return null;
  const { type, error, stream, text, prompt, status } = fields;
  switch (type) {
    case "ready":
      return { type, interactive: fields["interactive"] === true };
    case "failed":
      return isText(error) ? { type, error: error.slice(0, longest) } : null;
    case "output":
      // Whatever calls itself the sandbox's own notice is the program's text.
      return isStream(stream) && isText(text)
        ? { type, stream: stream === "system" ? "stdout" : stream, text: text.slice(0, longest) }
        : null;
    case "input":
      return isText(prompt)
        ? { type, prompt: prompt.slice(0, 1024), signalled: fields["signalled"] === true }
        : null;
    case "done":
      return status === "ok" || status === "error" ? { type, status } : null;
    default:
      return null;
  }
}
