/** What can go wrong between the page and the server, with the sentence to show. */

const SERVER_CODES = [
  "BAD_REQUEST",
  "NOT_AUTHENTICATED",
  "INVALID_TOKEN",
  "NOT_ALLOWED",
  "INVALID_INVITE",
  "INVITE_REQUIRED",
  "DECLINED",
  "REMOVED",
  "WAITING_FOR_ADMISSION",
  "SESSION_NOT_FOUND",
  "PARTICIPANT_NOT_FOUND",
  "NOT_FOUND",
  "SESSION_ENDED",
  "SESSION_FULL",
  "CONFLICT",
  "SESSION_EXPIRED",
  "TOO_LARGE",
  "VALIDATION_FAILED",
  "TOO_MANY_REQUESTS",
  "DATABASE_AWAY",
  "SHUTTING_DOWN",
] as const;

/** The server's codes, and the page's own: nobody answered, not in time, or with no known answer. */
export type ErrorCode =
  | (typeof SERVER_CODES)[number]
  | "UNREACHABLE"
  | "TIMEOUT"
  | "UNEXPECTED_ANSWER";

export interface FieldError {
  readonly field: string;
  readonly error: string;
}

/** A request that did not do what was asked; `message` is a sentence for people. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  /** HTTP status, 0 when no answer came. */
  readonly status: number;
  readonly fields: readonly FieldError[];
  readonly retryAfterS: number | null;

  constructor(options: {
    code: ErrorCode;
    status: number;
    message: string;
    fields?: readonly FieldError[];
    retryAfterS?: number | null;
  }) {
    super(options.message);
    this.name = "ApiError";
    this.code = options.code;
    this.status = options.status;
    this.fields = options.fields ?? [];
    this.retryAfterS = options.retryAfterS ?? null;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Turns whatever a failed call threw into a sentence that can be shown. */
export function sentenceOf(error: unknown): string {
  return error instanceof ApiError
    ? error.message
    : "Something unexpected happened on this page. Reload it and try again.";
}

/**
 * Reads an error answer of any shape: the server's own, or a page that a proxy in between made up.
 */
export function errorFromAnswer(status: number, body: unknown, retryAfter: string | null): ApiError {
  const detail = isObject(body) && isObject(body["detail"]) ? body["detail"] : {};
  const sentence = detail["error"];
  const code = detail["code"];
  const seconds = retryAfter === null ? Number.NaN : Number.parseInt(retryAfter, 10);
  return new ApiError({
    status,
    code: SERVER_CODES.find((known) => known === code) ?? "UNEXPECTED_ANSWER",
    message:
      typeof sentence === "string" && sentence !== ""
        ? sentence
        : `The server answered with an error (${String(status)}). Try again in a moment.`,
    fields: Array.isArray(detail["fields"]) ? detail["fields"].filter(isFieldError) : [],
    retryAfterS: Number.isFinite(seconds) ? seconds : null,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFieldError(value: unknown): value is FieldError {
  return (
    isObject(value) && typeof value["field"] === "string" && typeof value["error"] === "string"
  );
}
