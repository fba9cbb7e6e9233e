/** From raw program output to what is shown and copied. */

import { describe, expect, it } from "vitest";

import type { RunRecord } from "../collab/messages";
import { applyReturns, atEnd, piecesOf, plainText, stripAnsi } from "./output";

const ESC = "\u001b";

function record(output: RunRecord["output"], more: Partial<RunRecord> = {}): RunRecord {
  return {
    run_id: "r1",
    participant_id: "u1",
    name: "Ada",
    language: "python",
    path: "main.py",
    started_at: 0,
    status: "ok",
    duration_ms: 1,
    truncated: false,
    output,
    ...more,
  };
}

it.each([
  [`${ESC}[31mred${ESC}[0m`, "red"],
  [`${ESC}[1;38;5;200mx${ESC}[K`, "x"],
  [`${ESC}]0;title\u0007after`, "after"],
  [`${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
  [`${ESC}[2J${ESC}[Hclear`, "clear"],
  [`${ESC}Mreverse`, "reverse"],
  ["bell\u0007 and \u0000nul", "bell and nul"],
  ["tab\tand\nline\r\n", "tab\tand\nline\r\n"],
  ["[31m without escape", "[31m without escape"],
  ["naïve 李 👩‍💻", "naïve 李 👩‍💻"],
])("strips terminal sequences from %j", (text, expected) => {
  expect(stripAnsi(text)).toBe(expected);
});

it.each([
  ["plain", "plain"],
  ["one\r\ntwo\r\n", "one\ntwo\n"],
  ["10%\r50%\r100%\ndone", "100%\ndone"],
  ["50%\r", "50%"],
])("shows the last version of rewritten lines: %j", (text, expected) => {
  expect(applyReturns(text)).toBe(expected);
});

describe("piecesOf", () => {
  it("joins neighbours of one stream and keeps the order of streams", () => {
    expect(
      piecesOf([
        { stream: "stdout", text: "a" },
        { stream: "stdout", text: "b\n" },
        { stream: "stderr", text: "no\n" },
        { stream: "stdout", text: "c" },
      ]),
    ).toEqual([
      { stream: "stdout", text: "ab\n" },
      { stream: "stderr", text: "no\n" },
      { stream: "stdout", text: "c" },
    ]);
  });

  it("strips a sequence that two batches share", () => {
    expect(
      piecesOf([
        { stream: "stdout", text: `${ESC}[3` },
        { stream: "stdout", text: "1mred" },
      ]),
    ).toEqual([{ stream: "stdout", text: "red" }]);
  });

  it("leaves out what shows nothing", () => {
    expect(piecesOf([{ stream: "stdout", text: `${ESC}[0m` }])).toEqual([]);
  });
});

it("copies runs as text, with a note where output was cut", () => {
  const runs = [
    record([{ stream: "stdout", text: "one" }]),
    record([{ stream: "stderr", text: `${ESC}[31mtwo${ESC}[0m\n` }], { truncated: true }),
    record([]),
  ];
  expect(plainText(runs)).toBe("one\n\ntwo\n[output was cut]");
});

it.each([
  [{ scrollTop: 0, clientHeight: 100, scrollHeight: 100 }, true],
  [{ scrollTop: 898, clientHeight: 100, scrollHeight: 1000 }, true],
  [{ scrollTop: 860, clientHeight: 100, scrollHeight: 1000 }, false],
])("follows output only at the end: %j", (element, expected) => {
  expect(atEnd(element)).toBe(expected);
});
