/** Session codes, invite links, and reading either from what somebody pasted. */

export interface JoinTarget {
  readonly kind: "target";
  readonly sessionId: string;
  readonly invite: string | null;
  /** The address of the server that the link names, null for a code or a bare path. */
  readonly server: string | null;
}

export interface NoTarget {
  readonly kind: "problem";
  /** A sentence that says what to paste instead. */
  readonly message: string;
}

const CODE = /^[0-9a-f]{8}$/;
const INVITE = /^[A-Za-z0-9_-]{22}$/;
const ASK = "Paste the whole link you were sent, or the 8-character code, such as 1a2b3c4d.";

export function isSessionId(text: string): boolean {
  return CODE.test(text);
}

/** The invite of a location's hash, null when there is none that could be valid. */
export function inviteFromHash(hash: string): string | null {
  const text = hash.startsWith("#") ? hash.slice(1) : hash;
  return INVITE.test(text) ? text : null;
}

export function inviteLink(server: string, sessionId: string, invite: string): string {
  return `${server}/i/${sessionId}#${invite}`;
}

/**
 * Reads a code (`1A2B-3C4D`, `1a2b 3c4d`; letters that hex lacks are taken for the digits they look
 * like) or a link, as it comes out of chats and mails: with brackets, quotes, line breaks inside.
 */
export function parseJoinText(text: string): JoinTarget | NoTarget {
  const bare = text.trim().replace(/^[<("'`]+|[>)"'`.,;]+$/g, "");
  if (bare === "") return problem(`Enter a code or a link. ${ASK}`);
  return bare.includes("/") ? parseLink(bare.replace(/\s+/g, "")) : parseCode(bare);
}

/** Whether a page at this host name can be reached from this computer only. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

function parseCode(text: string): JoinTarget | NoTarget {
  const code = text
    .replace(/[\s\u2010-\u2015_-]+/g, "")
    .toLowerCase()
    .replace(/o/g, "0")
    .replace(/[il]/g, "1");
  if (CODE.test(code)) return { kind: "target", sessionId: code, invite: null, server: null };
  if (/^[0-9a-f]+$/.test(code)) {
    return problem(
      `A code has 8 characters; this one has ${String(code.length)}. Check it with your interviewer.`,
    );
  }
  return problem(`This is not a session code. ${ASK}`);
}

function parseLink(text: string): JoinTarget | NoTarget {
  const absolute = /^https?:\/\//i.test(text);
  if (!absolute && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return problem(`This is not an interview link. ${ASK}`);
  let url: URL;
  try {
    // `192.168.1.20:8765/i/…` is what is left when a chat drops the scheme.
    url = new URL(absolute ? text : text.startsWith("/") ? `http://-${text}` : `http://${text}`);
  } catch {
    return problem(`This is not an interview link. ${ASK}`);
  }
  // A team's server may be below a path of somebody's site.
  const match = /^(.*)\/(?:i|s)\/([0-9a-f]{8})\/?$/i.exec(url.pathname);
  const [, base = "", code] = match ?? [];
  const sessionId = code?.toLowerCase();
  if (sessionId === undefined) return problem(`This link does not lead to an interview. ${ASK}`);
  if (url.hash.length > 1 && inviteFromHash(url.hash) === null) {
    return problem("This link is not complete: its end is missing or changed. Copy it again, whole.");
  }
  return {
    kind: "target",
    sessionId,
    invite: inviteFromHash(url.hash),
    server: text.startsWith("/") ? null : url.origin + base,
  };
}

function problem(message: string): NoTarget {
  return { kind: "problem", message };
}
