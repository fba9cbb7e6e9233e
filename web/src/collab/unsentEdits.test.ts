/** What is on the shelf, and when, whatever storage does. */

import { expect, test, vi } from "vitest";

import { MemoryShelf } from "./testing/memoryShelf";
import { roomKey, UnsentEdits, type Kept } from "./unsentEdits";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const states = (shelf: MemoryShelf): Uint8Array[] =>
  [...shelf.records.values()].map(({ state }) => state);

/** A shelf whose writes wait until they are let go, one at a time. */
class SlowShelf extends MemoryShelf {
  readonly waiting: (() => void)[] = [];

  override async put(record: Kept): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    await super.put(record);
  }
}

test("what one page kept, the next one of the same participant finds and clears away", async () => {
  const shelf = new MemoryShelf();
  new UnsentEdits(shelf, "room", "first").keep(() => bytes(1));
  const next = new UnsentEdits(shelf, "room", "second");
  const stranger = new UnsentEdits(shelf, "other room", "third");
  expect(await next.restore()).toEqual([bytes(1)]);
  expect(await stranger.restore()).toEqual([]);

  next.keep(() => bytes(1, 2));
  await vi.waitFor(() => expect(states(shelf)).toEqual([bytes(1), bytes(1, 2)]));
  next.forget();
  await vi.waitFor(() => expect(states(shelf)).toEqual([]));
});

test("wishes that come while one is written are answered by the newest alone", async () => {
  const shelf = new SlowShelf();
  const edits = new UnsentEdits(shelf, "room", "page");
  edits.keep(() => bytes(1));
  const skipped = vi.fn(() => bytes(2));
  edits.keep(skipped);
  edits.keep(() => bytes(3));
  shelf.waiting.shift()?.();
  await vi.waitFor(() => expect(shelf.waiting).toHaveLength(1));
  shelf.waiting.shift()?.();
  await vi.waitFor(() => expect(states(shelf)).toEqual([bytes(3)]));
  expect(skipped).not.toHaveBeenCalled();
});

test("a page that goes does not wait for the write under way", async () => {
  const shelf = new SlowShelf();
  const edits = new UnsentEdits(shelf, "room", "page");
  edits.keep(() => bytes(1));
  edits.keep(() => bytes(2));
  edits.keepAtOnce(bytes(3));
  expect(shelf.waiting).toHaveLength(2);
  for (const go of shelf.waiting) go();
  await vi.waitFor(() => expect(states(shelf)).toEqual([bytes(3)]));
  edits.forget();
  await vi.waitFor(() => expect(states(shelf)).toEqual([]));
});

test("a record that another page has written again is not cleared away", async () => {
  const shelf = new MemoryShelf();
  const first = new UnsentEdits(shelf, "room", "first");
  first.keep(() => bytes(1));
  const second = new UnsentEdits(shelf, "room", "second");
  await second.restore();
  first.keep(() => bytes(2));
  await vi.waitFor(() => expect(states(shelf)).toEqual([bytes(2)]));
  second.keep(() => bytes(3));
  await vi.waitFor(() => expect(states(shelf)).toContainEqual(bytes(3)));
  second.forget();
  await vi.waitFor(() => expect(states(shelf)).toEqual([bytes(2)]));
});

test("storage that fails is said, not thrown, and forgiven once it works", async () => {
  const shelf = new MemoryShelf();
  shelf.broken = true;
  const edits = new UnsentEdits(shelf, "room", "page");
  expect(await edits.restore()).toEqual([]);
  expect(edits.failing).toBe(true);
  shelf.broken = false;
  edits.keep(() => bytes(1));
  await vi.waitFor(() => expect(edits.failing).toBe(false));
  shelf.broken = true;
  edits.keepAtOnce(bytes(2));
  await vi.waitFor(() => expect(edits.failing).toBe(true));
});

test("without storage nothing is kept, and that is known from the start", async () => {
  const edits = new UnsentEdits(null, "room", "page");
  edits.keep(() => bytes(1));
  edits.keepAtOnce(bytes(1));
  edits.forget();
  expect(await edits.restore()).toEqual([]);
  expect(edits.failing).toBe(true);
});

test("a room's name tells participants apart and holds no token", () => {
  const names = ["a", "b", "secret-token"].map((token) => roomKey("1a2b3c4d", token));
  expect(new Set(names).size).toBe(3);
  expect(names.join()).not.toContain("secret");
  expect(roomKey("1a2b3c4d", "a")).toBe(names[0]);
  expect(roomKey("00000000", "a")).not.toBe(names[0]);
});
