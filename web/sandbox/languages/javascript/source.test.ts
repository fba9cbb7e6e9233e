/** Programs as functions, and the lines of their errors. */

import { describe, expect, it } from "vitest";

import { compile, framesOf } from "./source";

describe("compile", () => {
  it("makes a program that may await at its top level", async () => {
    const ran: string[] = [];
    Object.assign(globalThis, { ran });
    await compile("const x = await Promise.resolve('ok'); ran.push(x)", "main.js")();
    expect(ran).toEqual(["ok"]);
  });

  it.each([["let x = ;"], ["}); escaped(); (() => {"], ["/* open"], ["return }"]])(
    "refuses %j",
    (code) => {
      expect(() => compile(code, "main.js")).toThrow(SyntaxError);
    },
  );

  it("allows a comment on the last line", async () => {
    await expect(compile("1 // the end", "main.js")()).resolves.toBeUndefined();
  });

  it("keeps the program's own lines", async () => {
    const failing = compile("\nnull.x", "main.js")();
    const error = await failing.then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(framesOf(error?.stack ?? "", "main.js")).toEqual([{ name: "", line: 2, column: 6 }]);
  });

  it("takes the wrapper out of the first line's columns", async () => {
    const error = await compile("null.x", "main.js")().then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(framesOf(error?.stack ?? "", "main.js")).toEqual([{ name: "", line: 1, column: 6 }]);
  });
});

describe("framesOf", () => {
  const frames = [
    { name: "inner", line: 3, column: 9 },
    { name: "", line: 7, column: 1 },
  ];

  it.each([
    [
      "V8",
      "Error: x\n    at inner (main.js:3:9)\n    at eval (main.js:7:1)\n" +
        "    at serve (blob:null/1:5:5)",
    ],
    ["SpiderMonkey", "inner@main.js:3:9\n@main.js:7:1\nserve@blob:null/1:5:5\n"],
    ["JavaScriptCore", "inner@main.js:3:9\neval@main.js:7:1\nserve@blob:null/1:5:5"],
  ])("reads stacks of %s", (_engine, stack) => {
    expect(framesOf(stack, "main.js")).toEqual(frames);
  });

  it("does not take another file for the program", () => {
    expect(framesOf("    at f (domain.js:1:2)\n    at g (xmain.js:1:2)", "main.js")).toEqual([]);
  });
});
