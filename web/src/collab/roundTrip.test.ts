/** What is measured of a line that answers, that answers late, and that does not answer. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { RoundTrip } from "./roundTrip";

class FakePage extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  turn(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: FakePage;
let pings: string[];
let open: boolean;
let line: RoundTrip;

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakePage();
  pings = [];
  open = true;
  line = new RoundTrip(
    (id) => {
      if (open) pings.push(id);
      return open;
    },
    page,
  );
});
afterEach(() => {
  line.dispose();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const newest = (): string => pings.at(-1) ?? "";

/** Lets the next ping go out, and answers it after so long. */
function answer(ms: number): void {
  const before = pings.length;
  while (pings.length === before) vi.advanceTimersByTime(100);
  vi.advanceTimersByTime(ms);
  line.heard(newest());
}

function openAndAnswer(first: number, ...more: number[]): void {
  line.opened();
  vi.advanceTimersByTime(first);
  line.heard(newest());
  for (const ms of more) answer(ms);
}

describe("a line that answers", () => {
  it("is measured at once, then every few seconds", () => {
    expect(line.getSnapshot()).toBeNull();
    line.opened();
    line.opened();
    expect(pings).toEqual(["line-1"]);
    vi.advanceTimersByTime(30);
    line.heard("line-1");
    expect(line.getSnapshot()).toEqual({
      lastMs: 30,
      medianMs: 30,
      worstMs: 30,
      lost: 0,
      count: 1,
      overdue: false,
    });
    for (let second = 0; second < 60; second += 1) {
      vi.advanceTimersByTime(1_000);
      line.heard(newest());
    }
    expect(pings.length).toBeGreaterThan(10);
    expect(pings.length).toBeLessThan(20);
  });

  it("is as fast as its median, which one bad moment does not change", () => {
    openAndAnswer(900, 20, 30);
    expect(line.getSnapshot()).toMatchObject({ lastMs: 30, medianMs: 30, worstMs: 900 });
    answer(1_500);
    expect(line.getSnapshot()).toMatchObject({ lastMs: 1_500, medianMs: 30, worstMs: 1_500 });
  });

  it("takes the better of two", () => {
    openAndAnswer(900, 20);
    expect(line.getSnapshot()).toMatchObject({ medianMs: 20, count: 2 });
  });

  it("is what it was of late", () => {
    openAndAnswer(1_900, 1_900, 1_900, ...Array<number>(9).fill(10));
    expect(line.getSnapshot()).toMatchObject({ medianMs: 10, worstMs: 10, count: 9 });
  });

  it("takes no notice of pongs for others", () => {
    line.opened();
    for (const id of ["edit-1", "probe-1", "line-2", "line-0", ""]) line.heard(id);
    expect(line.getSnapshot()).toBeNull();
    line.heard("line-1");
    line.heard("line-1");
    expect(line.getSnapshot()).toMatchObject({ count: 1 });
  });
});

describe("a line that does not answer", () => {
  it("is overdue, then has lost a ping, and is asked again", () => {
    openAndAnswer(20);
    vi.advanceTimersByTime(1_000);
    expect(pings).toHaveLength(2);
    vi.advanceTimersByTime(1_999);
    expect(line.getSnapshot()).toMatchObject({ overdue: false });
    vi.advanceTimersByTime(1);
    expect(line.getSnapshot()).toMatchObject({ overdue: true, lost: 0, count: 1, lastMs: 20 });
    vi.advanceTimersByTime(6_000);
    expect(line.getSnapshot()).toMatchObject({ overdue: false, lost: 1, count: 2, lastMs: null });
    expect(pings).toHaveLength(3);
    line.heard("line-2");
    expect(line.getSnapshot(), "too late").toMatchObject({ lost: 1, count: 2 });
  });

  it("has no median when most were lost", () => {
    openAndAnswer(20);
    vi.advanceTimersByTime(1_000 + 2 * 8_000);
    expect(line.getSnapshot()).toMatchObject({ medianMs: null, worstMs: 20, lost: 2, count: 3 });
  });

  it("is overdue from the first ping on", () => {
    line.opened();
    vi.advanceTimersByTime(2_000);
    expect(line.getSnapshot()).toMatchObject({ overdue: true, count: 0, medianMs: null });
  });

  it("lost what came after a computer's sleep", () => {
    line.opened();
    vi.setSystemTime(Date.now() + 3_600_000);
    const now = performance.now();
    const clock = vi.spyOn(performance, "now").mockReturnValue(now + 3_600_000);
    line.heard("line-1");
    clock.mockRestore();
    expect(line.getSnapshot()).toMatchObject({ lost: 1, lastMs: null, worstMs: null });
  });
});

describe("another connection", () => {
  it("starts from nothing", () => {
    openAndAnswer(900, 900, 900);
    line.lost();
    expect(line.getSnapshot()).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(pings).toHaveLength(3);
    openAndAnswer(20);
    expect(line.getSnapshot()).toMatchObject({ medianMs: 20, worstMs: 20, count: 1 });
  });

  it("does not take the pong of the one before", () => {
    line.opened();
    line.lost();
    line.opened();
    line.heard("line-1");
    expect(line.getSnapshot()).toBeNull();
  });

  it("is waited for where the socket is closed already", () => {
    open = false;
    line.opened();
    vi.advanceTimersByTime(60_000);
    expect(line.getSnapshot()).toBeNull();
    line.lost();
    open = true;
    openAndAnswer(20);
    expect(line.getSnapshot()).toMatchObject({ medianMs: 20 });
  });
});

describe("a hidden page", () => {
  it("asks nothing, keeps the figure, and measures anew when it is looked at", () => {
    openAndAnswer(900, 900, 900);
    page.turn("hidden");
    vi.advanceTimersByTime(600_000);
    expect(pings).toHaveLength(3);
    expect(line.getSnapshot()).toMatchObject({ medianMs: 900 });
    page.turn("visible");
    expect(pings).toHaveLength(4);
    vi.advanceTimersByTime(20);
    line.heard(newest());
    expect(line.getSnapshot()).toMatchObject({ medianMs: 20, count: 1 });
  });

  it("does not count the ping that was out", () => {
    line.opened();
    page.turn("hidden");
    vi.advanceTimersByTime(600_000);
    line.heard("line-1");
    expect(line.getSnapshot()).toBeNull();
  });

  it("starts with the page that is opened in the background", () => {
    page.visibilityState = "hidden";
    line.opened();
    expect(pings).toEqual([]);
    page.turn("visible");
    page.turn("visible");
    expect(pings).toEqual(["line-1"]);
  });
});

it("tells each change once, and nothing after its end", () => {
  const told = vi.fn();
  const stop = line.subscribe(told);
  openAndAnswer(20, 20);
  expect(told).toHaveBeenCalledTimes(2);
  line.lost();
  line.lost();
  expect(told).toHaveBeenCalledTimes(3);
  stop();
  openAndAnswer(20);
  expect(told).toHaveBeenCalledTimes(3);
  line.dispose();
  page.turn("visible");
  vi.advanceTimersByTime(60_000);
  expect(pings).toHaveLength(3);
});
