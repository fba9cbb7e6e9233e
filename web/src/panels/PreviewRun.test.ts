/** An HTML page as a run of the room. */

import { beforeEach, describe, expect, it, vi } from "vitest";

import type { RunMessage } from "../collab/messages";
import { PreviewRun } from "./PreviewRun";

let sent: RunMessage[];
let nowMs: number;
let run: PreviewRun;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  nowMs = 0;
  let count = 0;
  run = new PreviewRun({
    send: (message) => sent.push(message),
    newId: () => `r${String((count += 1))}`,
    now: () => nowMs,
  });
  return () => {
    vi.useRealTimers();
  };
});

it("starts, batches the console, and is over when it runs again", () => {
  run.start("index.html", { "index.html": "<p>" });
  expect(run.getSnapshot()).toMatchObject({ live: true, version: 1 });
  run.print("stdout", "one\n");
  run.print("stdout", "two\n");
  run.print("error", "no\n");
  vi.runAllTimers();
  nowMs = 40;
  run.start("index.html", {});
  expect(sent).toEqual([
    { run_id: "r1", event: "started", language: "html", path: "index.html" },
    { run_id: "r1", event: "output", stream: "stdout", text: "one\ntwo\n" },
    { run_id: "r1", event: "output", stream: "error", text: "no\n" },
    { run_id: "r1", event: "finished", status: "ok", duration_ms: 40, truncated: false },
    { run_id: "r2", event: "started", language: "html", path: "index.html" },
  ]);
  expect(run.getSnapshot().version).toBe(2);
});

it("stops once, with what was still to be said", () => {
  run.start("index.html", {});
  run.print("stdout", "last");
  run.stop();
  run.stop();
  run.print("stdout", "too late");
  vi.runAllTimers();
  expect(run.getSnapshot().live).toBe(false);
  expect(sent.map((message) => message.event)).toEqual(["started", "output", "finished"]);
  expect(sent.at(-1)).toMatchObject({ status: "stopped" });
});

describe("limits", () => {
  it("cuts a run's output at 256 KiB and says so", () => {
    run.start("index.html", {});
    for (let line = 0; line < 400; line += 1) run.print("stdout", "x".repeat(1023));
    run.print("system", "closed");
    run.dispose();
    const text = sent.map((message) => (message.event === "output" ? message.text : "")).join("");
    expect(text.length).toBeLessThanOrEqual(256 * 1024);
    expect(text).toContain("Output stopped at 256 KiB");
    expect(text.endsWith("closed")).toBe(true);
    expect(sent.at(-1)).toMatchObject({ event: "finished", truncated: true });
  });

  it("splits long lines so that each message fits, whatever the characters", () => {
    run.start("index.html", {});
    run.print("stdout", "李".repeat(40_000));
    run.dispose();
    const outputs = sent.filter((message) => message.event === "output");
    expect(outputs.length).toBeGreaterThan(1);
    for (const message of outputs) {
      expect(new TextEncoder().encode(message.text).length).toBeLessThanOrEqual(16 * 1024);
    }
  });
});
