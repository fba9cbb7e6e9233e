/** Run events in and out, with and without somebody to hear them. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ClientMessage, Participant, RunMessage, RunRecord } from "./messages";
import { RunFeed } from "./runFeed";
import { person } from "./testing/server";

const ME = person("me") as Participant;
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
  duration_ms: 1,
  truncated: false,
});

function world() {
  const sent: string[] = [];
  const shown: (readonly RunRecord[])[] = [];
  const feed = new RunFeed({
    send: (message: ClientMessage) => {
      if (message.type === "run") sent.push(`${message.run_id} ${message.event}`);
      return true;
    },
    onChange: (runs) => shown.push(runs),
  });
  return { feed, sent, shown };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("our run goes out at once and is shown with the next batch", () => {
  const { feed, sent, shown } = world();
  feed.opened([], "me");
  shown.length = 0;
  for (const message of [started("1"), printed("1", "a"), printed("1", "b"), finished("1")]) {
    feed.own(ME, message, 5);
  }
  expect(sent).toEqual(["1 started", "1 output", "1 output", "1 finished"]);
  expect(shown).toEqual([]);
  vi.advanceTimersByTime(33);
  expect(shown).toHaveLength(1);
  expect(shown[0]?.[0]).toMatchObject({ status: "ok", name: "me", output: [{ text: "ab" }] });
});

test("a run made while away is told whole on return, one under way is told to its end", () => {
  const { feed, sent } = world();
  feed.own(ME, started("1"), 5);
  feed.own(ME, finished("1"), 5);
  feed.own(ME, started("2"), 6);
  expect(sent).toEqual([]);
  feed.opened([], "me");
  feed.own(ME, finished("2"), 7);
  expect(sent).toEqual(["1 started", "1 finished", "2 started", "2 finished"]);
});

test("the rest of a run that the server has ended is not told, and still ends here", () => {
  const { feed, sent, shown } = world();
  feed.opened([], "me");
  feed.own(ME, started("1"), 5);
  feed.lost();
  feed.own(ME, printed("1", "x"), 5);
  feed.opened([], "me");
  feed.own(ME, finished("1"), 6);
  vi.advanceTimersByTime(33);
  expect(sent).toEqual(["1 started"]);
  expect(shown.at(-1)?.[0]).toMatchObject({ status: "ok", output: [{ text: "x" }] });
});

test("the others' runs are shown; a disposed feed shows nothing more", () => {
  const { feed, shown } = world();
  feed.theirs({ type: "run", participant_id: "b", name: "B", message: started("1") }, 5);
  vi.advanceTimersByTime(33);
  expect(shown.at(-1)).toMatchObject([{ run_id: "1", participant_id: "b", started_at: 5 }]);
  feed.theirs({ type: "run", participant_id: "b", name: "B", message: finished("1") }, 6);
  feed.dispose();
  vi.advanceTimersByTime(1_000);
  expect(shown).toHaveLength(1);
});
