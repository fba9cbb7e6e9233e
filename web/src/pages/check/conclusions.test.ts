/** What is said of each finding, and what it comes to. */

import { describe, expect, it } from "vitest";

import { conclude, medianOf, report, verdict, type Conclusion } from "./conclusions";
import type { Examination } from "./examine";

const FINE: Examination = {
  approach: { path: "lan", secure: true, address: "192.168.1.20" },
  trouble: null,
  socket: "works",
  roundTripsMs: [30, 10, 20, 900, 15],
  browser: { secureContext: true, webAssembly: true, workers: true, storage: true },
};

function about(topic: Conclusion["about"], change: Partial<Examination>): Conclusion | undefined {
  return conclude({ ...FINE, ...change }).find((conclusion) => conclusion.about === topic);
}

const browser = (change: Partial<Examination["browser"]>) => ({
  browser: { ...FINE.browser, ...change },
});
const by = (path: "this_device" | "lan" | "tunnel" | "server", secure = false) => ({
  approach: { path, secure, address: null },
});

it("says of each thing that it works", () => {
  const conclusions = conclude(FINE);
  expect(conclusions.map(({ about: topic, tone }) => [topic, tone])).toEqual([
    ["way", "good"],
    ["secrecy", "good"],
    ["live", "good"],
    ["speed", "good"],
    ["browser", "good"],
  ]);
  expect(verdict(conclusions)).toEqual({ tone: "good", title: "Everything works. You can join." });
});

describe("when HTTP works and the live connection does not", () => {
  it.each([
    ["blocked", /is blocked/],
    ["mute", /nothing comes through/],
  ] as const)("says so when it is %s, and what to do", (socket, title) => {
    const conclusion = about("live", { socket });
    expect(conclusion?.tone).toBe("bad");
    expect(conclusion?.title).toMatch(title);
    expect(conclusion?.text).toMatch(/proxy.*WebSocket.*hotspot/);
    expect(verdict(conclude({ ...FINE, socket })).tone).toBe("bad");
    // A link that whoever came by https has already is no help.
    expect(conclusion?.text).not.toMatch(/https/);
    expect(about("live", { socket, ...by("tunnel") })?.text).toMatch(/https/);
  });
});

it("says nothing of proxies where nobody answers at all", () => {
  const conclusions = conclude({
    ...FINE,
    approach: null,
    trouble: "The server does not answer.",
    socket: "blocked",
    roundTripsMs: [],
  });
  expect(conclusions.map(({ about: topic }) => topic)).toEqual(["way", "browser"]);
  expect(conclusions[0]).toMatchObject({ tone: "bad", text: "The server does not answer." });
});

it("says when answers stop", () => {
  expect(about("way", { trouble: "It takes too long." })).toMatchObject({
    tone: "bad",
    text: "It takes too long.",
  });
});

it.each([
  ["this_device", "good"],
  ["lan", "note"],
  ["tunnel", "note"],
  ["server", "note"],
] as const)("judges what is not encrypted by %s as %s", (path, tone) => {
  expect(about("secrecy", by(path))?.tone).toBe(tone);
  expect(about("secrecy", by(path, true))?.tone).toBe("good");
});

it.each([
  [[900, 10, 900, 20, 900], "note", /slow, 900 ms/],
  [[300], "good", /fair, 300 ms/],
  [[0, 0], "good", /good, under 1 ms/],
] as const)("judges round trips of %j", (roundTripsMs, tone, title) => {
  expect(about("speed", { roundTripsMs })).toMatchObject({ tone });
  expect(about("speed", { roundTripsMs })?.title).toMatch(title);
});

it.each([
  [{ workers: false, webAssembly: false, storage: false }, "bad", /editor/],
  [{ webAssembly: false, storage: false }, "note", /Python/],
  [{ storage: false }, "note", /keeps nothing/],
  // A LAN's http is no secure context, and everything works there.
  [{ secureContext: false }, "good", /all that is needed/],
] as const)("judges a browser with %j", (change, tone, title) => {
  expect(about("browser", browser(change))?.tone).toBe(tone);
  expect(about("browser", browser(change))?.title).toMatch(title);
});

it("lets one join who has only something to know", () => {
  expect(verdict(conclude({ ...FINE, ...by("lan") })).title).toMatch(/You can join/);
});

it.each([
  [[], null],
  [[7], 7],
  [[9, 1], 1],
  [[900, 1, 30], 30],
] as const)("takes the middle of %j", (times, median) => {
  expect(medianOf(times)).toBe(median);
});

it("reports every finding in a line of its own", () => {
  const text = report(FINE, "http://192.168.1.5:8765", "Browser/1.0");
  for (const line of [
    "Server: http://192.168.1.5:8765",
    "Way: lan",
    "Encrypted: yes",
    "Address that the server sees: 192.168.1.20",
    "Live connection (WebSocket): works",
    "Round trips: 30, 10, 20, 900, 15 ms",
    "WebAssembly: yes",
    "Browser: Browser/1.0",
  ]) {
    expect(text.split("\n")).toContain(line);
  }
  const away = { ...FINE, approach: null, trouble: "Away.", roundTripsMs: [] };
  expect(report(away, "http://a", "b")).toMatch(
    /Way: unknown\nEncrypted: unknown\n.*unknown\nTrouble: Away\.\n.*\nRound trips: none/,
  );
});
