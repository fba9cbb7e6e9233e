/** An object's life from the first subscriber to the last. */

import { expect, it, vi } from "vitest";

import { Lease } from "./Lease";

it("makes one object for all who look, and disposes of it when the last one leaves", () => {
  const made: { dispose: () => void }[] = [];
  const lease = new Lease(() => {
    const value = { dispose: vi.fn() };
    made.push(value);
    return value;
  });
  expect(lease.getValue()).toBeNull();
  const first = lease.subscribe();
  const second = lease.subscribe();
  expect(made).toHaveLength(1);
  expect(lease.getValue()).toBe(made[0]);
  first();
  expect(made[0]?.dispose).not.toHaveBeenCalled();
  second();
  expect(made[0]?.dispose).toHaveBeenCalledOnce();
  expect(lease.getValue()).toBeNull();
});

it("makes a fresh object for who comes after", () => {
  const lease = new Lease(() => ({ dispose: vi.fn() }));
  const leave = lease.subscribe();
  const before = lease.getValue();
  leave();
  lease.subscribe();
  expect(lease.getValue()).not.toBe(before);
  expect(lease.getValue()).not.toBeNull();
});
