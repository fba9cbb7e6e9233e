/** Answers as bits, there and back. */

import { expect, it } from "vitest";

import { decodeAnswer, encodeAnswer } from "./signals";

function throughBits(text: string | null): string | null {
  const bits = encodeAnswer(text, 100_000) ?? [];
  let at = 0;
  const answer = decodeAnswer(() => bits[at++] ?? false);
  expect(at).toBe(bits.length);
  return answer;
}

it.each([[null], [""], ["a"], ["1234567"], ["12345678"], ["Añá 李 😀"], ["x".repeat(4096)]])(
  "carries %j",
  (text) => {
    expect(throughBits(text)).toBe(text);
  },
);

it("does not begin an answer that the row cannot hold", () => {
  const needed = encodeAnswer("abc", 1000)?.length ?? 0;
  expect(encodeAnswer("abc", needed)).toBeNull();
  expect(encodeAnswer("abc", needed + 1)).not.toBeNull();
});
