import { expect, test } from "vitest";

import { verdictOf } from "./closeCodes";

test.each([
  [1000, "", null],
  [1001, "", null],
  [1006, "", null],
  [1012, "", null],
  [1013, "", null],
  [4400, "", "malformed"],
  [4401, "", "unauthenticated"],
  [4403, "declined", "declined"],
  [4403, "removed", "removed"],
  [4403, "not_allowed", "not_allowed"],
  [4403, "anything else", "not_allowed"],
  [4404, "", "not_found"],
  [4409, "", "ended"],
  [4410, "", "expired"],
  [4413, "", "too_large"],
])("close code %i %s leads to %s", (code, reason, kind) => {
  const verdict = verdictOf(code, reason);
  expect(verdict.again ? null : verdict.failure).toEqual(kind === null ? null : { kind, code });
});

test("only too many asks for patience", () => {
  expect(verdictOf(4429, "")).toEqual({ again: true, afterMs: 10_000 });
  expect(verdictOf(1013, "")).toEqual({ again: true, afterMs: 0 });
});
