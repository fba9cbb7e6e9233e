/** What fits into a frame and into a document, counted beside real documents. */

import { expect, test, vi } from "vitest";
import * as Y from "yjs";

import { Capacity, shortageSentence } from "./capacity";

const LIMITS = { frame_bytes: 32_000, document_bytes: 64_000 };

function world() {
  const doc = new Y.Doc();
  const capacity = new Capacity(doc);
  const text = doc.getText("file:main.py");
  return {
    text,
    capacity,
    shortage: (bytes: number) => capacity.shortage(bytes, LIMITS),
  };
}

test("what one frame cannot carry is refused, what it can is not", () => {
  const { shortage } = world();
  expect(shortage(31_000)).toBeNull();
  expect(shortage(31_001)).toBe("frame");
});

test("what is unconfirmed has to fit into one frame together", () => {
  const { capacity, shortage } = world();
  capacity.edited(20_000);
  expect(shortage(11_000)).toBeNull();
  expect(shortage(11_001)).toBe("unsent");
  capacity.fenced();
  capacity.edited(5_000);
  capacity.passed();
  expect(shortage(26_000)).toBeNull();
  expect(shortage(26_001)).toBe("unsent");
});

test("the document's bound counts all files and everybody", () => {
  const { text, shortage } = world();
  text.insert(0, "x".repeat(40_000));
  expect(shortage(20_000)).toBeNull();
  const theirs = new Y.Doc();
  theirs.getText("file:style.css").insert(0, "y".repeat(10_000));
  if (text.doc !== null) Y.applyUpdate(text.doc, Y.encodeStateAsUpdate(theirs));
  expect(shortage(20_000)).toBe("document");
});

test("what was deleted makes room again", () => {
  const { text, shortage } = world();
  text.insert(0, "x".repeat(61_000));
  expect(shortage(5_000)).toBe("document");
  text.delete(0, 20_000);
  expect(shortage(5_000)).toBeNull();
});

test("what undo keeps of the deleted text does not count", () => {
  const { text, shortage } = world();
  const origin = {};
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set([origin]) });
  text.doc?.transact(() => {
    text.insert(0, "x".repeat(61_000));
  }, origin);
  undo.stopCapturing();
  text.doc?.transact(() => {
    text.delete(0, 61_000);
  }, origin);
  expect(shortage(30_000)).toBeNull();
  undo.undo();
  expect(shortage(30_000)).toBe("document");
});

test("typing at the bound does not measure at every key", () => {
  const { text, shortage } = world();
  text.insert(0, "x".repeat(61_900));
  // Measuring makes a copy and destroys it.
  const destroyed = vi.spyOn(Y.Doc.prototype, "destroy");
  for (let key = 0; key < 50; key += 1) expect(shortage(200)).toBe("document");
  expect(destroyed).toHaveBeenCalledTimes(1);
});

test("sentences name the bounds and what to do", () => {
  const limits = { frame_bytes: 2 * 1024 * 1024, document_bytes: 8 * 1024 * 1024 };
  expect(shortageSentence("frame", limits)).toMatch(/2 MB fit in at once.*smaller parts/);
  expect(shortageSentence("document", limits)).toMatch(/8 MB together.*delete some text/);
  expect(shortageSentence("unsent", limits)).toMatch(/Nothing was changed/);
  expect(shortageSentence("frame", { ...limits, frame_bytes: 1000 * 1024 })).toMatch(/1000 KB/);
});
