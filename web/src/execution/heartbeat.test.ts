/** When a frame counts as lost. */

import { beforeEach, expect, it, vi } from "vitest";

import { Heartbeat } from "./heartbeat";

let pings: number[];
let lost: number;
let heartbeat: Heartbeat;

beforeEach(() => {
  vi.useFakeTimers();
  pings = [];
  lost = 0;
  heartbeat = new Heartbeat({ ping: (id) => pings.push(id), onLost: () => (lost += 1) });
  heartbeat.start();
  return () => {
    vi.useRealTimers();
  };
});

it("reports a silent frame once", () => {
  vi.advanceTimersByTime(6999);
  expect(lost).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(lost).toBe(1);
  expect(pings).toEqual([1, 2, 3, 4, 5, 6]);
});

it("is content with a frame that answers now and then", () => {
  for (let minute = 0; minute < 10; minute += 1) {
    vi.advanceTimersByTime(6000);
    heartbeat.heard();
  }
  expect(lost).toBe(0);
});

it("stops, and starts from nothing again", () => {
  vi.advanceTimersByTime(6000);
  heartbeat.stop();
  vi.advanceTimersByTime(60_000);
  heartbeat.start();
  vi.advanceTimersByTime(6999);
  expect(lost).toBe(0);
});
