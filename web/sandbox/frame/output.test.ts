/** How output leaves the sandbox: gathered, cut, capped. */

import { beforeEach, expect, it, vi } from "vitest";

import { BATCH_DELAY_MS, MESSAGE_BYTES, NOTICE_BYTES, PROGRAM_BYTES } from "../limits";
import { CAP_NOTICE, OutputQueue } from "./output";

let sent: [string, string][];
let queue: OutputQueue;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  queue = new OutputQueue((stream, text) => sent.push([stream, text]));
  return () => {
    vi.useRealTimers();
  };
});

it("gathers what is written together and keeps the order of streams", () => {
  queue.write("stdout", "one ");
  queue.write("stdout", "two");
  queue.write("stderr", "bad");
  queue.write("stdout", "three");
  expect(sent).toEqual([
    ["stdout", "one two"],
    ["stderr", "bad"],
  ]);
  vi.advanceTimersByTime(BATCH_DELAY_MS);
  expect(sent.at(-1)).toEqual(["stdout", "three"]);
});

it("cuts long text into messages that fit, between code points", () => {
  const text = "李".repeat(MESSAGE_BYTES);
  queue.write("stdout", text.slice(0, 10_000));
  queue.flush();
  expect(sent.length).toBe(2);
  for (const [, piece] of sent) {
    expect(new TextEncoder().encode(piece).length).toBeLessThanOrEqual(MESSAGE_BYTES);
    expect(piece).not.toContain("\ufffd");
  }
  expect(sent.map(([, piece]) => piece).join("")).toBe(text.slice(0, 10_000));
});

it("ends at the cap, says so once, and still lets notices through", () => {
  queue.write("stdout", "x".repeat(PROGRAM_BYTES));
  expect(queue.truncated).toBe(false);
  queue.write("stdout", "y");
  queue.write("stdout", "y");
  queue.notice("over");
  queue.flush();
  expect(queue.truncated).toBe(true);
  const text = sent.map(([, piece]) => piece).join("");
  expect(text).toBe(`${"x".repeat(PROGRAM_BYTES)}${CAP_NOTICE}over`);
  expect(sent.at(-1)?.[0]).toBe("system");
});

it("bounds notices too, in which a program may have had its say", () => {
  queue.notice("a\0\ud800b");
  queue.notice("x".repeat(2 * NOTICE_BYTES));
  queue.notice("y");
  queue.flush();
  const text = sent.map(([, piece]) => piece).join("");
  expect(text).toMatch(/^a\u2400\ufffdbx+$/);
  expect(new TextEncoder().encode(text).length).toBe(NOTICE_BYTES);
});

it("writes nothing for nothing", () => {
  queue.write("stdout", "");
  vi.runAllTimers();
  expect(sent).toEqual([]);
});
