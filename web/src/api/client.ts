/** The server's REST interface, one method per thing the pages ask for. */

import { parseApproach, type Approach } from "./connection";
import { ApiError, errorFromAnswer } from "./errors";
import type {
  CreateAnswer,
  InvitesAnswer,
  JoinAnswer,
  JoinPolicy,
  ListedAnswer,
  ListedSession,
  MeAnswer,
  ParticipantBody,
  Preview,
  Role,
  SessionBody,
  SessionPage,
  UserBody,
} from "./types";

interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  /** Host key or participant token. */
  readonly credential?: string | null | undefined;
  /** Lets a guest with a link in while others who only guess are kept waiting. */
  readonly invite?: string | null | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiClientOptions {
  /** Such as `http://192.168.1.20:8765`, without a trailing slash. */
  readonly server: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

/**
 * Every method resolves with the answer's body or rejects with an `ApiError`; aborting the given
 * signal rejects with the signal's reason instead.
 */
export class ApiClient {
  readonly #server: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;

  constructor(options: ApiClientOptions) {
    this.#server = options.server;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#timeoutMs = options.timeoutMs ?? 15_000;
  }

  async createSession(
    hostKey: string,
    body: { creator: UserBody; title?: string; language?: string },
  ): Promise<CreateAnswer> {
    return this.#ask<CreateAnswer>({
      method: "POST",
      path: "/sessions",
      credential: hostKey,
      body,
    });
  }

  async listSessions(
    hostKey: string,
    page: { query?: string; limit?: number; offset?: number },
    signal?: AbortSignal,
  ): Promise<SessionPage> {
    const query = new URLSearchParams();
    if (page.query) query.set("query", page.query);
    query.set("limit", String(page.limit ?? 50));
    query.set("offset", String(page.offset ?? 0));
    return this.#ask<SessionPage>({
      method: "GET",
      path: `/sessions?${query.toString()}`,
      credential: hostKey,
      signal,
    });
  }

  async deleteSession(hostKey: string, sessionId: string): Promise<void> {
    await this.#ask<unknown>({
      method: "DELETE",
      path: `/sessions/${encodeURIComponent(sessionId)}`,
      credential: hostKey,
    });
  }

  async preview(
    sessionId: string,
    invite: string | null,
    signal?: AbortSignal,
  ): Promise<Preview> {
    const answer = await this.#ask<{ data: Preview }>({
      method: "GET",
      path: `/sessions/${encodeURIComponent(sessionId)}/preview`,
      invite,
      signal,
    });
    return answer.data;
  }

  /** By which way this page's requests come to the server. */
  async connection(signal?: AbortSignal): Promise<Approach> {
    const approach = parseApproach(
      await this.#ask<unknown>({ method: "GET", path: "/connection", signal }),
    );
    if (approach === null) throw foreignAnswer(200);
    return approach;
  }

  /** What hosts show to this network, by title. */
  async listed(signal?: AbortSignal): Promise<readonly ListedSession[]> {
    const answer = await this.#ask<ListedAnswer>({ method: "GET", path: "/listed", signal });
    return answer.sessions;
  }

  async me(credential: string, signal?: AbortSignal): Promise<MeAnswer> {
    return this.#ask<MeAnswer>({ method: "GET", path: "/me", credential, signal });
  }

  /** Joins, or comes back as the same participant when `credential` is a token of this session. */
  async join(
    sessionId: string,
    body: { user: UserBody; invite?: string },
    credential: string | null,
  ): Promise<JoinAnswer> {
    return this.#ask<JoinAnswer>({
      method: "POST",
      path: `/sessions/${encodeURIComponent(sessionId)}/join`,
      credential,
      invite: body.invite,
      body,
    });
  }

  async updateSession(
    sessionId: string,
    credential: string,
    change: {
      title?: string;
      phase?: "ended";
      locked?: boolean;
      join_policy?: JoinPolicy;
      observers_listed?: boolean;
    },
  ): Promise<SessionBody> {
    const answer = await this.#ask<{ data: SessionBody }>({
      method: "PATCH",
      path: `/sessions/${encodeURIComponent(sessionId)}`,
      credential,
      body: change,
    });
    return answer.data;
  }

  async updateParticipant(
    sessionId: string,
    participantId: string,
    credential: string,
    change: { name?: string; color?: string; role?: Role; status?: "admitted" | "declined" },
  ): Promise<ParticipantBody | null> {
    const answer = await this.#ask<{ participant?: ParticipantBody; data?: ParticipantBody }>({
      method: "PATCH",
      path: participantPath(sessionId, participantId),
      credential,
      body: change,
    });
    return answer.participant ?? answer.data ?? null;
  }

  /** Leaves (one's own id) or removes somebody (interviewers). */
  async removeParticipant(
    sessionId: string,
    participantId: string,
    credential: string,
  ): Promise<void> {
    await this.#ask<unknown>({
      method: "DELETE",
      path: participantPath(sessionId, participantId),
      credential,
    });
  }

  async invites(sessionId: string, credential: string, signal?: AbortSignal): Promise<InvitesAnswer> {
    return this.#ask<InvitesAnswer>({
      method: "GET",
      path: `/sessions/${encodeURIComponent(sessionId)}/invites`,
      credential,
      signal,
    });
  }

  /** Makes the role's earlier links worthless and answers with the new ones. */
  async renewInvite(sessionId: string, credential: string, role: Role): Promise<InvitesAnswer> {
    return this.#ask<InvitesAnswer>({
      method: "POST",
      path: `/sessions/${encodeURIComponent(sessionId)}/invites`,
      credential,
      body: { role },
    });
  }

  /** Makes the role's links worthless; it has none until `renewInvite`. */
  async revokeInvite(sessionId: string, credential: string, role: Role): Promise<InvitesAnswer> {
    return this.#ask<InvitesAnswer>({
      method: "DELETE",
      path: `/sessions/${encodeURIComponent(sessionId)}/invites/${role}`,
      credential,
    });
  }

  async #ask<T>(request: Request): Promise<T> {
    const deadline = new AbortController();
    const stop = (): void => {
      deadline.abort();
    };
    const timer = setTimeout(stop, this.#timeoutMs);
    request.signal?.addEventListener("abort", stop, { once: true });
    if (request.signal?.aborted) stop();
    try {
      const response = await this.#fetch(`${this.#server}/api/v1${request.path}`, {
        method: request.method,
        headers: headersOf(request),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        signal: deadline.signal,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const body = response.status === 204 ? null : await jsonOf(response);
      if (!response.ok) {
        throw errorFromAnswer(response.status, body, response.headers.get("Retry-After"));
      }
      return body as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (request.signal?.aborted) throw request.signal.reason;
      throw deadline.signal.aborted ? timedOut() : unreachable();
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", stop);
    }
  }
}

function participantPath(sessionId: string, participantId: string): string {
  return `/sessions/${encodeURIComponent(sessionId)}/participants/${encodeURIComponent(participantId)}`;
}

function headersOf(request: Request): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (request.credential) headers["Authorization"] = `Bearer ${request.credential}`;
  if (request.invite) headers["CodeInterview-Invite"] = request.invite;
  return headers;
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A proxy's error page, or a server of something else on this port.
    if (!response.ok) return null;
    throw foreignAnswer(response.status);
  }
}

function foreignAnswer(status: number): ApiError {
  return new ApiError({
    code: "UNEXPECTED_ANSWER",
    status,
    message: "Something other than CodeInterview answered. Check the address with your host.",
  });
}

function unreachable(): ApiError {
  return new ApiError({
    code: "UNREACHABLE",
    status: 0,
    message:
      "The interview's server does not answer. Check your network, or ask your host whether the app is still open.",
  });
}

function timedOut(): ApiError {
  return new ApiError({
    code: "TIMEOUT",
    status: 0,
    message: "The interview's server takes too long to answer. Try again in a moment.",
  });
}
