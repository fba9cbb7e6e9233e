/**
 * Runs first in a previewed page: its console, errors and refused requests go to the room's output.
 *
 * The page shares this scope, so nothing here is trusted; it only speaks for the page's console.
 */

import { makeConsole } from "../languages/javascript/console";
import { inspect } from "../languages/javascript/inspect";
import type { Stream } from "../messages";

/** Where Chromium and Firefox say that the page's own text lies. */
const PAGE = /\b(?:about:srcdoc)\b/g;

const { parent } = window;
const post = parent.postMessage.bind(parent) as (message: unknown, target: string) => void;

const textOf: (value: unknown) => string = String;

function write(stream: Stream, text: string): void {
  post({ type: "console", stream, text }, "*");
}

function withNames(text: string): string {
  return text.replace(PAGE, "index.html");
}

/** An error's title and where it came by, without the engine's own lines. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error, String);
  const title = error.message === "" ? error.name : `${error.name}: ${error.message}`;
  const places = withNames(error.stack ?? "")
    .split("\n")
    .filter((line) => /[\w.-]+\.(?:html|js):\d+:\d+/.test(line) && !line.includes(title))
    .map((line) => `    at ${line.trim().replace(/^at /, "")}\n`);
  return `${title}\n${places.join("")}`.trimEnd();
}

function placeOf(event: ErrorEvent): string {
  if (event.lineno === 0) return "";
  const name = event.filename === "" ? "index.html" : withNames(event.filename);
  return ` (${name}:${event.lineno}:${event.colno})`;
}

const { warn, ...rest } = makeConsole({
  write,
  describeError,
  stack: () => describeError(new Error()).split("\n").slice(1).join("\n"),
  now: performance.now.bind(performance),
});
Object.assign(console, rest, { warn });

window.addEventListener(
  "error",
  (event) => {
    if (!(event instanceof ErrorEvent)) return;
    const error: unknown = event.error;
    const text = error instanceof Error ? describeError(error) : event.message;
    const hasPlace = text.includes("\n    at ");
    write("stderr", `Uncaught ${text.replace(/^Uncaught /, "")}${hasPlace ? "" : placeOf(event)}\n`);
  },
  true,
);
window.addEventListener("unhandledrejection", (event) => {
  write("stderr", `Uncaught (in promise) ${describeError(event.reason)}\n`);
});
window.addEventListener("securitypolicyviolation", (event) => {
  const what = event.blockedURI === "" ? event.effectiveDirective : event.blockedURI;
  write("info", `Not loaded, because a preview has no network: ${what}\n`);
});

// Chromium ends a frame that reaches for what its allowlist of connections forbids: fail gently before.
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"]) {
  Reflect.deleteProperty(window, name);
}

// A frame without modal dialogs ignores these; the room's typing must not wait for them anyway.
window.alert = (message?: unknown) => {
  write("info", `alert: ${textOf(message ?? "")}\n`);
};
window.confirm = (message?: string) => {
  write("info", `confirm: ${message ?? ""} (a preview answers “cancel”)\n`);
  return false;
};
window.prompt = (message?: string) => {
  write("info", `prompt: ${message ?? ""} (a preview answers “cancel”)\n`);
  return null;
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const address = target?.getAttribute("href") ?? "#";
  if (event.defaultPrevented || target === null || /^javascript:/i.test(address)) return;
  event.preventDefault();
  if (address.startsWith("#")) {
    // Resolved against the outer frame's address it would lead out of the page.
    location.hash = address;
    return;
  }
  write("info", `Links lead nowhere in a preview: ${address}\n`);
});
