/** The control messages of docs/protocol.md (frame type 100): their types and hostile-proof parsers. */

import {
  array,
  boolean,
  integer,
  nullable,
  oneOf,
  record,
  text,
  type Parser,
} from "./parse";

export const ROLES = ["interviewer", "candidate", "observer"] as const;
export const JOIN_POLICIES = ["invite", "knock", "invite_only"] as const;
export const PHASES = ["open", "ended"] as const;
export const STATUSES = ["waiting", "admitted", "declined", "removed", "left"] as const;
export const SAVED = ["saved", "saving", "unsaved"] as const;
export const STREAMS = ["stdout", "stderr", "info", "warn", "error", "system"] as const;
export const OUTCOMES = ["ok", "error", "stopped", "timeout"] as const;

export type Role = (typeof ROLES)[number];
export type JoinPolicy = (typeof JOIN_POLICIES)[number];
export type Phase = (typeof PHASES)[number];
export type ParticipantStatus = (typeof STATUSES)[number];
export type SavedState = (typeof SAVED)[number];
export type OutputStream = (typeof STREAMS)[number];
export type RunOutcome = (typeof OUTCOMES)[number];

/** A session as control messages carry it; field names are the wire's. Times are milliseconds. */
export interface SessionInfo {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly phase: Phase;
  readonly locked: boolean;
  /** Who comes in at once, who waits for an interviewer, and who is turned away. */
  readonly join_policy: JoinPolicy;
  /** Whether candidates are told of observers. */
  readonly observers_listed: boolean;
  readonly creator_id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
}

export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly color: string;
  /** Index (0–7) of the presence colour; each viewer's theme resolves it. */
  readonly presence: number;
  readonly status: ParticipantStatus;
  readonly joined_at: number;
  readonly is_online: boolean;
}

export interface LobbyEntry {
  readonly id: string;
  readonly name: string;
  /** What they become when they are admitted. */
  readonly role: Role;
  readonly presence: number;
  readonly knocked_at: number;
}

export interface RunOutput {
  readonly stream: OutputStream;
  readonly text: string;
}

export interface RunRecord {
  readonly run_id: string;
  readonly participant_id: string;
  readonly name: string;
  readonly language: string;
  readonly path: string;
  readonly started_at: number;
  readonly status: "running" | RunOutcome;
  readonly duration_ms: number | null;
  readonly truncated: boolean;
  readonly output: readonly RunOutput[];
}

/** What the person who runs code sends; text is at most 16 KiB a message and 256 KiB a run. */
export type RunMessage =
  | {
      readonly run_id: string;
      readonly event: "started";
      readonly language: string;
      readonly path: string;
    }
  | {
      readonly run_id: string;
      readonly event: "output";
      readonly stream: OutputStream;
      readonly text: string;
    }
  | {
      readonly run_id: string;
      readonly event: "finished";
      readonly status: RunOutcome;
      readonly duration_ms: number;
      readonly truncated: boolean;
    };

export interface RoomLimits {
  readonly frame_bytes: number;
  readonly document_bytes: number;
}

export type ServerMessage =
  | { readonly type: "waiting"; readonly participant: Participant }
  | {
      readonly type: "welcome";
      readonly session: SessionInfo;
      readonly participant: Participant;
      readonly participants: readonly Participant[];
      readonly waiting: readonly LobbyEntry[];
      readonly runs: readonly RunRecord[];
      readonly saved: SavedState;
      readonly limits: RoomLimits;
      readonly server_time: number;
    }
  | { readonly type: "participants"; readonly participants: readonly Participant[] }
  | { readonly type: "lobby"; readonly waiting: readonly LobbyEntry[] }
  | { readonly type: "session"; readonly session: SessionInfo }
  /** A link was renewed or turned off; told to interviewers, without the links. */
  | { readonly type: "invites" }
  | { readonly type: "role"; readonly participant: Participant }
  | { readonly type: "saved"; readonly state: SavedState }
  | {
      readonly type: "run";
      readonly participant_id: string;
      readonly name: string;
      readonly message: RunMessage;
    }
  | {
      readonly type: "refused";
      readonly action: string;
      readonly code: string;
      readonly error: string;
    }
  | { readonly type: "pong"; readonly id: string };

export type ClientMessage =
  | ({ readonly type: "run" } & RunMessage)
  | { readonly type: "language"; readonly language: string }
  | { readonly type: "admit"; readonly participant_id: string }
  | { readonly type: "decline"; readonly participant_id: string }
  /** `ahead`: the pong goes before all that waits for this socket, and vouches for no edit. */
  | { readonly type: "ping"; readonly id: string; readonly ahead?: true };

const identifier = text(64);
const label = text(1024);
const output = text(1 << 20);
const time = integer(0);
const presence = integer(0, 7);
const MANY = 1000;

const session: Parser<SessionInfo> = record({
  id: identifier,
  title: label,
  language: identifier,
  phase: oneOf(PHASES),
  locked: boolean,
  join_policy: oneOf(JOIN_POLICIES),
  observers_listed: boolean,
  creator_id: identifier,
  created_at: time,
  updated_at: time,
  expires_at: time,
});

const participant: Parser<Participant> = record({
  id: identifier,
  name: label,
  role: oneOf(ROLES),
  color: label,
  presence,
  status: oneOf(STATUSES),
  joined_at: time,
  is_online: boolean,
});

const lobbyEntry: Parser<LobbyEntry> = record({
  id: identifier,
  name: label,
  role: oneOf(ROLES),
  presence,
  knocked_at: time,
});

const runRecord: Parser<RunRecord> = record({
  run_id: identifier,
  participant_id: identifier,
  name: label,
  language: identifier,
  path: label,
  started_at: time,
  status: oneOf(["running", ...OUTCOMES] as const),
  duration_ms: nullable(integer(0)),
  truncated: boolean,
  output: array(record({ stream: oneOf(STREAMS), text: output }), 100_000),
});

const welcome = record({
  session,
  participant,
  participants: array(participant, MANY),
  runs: array(runRecord, 100),
  saved: oneOf(SAVED),
  limits: record({ frame_bytes: integer(1), document_bytes: integer(1) }),
  server_time: time,
});

const participants = record({ participants: array(participant, MANY) });
const me = record({ participant });
const lobby = record({ waiting: array(lobbyEntry, MANY) });
const savedState = record({ state: oneOf(SAVED) });
const refused = record({ action: label, code: label, error: text(4096) });
const sender = record({ participant_id: identifier, name: label });
const pong = record({ id: identifier });
const sessionChanged = record({ session });

const runEvents = {
  started: record({ run_id: identifier, language: identifier, path: label }),
  output: record({ run_id: identifier, stream: oneOf(STREAMS), text: output }),
  finished: record({
    run_id: identifier,
    status: oneOf(OUTCOMES),
    duration_ms: integer(0),
    truncated: boolean,
  }),
} as const;

/** Reads the JSON of one control frame; null for unknown types and for anything malformed. */
export function parseServerMessage(json: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const type: unknown = Reflect.get(value, "type");
  switch (type) {
    case "waiting":
      return tagged("waiting", me(value));
    case "welcome": {
      const body = welcome(value);
      // Only interviewers are told who waits.
      const waiting = lobby(value)?.waiting ?? [];
      return body && { type: "welcome", ...body, waiting };
    }
    case "participants":
      return tagged("participants", participants(value));
    case "lobby":
      return tagged("lobby", lobby(value));
    case "session":
      return tagged("session", sessionChanged(value));
    case "invites":
      return { type };
    case "role":
      return tagged("role", me(value));
    case "saved":
      return tagged("saved", savedState(value));
    case "run": {
      const from = sender(value);
      const message = parseRunMessage(value);
      return from && message && { type: "run", ...from, message };
    }
    case "refused":
      return tagged("refused", refused(value));
    case "pong":
      return tagged("pong", pong(value));
    default:
      return null;
  }
}

/** Reads a run event, whoever sent it; null when it is malformed. */
export function parseRunMessage(value: unknown): RunMessage | null {
  if (typeof value !== "object" || value === null) return null;
  const event: unknown = Reflect.get(value, "event");
  switch (event) {
    case "started": {
      const body = runEvents.started(value);
      return body && { event, ...body };
    }
    case "output": {
      const body = runEvents.output(value);
      return body && { event, ...body };
    }
    case "finished": {
      const body = runEvents.finished(value);
      return body && { event, ...body };
    }
    default:
      return null;
  }
}

export function encodeClientMessage(message: ClientMessage): string {
  return JSON.stringify(message);
}

function tagged<T extends string, B extends object>(type: T, body: B | null) {
  return body && { type, ...body };
}
