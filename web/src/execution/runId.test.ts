/** Run ids, made without a secure context. */

import { expect, it } from "vitest";

import { newRunId } from "./runId";

it("makes ids that the protocol takes and that do not repeat", () => {
  const ids = Array.from({ length: 100 }, newRunId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
});
