/** The console's streams and formats. */

import { beforeEach, describe, expect, it } from "vitest";

import { format, makeConsole } from "./console";

let written: [string, string][];
let nowMs: number;
let log: ReturnType<typeof makeConsole>;

beforeEach(() => {
  written = [];
  nowMs = 0;
  log = makeConsole({
    write: (stream, text) => written.push([stream, text]),
    describeError: (error) => error.message,
    stack: () => "    at main.js:1:1\n",
    now: () => nowMs,
  });
});

describe("format", () => {
  const show = (value: unknown): string => JSON.stringify(value);

  it.each([
    [["plain", 1, { a: 1 }], 'plain 1 {"a":1}'],
    [["%s is %d", "x", "42"], "x is 42"],
    [["%i %f", "12.9", "1.5"], "12 1.5"],
    [["%o %j", [1], [2]], "[1] [2]"],
    [["%cred", "color: red"], "red"],
    [["100%%", 1], "100% 1"],
    [["%s %s", "one"], "one %s"],
    [[1, "%s"], "1 %s"],
    [["%s"], "%s"],
    [[], ""],
  ])("writes %j", (values, text) => {
    expect(format(values, show)).toBe(text);
  });
});

it("writes each level to its stream", () => {
  log["log"]?.("a");
  log["debug"]?.("b");
  log["info"]?.("c");
  log["warn"]?.("d");
  log["error"]?.("e");
  log["trace"]?.("here");
  expect(written).toEqual([
    ["stdout", "a\n"],
    ["stdout", "b\n"],
    ["info", "c\n"],
    ["warn", "d\n"],
    ["error", "e\n"],
    ["stderr", "Trace: here\n    at main.js:1:1\n"],
  ]);
});

it("indents groups, counts and measures", () => {
  log["group"]?.("outer");
  log["log"]?.("two\nlines");
  log["groupEnd"]?.();
  log["count"]?.();
  log["count"]?.();
  log["time"]?.("t");
  nowMs = 2.5;
  log["timeEnd"]?.("t");
  log["timeEnd"]?.("t");
  log["assert"]?.(true, "never");
  log["assert"]?.(false, "off by", 1);
  expect(written.map(([stream, text]) => `${stream}:${text}`).join("")).toBe(
    [
      "stdout:outer\n",
      "stdout:  two\n  lines\n",
      "stdout:default: 1\n",
      "stdout:default: 2\n",
      "stdout:t: 2.500 ms\n",
      "warn:Timer 't' does not exist\n",
      "error:Assertion failed: off by 1\n",
    ].join(""),
  );
});
