/** Where a session's socket is. */

/** @param server `http://host:port`, or `https://host/path`. */
export function socketUrl(server: string, sessionId: string): URL {
  const url = new URL(`${server}/ws/sessions/${encodeURIComponent(sessionId)}`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
