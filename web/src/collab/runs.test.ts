import { expect, test } from "vitest";

import type { RunMessage, RunRecord } from "./messages";
import { applyRunEvents, mergeRuns, type RunEvent } from "./runs";

const event = (message: RunMessage, participantId = "a"): RunEvent => ({
  participantId,
  name: participantId.toUpperCase(),
  message,
  atMs: 5,
});
const started = (id: string): RunMessage => ({
  run_id: id,
  event: "started",
  language: "python",
  path: "main.py",
});
const printed = (id: string, text: string): RunMessage => ({
  run_id: id,
  event: "output",
  stream: "stdout",
  text,
});
const finished = (id: string): RunMessage => ({
  run_id: id,
  event: "finished",
  status: "ok",
  duration_ms: 7,
  truncated: false,
});

test("a run begins, prints and ends; other records stay the very same objects", () => {
  const before = applyRunEvents([], [event(started("1")), event(started("2"))]);
  const after = applyRunEvents(before, [
    event(printed("2", "x")),
    event(printed("2", "y")),
    event(finished("2")),
  ]);
  expect(after[0]).toBe(before[0]);
  expect(before[1]).toMatchObject({ status: "running", output: [] });
  expect(after[1]).toMatchObject({
    status: "ok",
    duration_ms: 7,
    output: [{ stream: "stdout", text: "xy" }],
  });
});

test("events of unknown, finished and other people's runs change nothing", () => {
  const runs = applyRunEvents([], [event(started("1")), event(finished("1"))]);
  expect(applyRunEvents(runs, [event(printed("1", "late"))])).toBe(runs);
  expect(applyRunEvents(runs, [event(printed("9", "unknown"))])).toBe(runs);
  const open = applyRunEvents([], [event(started("1"))]);
  expect(applyRunEvents(open, [event(finished("1"), "somebody else")])).toBe(open);
  expect(applyRunEvents(open, [event(started("1"), "somebody else")])).toBe(open);
});

test("output beyond the bound is cut and says so", () => {
  const flood = Array.from({ length: 100 }, () => event(printed("1", "x".repeat(16_384))));
  const [run] = applyRunEvents([], [event(started("1")), ...flood]);
  const length = run?.output.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
  expect(length).toBe(320 * 1024);
  expect(run?.truncated).toBe(true);
  expect(run?.output.length).toBeLessThan(10);
});

test("on return our own runs are ours, the others' are the server's", () => {
  const record = (id: string, owner: string, at: number, more: Partial<RunRecord>): RunRecord => ({
    run_id: id,
    participant_id: owner,
    name: owner,
    language: "python",
    path: "main.py",
    started_at: at,
    status: "running",
    duration_ms: null,
    truncated: false,
    output: [],
    ...more,
  });
  const local = [
    record("theirs", "b", 1, {}),
    record("mine", "a", 2, { status: "ok" }),
    record("away", "a", 4, { status: "error" }),
  ];
  const server = [
    record("theirs", "b", 1, { status: "ok" }),
    record("mine", "a", 2, { status: "stopped" }),
    record("new", "b", 3, {}),
  ];
  expect(mergeRuns(local, server, "a").map(({ run_id, status }) => [run_id, status])).toEqual([
    ["theirs", "ok"],
    ["mine", "ok"],
    ["new", "running"],
    ["away", "error"],
  ]);
});
