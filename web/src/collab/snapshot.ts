/** What a room shows at one moment: an immutable value for `useSyncExternalStore`. */

import type {
  LobbyEntry,
  Participant,
  RunRecord,
  SavedState,
  SessionInfo,
} from "./messages";

/**
 * - `connecting`: the first attempt is under way
 * - `connected`: the server has answered
 * - `reconnecting`: the connection was lost and an attempt is under way or due within moments
 * - `disconnected`: not asked to connect yet, or waiting for the next attempt (`retryAtMs`)
 * - `failed`: the server refused for good (`failure`); trying again would not help
 */
export type ConnectionState =
  | "connecting"
  | "connected"
  | "reconnecting"
  | "disconnected"
  | "failed";

export interface Failure {
  readonly kind:
    | "malformed"
    | "unauthenticated"
    | "declined"
    | "removed"
    | "not_allowed"
    | "not_found"
    | "ended"
    | "expired"
    | "too_large";
  /** The socket's close code. */
  readonly code: number;
}

/** Something of ours that was not done. */
export interface Refusal {
  readonly action: string;
  readonly code: string;
  /** A sentence to show as it is. */
  readonly error: string;
  readonly atMs: number;
  /**
   * When an edit was refused, the documents went back to the server's text; these are the files
   * that differed, as they were, so that the person can copy what they had typed.
   */
  readonly rescued: Readonly<Record<string, string>> | null;
}

export interface RoomSnapshot {
  readonly connection: ConnectionState;
  readonly failure: Failure | null;
  /** When the next attempt is due (`Date.now()` clock), null while none is waiting. */
  readonly retryAtMs: number | null;
  readonly everConnected: boolean;
  readonly admission: "unknown" | "waiting" | "admitted";
  /** Whether the document has held the server's text since `documentEpoch` last changed. */
  readonly synced: boolean;
  /** Grows when `Room.doc` and `Room.awareness` are replaced by new objects. */
  readonly documentEpoch: number;
  /** Paths of the document's files, sorted; they arrive with the first sync. */
  readonly files: readonly string[];
  readonly session: SessionInfo | null;
  readonly me: Participant | null;
  readonly participants: readonly Participant[];
  readonly lobby: readonly LobbyEntry[];
  /** What the server's clock is ahead of this one, for the times in what it says. */
  readonly clockOffsetMs: number;
  /** Grows whenever the links that lead in may be others than before. */
  readonly invitesRevision: number;
  /** The newest runs, oldest first, our own included. */
  readonly runs: readonly RunRecord[];
  /** What the server says of its journal. */
  readonly saved: SavedState;
  /** Whether edits made here have not reached the server. */
  readonly unsentEdits: boolean;
  readonly refusal: Refusal | null;
  readonly canEdit: boolean;
  readonly canRun: boolean;
}

export const initialSnapshot: RoomSnapshot = {
  connection: "disconnected",
  failure: null,
  retryAtMs: null,
  everConnected: false,
  admission: "unknown",
  synced: false,
  documentEpoch: 0,
  files: [],
  session: null,
  me: null,
  participants: [],
  lobby: [],
  clockOffsetMs: 0,
  invitesRevision: 0,
  runs: [],
  saved: "saved",
  unsentEdits: false,
  refusal: null,
  canEdit: false,
  canRun: false,
};
