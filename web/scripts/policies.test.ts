/** What the sandbox's pages may never be allowed. */

import { expect, it } from "vitest";

import { framePolicy, previewPolicy } from "./policies.ts";

const POLICIES = [
  ["frame", framePolicy("start()")],
  ["preview", previewPolicy()],
] as const;

function directives(policy: string): Map<string, string[]> {
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...values] = directive.split(" ");
      return [name, values];
    }),
  );
}

it.each(POLICIES)("the %s's names no place in any network", (_name, policy) => {
  const local = /^(?:'none'|'unsafe-inline'|'unsafe-eval'|'wasm-unsafe-eval'|'sha256-.+'|data:|blob:)$/;
  for (const [name, values] of directives(policy)) {
    if (name !== "sandbox") expect(values.filter((value) => !local.test(value))).toEqual([]);
  }
});

it.each(POLICIES)("the %s's has no origin, no way out and nothing by default", (_name, policy) => {
  const known = directives(policy);
  expect(known.get("sandbox")).not.toContain("allow-same-origin");
  expect(known.get("sandbox")?.join(" ")).not.toMatch(/navigation|popups|modals/);
  for (const name of ["default-src", "frame-src", "form-action", "base-uri"]) {
    expect(known.get(name)).toEqual(["'none'"]);
  }
});

it("the frame's runs its own script only", () => {
  const [source] = directives(framePolicy("start()")).get("script-src") ?? [];
  expect(source).toBe("'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='");
  expect(framePolicy("start()")).not.toContain("'unsafe-inline'");
});
