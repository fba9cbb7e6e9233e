import { expect, test } from "vitest";

import { Backoff } from "./backoff";

test("delays double up to ten seconds, are spread, and start over", () => {
  const steps = (random: number): number[] => {
    const backoff = new Backoff(() => random);
    return Array.from({ length: 9 }, () => backoff.nextMs());
  };
  expect(steps(1)).toEqual([300, 600, 1200, 2400, 4800, 9600, 10000, 10000, 10000]);
  expect(steps(0)).toEqual([150, 300, 600, 1200, 2400, 4800, 5000, 5000, 5000]);
  const backoff = new Backoff(() => 1);
  backoff.nextMs();
  backoff.nextMs();
  backoff.reset();
  expect(backoff.nextMs()).toBe(300);
});
