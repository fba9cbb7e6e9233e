/** The document against a server's document, frame by frame. */

import * as encoding from "lib0/encoding";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";

import { readFrame } from "./frames";
import { Replica } from "./replica";
import { MemoryShelf } from "./testing/memoryShelf";
import { UnsentEdits } from "./unsentEdits";

/** A replica, and a server that takes in and answers only when it is told to. */
function world() {
  const shelf = new MemoryShelf();
  const outgoing: Uint8Array[] = [];
  const fences: string[] = [];
  const replica = new Replica({
    send: (frame) => outgoing.push(frame) > 0,
    fence: (id) => fences.push(id),
    onChange: vi.fn(),
    unsent: new UnsentEdits(shelf, "room", "page"),
  });
  const server = new Y.Doc();
  const read = (frame: Uint8Array): void => {
    const parsed = readFrame(frame);
    if (parsed?.kind !== "sync") throw new Error("not a sync frame");
    replica.read(parsed.body);
  };
  const say = (write: (encoder: encoding.Encoder) => void): void => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    write(encoder);
    read(encoding.toUint8Array(encoder));
  };
  /** Takes in what was sent, and answers it. */
  const settle = (): void => {
    for (const frame of outgoing.splice(0)) {
      const parsed = readFrame(frame);
      if (parsed?.kind !== "sync") throw new Error("not a sync frame");
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, 0);
      syncProtocol.readSyncMessage(parsed.body, answer, server, "page");
      if (encoding.length(answer) > 1) read(encoding.toUint8Array(answer));
    }
  };
  const connect = (): void => {
    replica.opened(false);
    say((encoder) => {
      syncProtocol.writeSyncStep1(encoder, server);
    });
    settle();
  };
  const pass = (): void => {
    const id = fences.shift();
    if (id === undefined) throw new Error("nothing was fenced");
    replica.passed(id);
  };
  const text = replica.text("main.py");
  return { replica, server, shelf, outgoing, fences, settle, connect, pass, text };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the server's text arrives with the answer to our state", () => {
  const { replica, server, connect, text } = world();
  server.getMap("files").set("main.py", { language: "python" });
  server.getText("file:main.py").insert(0, "x = 1");
  expect(replica.synced).toBe(false);
  connect();
  expect(replica.synced).toBe(true);
  expect(replica.files()).toEqual(["main.py"]);
  expect(text.toJSON()).toBe("x = 1");
  expect(replica.texts()).toEqual({ "main.py": "x = 1" });
  expect(replica.unconfirmed).toBe(false);
});

test("an edit counts as confirmed when the fence behind it is passed, not before", () => {
  const { replica, settle, connect, pass, fences, text } = world();
  connect();
  text.insert(0, "a");
  text.insert(1, "b");
  settle();
  expect(fences).toEqual(["edit-1"]);
  replica.passed("edit-7");
  expect(replica.unconfirmed).toBe(true);
  pass();
  // The second edit came behind the first fence.
  expect(fences).toEqual(["edit-2"]);
  expect(replica.unconfirmed).toBe(true);
  pass();
  expect(replica.unconfirmed).toBe(false);
});

test("an answer that is quick leaves nothing to say and nothing written down", async () => {
  const { replica, shelf, connect, pass, text } = world();
  connect();
  text.insert(0, "a");
  await vi.advanceTimersByTimeAsync(200);
  pass();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(replica.unsent).toBe(false);
  expect(shelf.records.size).toBe(0);
});

test("an answer that is slow: written down, said, and cleared away afterwards", async () => {
  const { replica, shelf, connect, pass, text } = world();
  connect();
  text.insert(0, "a");
  await vi.advanceTimersByTimeAsync(250);
  expect(shelf.records.size).toBe(1);
  expect(replica.unsent).toBe(false);
  await vi.advanceTimersByTimeAsync(150);
  expect(replica.unsent).toBe(true);
  pass();
  expect(replica.unsent).toBe(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(shelf.records.size).toBe(0);
});

test("edits without a connection are written down at once and flow on return", async () => {
  const { replica, server, shelf, settle, connect, pass, text } = world();
  connect();
  replica.lost();
  text.insert(0, "away");
  expect(replica.unsent).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(shelf.records.size).toBe(1);
  connect();
  settle();
  expect(server.getText("file:main.py").toJSON()).toBe("away");
  pass();
  expect(replica.unsent).toBe(false);
});

test("a fence of a lost connection confirms nothing", () => {
  const { replica, connect, fences, text } = world();
  connect();
  text.insert(0, "a");
  const [lost] = fences.splice(0);
  replica.lost();
  replica.passed(lost ?? "");
  expect(replica.unconfirmed).toBe(true);
  connect();
  expect(fences).toEqual(["edit-1"]);
});

test("what an earlier page kept is merged and sent; a damaged record harms nobody", () => {
  const before = new Y.Doc();
  before.getText("file:main.py").insert(0, "kept");
  const { replica, server, settle, connect, text } = world();
  replica.restore([new Uint8Array([1, 2, 3]), Y.encodeStateAsUpdate(before)]);
  expect(text.toJSON()).toBe("kept");
  expect(replica.unsent).toBe(true);
  connect();
  settle();
  expect(server.getText("file:main.py").toJSON()).toBe("kept");
});

test("after its end nothing is due any more", () => {
  const { replica, connect, text } = world();
  connect();
  text.insert(0, "a");
  replica.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
