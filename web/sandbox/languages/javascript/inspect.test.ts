/** Values as `console.log` shows them. */

import { expect, it } from "vitest";

import { inspect } from "./inspect";

const show = (value: unknown): string => inspect(value, (error) => `<${error.message}>`);

class Point {
  x = 1;
}

const circle: Record<string, unknown> = { name: "round" };
circle["self"] = circle;

it.each([
  [undefined, "undefined"],
  [null, "null"],
  [-0, "-0"],
  [12n, "12n"],
  ["it's", `"it's"`],
  ["a\nb", "'a\\nb'"],
  [Symbol("s"), "Symbol(s)"],
  [Point, "[class Point]"],
  [Math.max, "[Function: max]"],
  [[], "[]"],
  [[1, [2, [3, [4, [5]]]]], "[ 1, [ 2, [ 3, [ 4, [Array] ] ] ] ]"],
  // eslint-disable-next-line no-sparse-arrays
  [[1, , , 4], "[ 1, <2 empty>, 4 ]"],
  [{}, "{}"],
  [{ a: 1, "b-c": "x" }, "{ a: 1, 'b-c': 'x' }"],
  [new Point(), "Point { x: 1 }"],
  [Object.create(null), "[Object: null prototype] {}"],
  [circle, "{ name: 'round', self: [Circular] }"],
  [new Map([["k", { v: 1 }]]), "Map(1) { 'k' => { v: 1 } }"],
  [new Set([1, 2]), "Set(2) { 1, 2 }"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new Date(Number.NaN), "Invalid Date"],
  [/a+/g, "/a+/g"],
  [new Uint8Array([1, 2]), "Uint8Array(2) [ 1, 2 ]"],
  [new Error("bad"), "<bad>"],
  [Promise.resolve(), "Promise {}"],
  [Object("boxed"), "[String: 'boxed']"],
])("shows %s as %s", (value, text) => {
  expect(show(value)).toBe(text);
});

it("breaks what does not fit one line", () => {
  const wide = { first: "x".repeat(40), second: "y".repeat(40) };
  expect(show(wide)).toBe(`{\n  first: '${"x".repeat(40)}',\n  second: '${"y".repeat(40)}'\n}`);
});

it("does not run getters and survives hostile objects", () => {
  let ran = false;
  const lazy = {
    get value() {
      ran = true;
      return 1;
    },
  };
  expect(show(lazy)).toBe("{ value: [Getter] }");
  expect(ran).toBe(false);
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  expect(show(hostile)).toBe("[object that cannot be shown]");
});

it("cuts long lists", () => {
  const list = Array.from({ length: 150 }, () => 0);
  expect(show(list)).toContain("… 50 more");
});
