/** What the page and the frame take from each other, and what they do not. */

import { describe, expect, it } from "vitest";

import { parseFrameMessage, parseWorkerMessage } from "./messages";

describe("the frame's messages", () => {
  it.each([
    { type: "loaded", language: "python", interactive: true },
    { type: "load_failed", language: "python", error: "no" },
    { type: "warm", language: "python", warm: false },
    { type: "output", runId: "r", stream: "stdout", text: "hi" },
    { type: "waiting", runId: "r", prompt: "" },
    { type: "resumed", runId: "r" },
    { type: "finished", runId: "r", status: "ok", durationMs: 1, truncated: false },
    { type: "pong", id: 3 },
  ])("takes $type", (message) => {
    expect(parseFrameMessage({ ...message, extra: 1 })).toEqual(message);
  });

  it.each([
    [null],
    ["output"],
    [[]],
    [{ type: "other" }],
    [{ type: "output", runId: "r", stream: "shout", text: "hi" }],
    [{ type: "output", runId: "r", stream: "stdout", text: 1 }],
    [{ type: "output", stream: "stdout", text: "hi" }],
    [{ type: "finished", runId: "r", status: "fine", durationMs: 1 }],
    [{ type: "finished", runId: "r", status: "ok", durationMs: Number.NaN }],
    [{ type: "finished", runId: "r", status: "ok", durationMs: -1 }],
    [{ type: "pong", id: "1" }],
    [{ type: "loaded", language: 7 }],
  ])("refuses %j", (message) => {
    expect(parseFrameMessage(message)).toBeNull();
  });
});

describe("a worker's messages", () => {
  it.each([
    [{ type: "ready", interactive: 1 }, { type: "ready", interactive: false }],
    [
      { type: "output", stream: "stderr", text: "too long" },
      { type: "output", stream: "stderr", text: "too l" },
    ],
    // Only the sandbox itself speaks as the system.
    [
      { type: "output", stream: "system", text: "hi" },
      { type: "output", stream: "stdout", text: "hi" },
    ],
    [
      { type: "input", prompt: "?" },
      { type: "input", prompt: "?", signalled: false },
    ],
    [
      { type: "done", status: "error" },
      { type: "done", status: "error" },
    ],
    [
      { type: "failed", error: "because" },
      { type: "failed", error: "becau" },
    ],
  ])("reads %j", (message, read) => {
    expect(parseWorkerMessage(message, 5)).toEqual(read);
  });

  it.each([[undefined], [{ type: "done", status: "timeout" }], [{ type: "output", text: "x" }], [7]])(
    "refuses %j",
    (message) => {
      expect(parseWorkerMessage(message, 5)).toBeNull();
    },
  );
});
