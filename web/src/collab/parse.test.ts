import { expect, test } from "vitest";

import { array, boolean, integer, nullable, oneOf, record, text } from "./parse";

test.each([
  ["a string within its bound", text(3), "abc", "abc"],
  ["a string that is too long", text(3), "abcd", null],
  ["a number for a string", text(3), 3, null],
  ["an integer at its bounds", integer(0, 7), 7, 7],
  ["an integer beyond", integer(0, 7), 8, null],
  ["a fraction", integer(0), 0.5, null],
  ["no number", integer(0), Number.NaN, null],
  ["more than a number can count", integer(0), 2 ** 53, null],
  ["a number in a string", integer(0), "1", null],
  ["false, which is a value", boolean, false, false],
  ["zero for false", boolean, 0, null],
  ["one of the words", oneOf(["a", "b"]), "b", "b"],
  ["another word", oneOf(["a", "b"]), "c", null],
  ["items that all parse", array(integer(0), 2), [1, 2], [1, 2]],
  ["one bad item", array(integer(0), 2), [1, "2"], null],
  ["too many items", array(integer(0), 2), [1, 2, 3], null],
  ["what only looks like an array", array(integer(0), 2), { length: 0 }, null],
])("%s", (_name, parser, value, result) => {
  expect(parser(value)).toEqual(result);
});

const point = record({ x: integer(0), label: nullable(text(5)) });

test("a record keeps its own fields and leaves the others behind", () => {
  expect(point({ x: 1, label: "a", extra: true })).toEqual({ x: 1, label: "a" });
  expect(point({ x: 1, label: null })).toEqual({ x: 1, label: null });
});

test.each([
  ["a missing field", { x: 1 }],
  ["null where it is not promised", { x: null, label: null }],
  ["a bad value where null would do", { x: 1, label: 5 }],
  ["inherited fields", Object.create({ x: 1, label: null }) as object],
  ["an array", [1, null]],
  ["null", null],
  ["a string", "x"],
])("%s is no record", (_name, value) => {
  expect(point(value)).toBeNull();
});
