/** What the output panel shows of run records: clean text, merged pieces, words for states. */

import type { OutputStream, RunRecord } from "../collab/messages";

export interface Piece {
  readonly stream: OutputStream;
  readonly text: string;
}

// Colour and cursor sequences (CSI), titles and links (OSC), and lone two-character escapes.
const ANSI =
  // eslint-disable-next-line no-control-regex
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]/g;
// eslint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Removes terminal escapes and control characters; keeps tabs, line feeds and carriage returns. */
export function stripAnsi(text: string): string {
  return text.replace(ANSI, "").replace(INVISIBLE, "");
}

/** A line that was rewritten with carriage returns (progress bars) shows its last version. */
export function applyReturns(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => {
      const versions = line.split("\r");
      return versions.findLast((version) => version !== "") ?? "";
    })
    .join("\n");
}

/**
 * Joins neighbours of one stream before cleaning, because an escape may be cut by a batch's end.
 */
export function piecesOf(output: RunRecord["output"]): readonly Piece[] {
  const joined: { stream: OutputStream; parts: string[] }[] = [];
  for (const { stream, text } of output) {
    const last = joined[joined.length - 1];
    if (last?.stream === stream) last.parts.push(text);
    else joined.push({ stream, parts: [text] });
  }
  return joined
    .map(({ stream, parts }) => ({ stream, text: applyReturns(stripAnsi(parts.join(""))) }))
    .filter((piece) => piece.text !== "");
}

export type RunState = RunRecord["status"];

const WORDS: Readonly<Record<RunState, string>> = {
  running: "Running",
  ok: "Done",
  error: "Failed",
  stopped: "Stopped",
  timeout: "Timed out",
};

export function runWord(status: RunState): string {
  return WORDS[status];
}

/** All shown runs as text, the way the clipboard gets them. */
export function plainText(runs: readonly RunRecord[]): string {
  return runs
    .map((run) => {
      const text = piecesOf(run.output)
        .map((piece) => piece.text)
        .join("");
      const note = run.truncated ? "[output was cut]\n" : "";
      return text + (text === "" || text.endsWith("\n") ? "" : "\n") + note;
    })
    .join("\n")
    .trimEnd();
}

/** Whether a scrolled element shows its end; a pixel or two of rounding count as the end. */
export function atEnd(element: {
  readonly scrollTop: number;
  readonly clientHeight: number;
  readonly scrollHeight: number;
}): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight <= 4;
}
