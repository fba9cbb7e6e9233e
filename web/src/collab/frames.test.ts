/** Frames as bytes: what is written is what the protocol says, what is read may be anything. */

import * as decoding from "lib0/decoding";
import { expect, test } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

import { awarenessFrame, controlFrame, readFrame, stateFrame, updateFrame } from "./frames";

test("sync frames: state vectors and updates under kind 0", () => {
  const doc = new Y.Doc();
  const states = decoding.createDecoder(stateFrame(doc));
  expect([decoding.readVarUint(states), decoding.readVarUint(states)]).toEqual([0, 0]);
  expect(decoding.readVarUint8Array(states)).toEqual(Y.encodeStateVector(doc));

  doc.getText("t").insert(0, "x");
  const update = Y.encodeStateAsUpdate(doc);
  const frame = decoding.createDecoder(updateFrame(update));
  expect([decoding.readVarUint(frame), decoding.readVarUint(frame)]).toEqual([0, 2]);
  expect(decoding.readVarUint8Array(frame)).toEqual(update);
});

test("a control message is one string of JSON under kind 100", () => {
  const frame = readFrame(controlFrame({ type: "ping", id: "ä✓" }));
  expect(frame).toEqual({ kind: "control", json: '{"type":"ping","id":"ä✓"}' });
});

test("an awareness frame speaks of the named client alone", () => {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  awareness.setLocalState({ selection: null });
  awareness.states.set(77, { selection: "somebody else's" });
  const frame = readFrame(awarenessFrame(awareness, awareness.clientID));
  if (frame?.kind !== "awareness") throw new Error("not read as awareness");
  expect(decoding.readVarUint(decoding.createDecoder(frame.update))).toBe(1);
  doc.destroy();
});

test.each([
  ["nothing", []],
  ["an unfinished integer", [0x80]],
  ["an unknown kind", [7, 1]],
  ["a control message that ends early", [100, 5, 123]],
  ["awareness that ends early", [1, 9, 0]],
])("%s is no frame", (_name, bytes) => {
  expect(readFrame(new Uint8Array(bytes))).toBeNull();
});
