/** Sizes and cuts of text in UTF-8. */

import { expect, it } from "vitest";

import { prefixWithin, wellFormed } from "./text";

it.each([
  ["abc", 10, "abc", 3],
  ["abc", 2, "ab", 2],
  ["é李😀", 9, "é李😀", 9],
  ["é李😀", 8, "é李", 5],
  ["😀", 3, "", 0],
  ["", 0, "", 0],
])("keeps of %j at most %i bytes", (text, bytes, kept, size) => {
  expect(prefixWithin(text, bytes)).toEqual({ text: kept, size });
});

it.each([
  ["plain 😀", "plain 😀"],
  ["a\0b", "a␀b"],
  ["\ud83d", "\ufffd"],
  ["x\ude00y", "x\ufffdy"],
  ["\ud83d\ud83d\ude00", "\ufffd😀"],
])("makes %j something that JSON and the database keep", (text, kept) => {
  expect(wellFormed(text)).toBe(kept);
});
