/** Which word a line gets, and what is advised. */

import { describe, expect, it } from "vitest";

import type { ConnectionState } from "../collab/room";
import type { RoundTripReading } from "../collab/roundTrip";
import {
  adviceOn,
  LONGEST_QUALITY,
  LONGEST_WAY,
  qualityOf,
  qualityWords,
  secrecyOf,
  tripTime,
  wayOf,
  type Quality,
} from "./connectionWords";

const PATHS = ["this_device", "lan", "tunnel", "server"] as const;
const QUALITIES: readonly Quality[] = ["measuring", "good", "fair", "slow", "offline"];

const reading = (medianMs: number | null, more: Partial<RoundTripReading> = {}) => ({
  lastMs: medianMs,
  medianMs,
  worstMs: medianMs,
  lost: 0,
  count: 3,
  overdue: false,
  ...more,
});

describe("the quality of a line", () => {
  it.each<[number | null, Quality]>([
    [0, "good"],
    [150, "good"],
    [151, "fair"],
    [400, "fair"],
    [401, "slow"],
    [9_000, "slow"],
    [null, "slow"],
  ])("with a round trip of %j ms is %s", (median, quality) => {
    expect(qualityOf("connected", reading(median)).quality).toBe(quality);
  });

  it("is slow while an answer is overdue, however fast it was", () => {
    expect(qualityOf("connected", reading(10, { overdue: true })).quality).toBe("slow");
  });

  it("is being measured before the first answer", () => {
    expect(qualityOf("connected", null).quality).toBe("measuring");
  });

  it.each<ConnectionState>(["connecting", "reconnecting", "disconnected", "failed"])(
    "is offline when %s, whatever was measured",
    (connection) => {
      expect(qualityOf(connection, reading(10)).quality).toBe("offline");
      expect(qualityOf(connection, null).quality).toBe("offline");
    },
  );

  it("promises nothing about typing when the server has refused for good", () => {
    expect(qualityOf("failed", null).meaning).not.toMatch(/typing/);
    expect(qualityOf("reconnecting", null).meaning).toMatch(/typing/);
  });

  it("has a word and an icon of its own each time", () => {
    const words = QUALITIES.map(qualityWords);
    expect(new Set(words.map(({ word }) => word)).size).toBe(QUALITIES.length);
    expect(new Set(words.map(({ icon }) => icon)).size).toBe(QUALITIES.length);
    expect(Math.max(...words.map(({ word }) => word.length))).toBe(LONGEST_QUALITY.length);
  });
});

describe("the way", () => {
  it("has a word and an icon of its own each time", () => {
    const ways = [null, ...PATHS].map((path) =>
      wayOf(path && { path, secure: false, address: null }),
    );
    expect(new Set(ways.map(({ word }) => word)).size).toBe(5);
    expect(new Set(ways.map(({ icon }) => icon)).size).toBe(5);
    expect(Math.max(...ways.map(({ word }) => word.length))).toBe(LONGEST_WAY.length);
  });

  it.each(PATHS)("by %s is private when it is encrypted", (path) => {
    expect(secrecyOf({ path, secure: true, address: null })).toEqual({ word: "Yes", advice: null });
  });

  it("is said to be open to others where it leaves the computer in the clear", () => {
    const open = (path: (typeof PATHS)[number]) => secrecyOf({ path, secure: false, address: null });
    expect(open("this_device")).toEqual({ word: "Not needed", advice: null });
    expect(open("lan")).toMatchObject({ word: "No" });
    expect(open("lan").advice).toMatch(/usual/);
    for (const path of ["tunnel", "server"] as const) {
      expect(open(path)).toMatchObject({ word: "No" });
      expect(open(path).advice).toMatch(/https/);
    }
  });
});

it("advises where something can be done, and nowhere else", () => {
  for (const path of [null, ...PATHS]) {
    for (const quality of QUALITIES) {
      const expected = quality === "slow" || quality === "offline";
      expect(adviceOn(quality, path) !== null, `${quality} by ${String(path)}`).toBe(expected);
    }
  }
});

it.each<[number | null, string]>([
  [null, "no answer"],
  [0, "under 1 ms"],
  [1, "1 ms"],
  [1_400, "1.4 s"],
])("writes a time of %j as %s", (ms, words) => {
  expect(tripTime(ms)).toBe(words);
});
