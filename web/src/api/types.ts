/** The REST bodies of docs/protocol.md, as the client reads and writes them. */

export type Role = "interviewer" | "candidate" | "observer";
export type Phase = "open" | "ended";
export type Language = "javascript" | "python" | "html";
export type ParticipantStatus = "waiting" | "admitted" | "declined" | "removed" | "left";

export interface ParticipantBody {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly color: string;
  /** Index (0–7) of the presence colour; each viewer's theme resolves it. */
  readonly presence: number;
  readonly status: ParticipantStatus;
  /** Milliseconds since the epoch. */
  readonly joined_at: number;
  readonly is_online: boolean;
}

export interface SessionSummary {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly phase: Phase;
  readonly locked: boolean;
  readonly creator_id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly participant_count: number;
  readonly online_count: number;
}

export interface SessionBody {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly phase: Phase;
  readonly locked: boolean;
  readonly creator_id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly expires_at: number;
  readonly code: string;
  readonly files: Readonly<Record<string, string>>;
  readonly participants: readonly ParticipantBody[];
}

export interface Preview {
  readonly id: string;
  readonly title: string;
  readonly phase: Phase;
  readonly language: string;
  readonly approval_required: boolean;
}

export interface UserBody {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

export type Invites = Readonly<Record<Role, string>>;

export interface CreateAnswer {
  readonly data: SessionBody;
  readonly participant: ParticipantBody;
  readonly token: string;
  readonly invites: Invites;
}

export interface JoinAnswer {
  readonly status: "admitted" | "waiting";
  readonly participant: ParticipantBody;
  readonly token: string;
  readonly data?: SessionBody | null | undefined;
}

export interface MeAnswer {
  readonly host: boolean;
  readonly session_id?: string | null | undefined;
  readonly participant?: ParticipantBody | null | undefined;
}

export interface SessionPage {
  readonly data: readonly SessionSummary[];
  readonly total: number;
}
