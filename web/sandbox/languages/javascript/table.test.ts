/** `console.table` as text. */

import { expect, it } from "vitest";

import { table } from "./table";

const draw = (data: unknown, columns?: unknown): string | null => table(data, columns, String);

it("draws rows of objects, with a column for plain values", () => {
  expect(draw([{ a: 1, b: 2 }, { b: 3 }, 4])).toBe(
    [
      "┌─────────┬───┬───┬────────┐",
      "│ (index) │ a │ b │ Values │",
      "├─────────┼───┼───┼────────┤",
      "│ 0       │ 1 │ 2 │        │",
      "│ 1       │   │ 3 │        │",
      "│ 2       │   │   │ 4      │",
      "└─────────┴───┴───┴────────┘",
    ].join("\n"),
  );
});

it("draws the chosen columns only, and maps by their keys", () => {
  expect(draw(new Map([["k", { a: 1, b: 2 }]]), ["b"])?.split("\n")).toEqual([
    "┌─────────┬───┐",
    "│ (index) │ b │",
    "├─────────┼───┤",
    "│ k       │ 2 │",
    "└─────────┴───┘",
  ]);
});

it.each([[1], ["text"], [null], [undefined]])("leaves %s to the log", (data) => {
  expect(draw(data)).toBeNull();
});
