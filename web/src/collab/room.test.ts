/** Rooms against a server in this process: what one page does, and what another one sees. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";

import { Room } from "./room";
import { MemoryShelf } from "./testing/memoryShelf";
import { openSocket, RoomServer } from "./testing/server";

let server: RoomServer;
let rooms: Room[];

beforeEach(async () => {
  server = await new RoomServer().start();
  server.write("x = 1");
  rooms = [];
});
afterEach(async () => {
  for (const room of rooms) room.dispose();
  await server.stop();
});

function enter(token: string, shelf = new MemoryShelf()): Room {
  const room = new Room({
    sessionId: "1a2b3c4d",
    token,
    server: server.origin,
    open: openSocket,
    shelf,
  });
  rooms.push(room);
  room.connect();
  return room;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const synced = (room: Room): Promise<void> =>
  until(() => expect(room.getSnapshot()).toMatchObject({ connection: "connected", synced: true }));
const sent = (room: Room): Promise<void> =>
  until(() => {
    expect(server.text()).toBe(room.text("main.py").toJSON());
    expect(room.getSnapshot().unsentEdits).toBe(false);
  });
async function away(...gone: Room[]): Promise<void> {
  await server.stop();
  await until(() => {
    for (const room of gone) expect(room.getSnapshot().connection).not.toBe("connected");
  });
}
async function back(...returning: Room[]): Promise<void> {
  await server.start();
  for (const room of returning) room.reconnectNow();
  for (const room of returning) await synced(room);
}

test("the text arrives, and edits go both ways", async () => {
  const [a, b] = [enter("a"), enter("b")];
  await Promise.all([synced(a), synced(b)]);
  expect(a.getSnapshot().files).toEqual(["main.py"]);
  a.text("main.py").insert(0, "# a\n");
  b.text("main.py").insert(b.text("main.py").length, "\n# b");
  await until(() => {
    expect(a.text("main.py").toJSON()).toBe("# a\nx = 1\n# b");
    expect(b.text("main.py").toJSON()).toBe("# a\nx = 1\n# b");
  });
});

test("the round trip is measured on each connection anew", async () => {
  const a = enter("a");
  expect(a.roundTrip.getSnapshot()).toBeNull();
  await until(() => expect(a.roundTrip.getSnapshot()).toMatchObject({ count: 1, lost: 0 }));
  await away(a);
  expect(a.roundTrip.getSnapshot()).toBeNull();
  await back(a);
  await until(() => expect(a.roundTrip.getSnapshot()).toMatchObject({ count: 1, lost: 0 }));
});

test("an edit is on the socket before the call returns", async () => {
  const frames: Uint8Array[] = [];
  const room = new Room({
    sessionId: "1a2b3c4d",
    token: "a",
    server: server.origin,
    shelf: null,
    open: (url) => {
      const socket = openSocket(url);
      const send = socket.send.bind(socket);
      socket.send = (data) => {
        frames.push(data as Uint8Array);
        send(data);
      };
      return socket;
    },
  });
  rooms.push(room);
  room.connect();
  await synced(room);
  frames.length = 0;
  room.text("main.py").insert(0, "now");
  expect(frames[0]?.slice(0, 2)).toEqual(new Uint8Array([0, 2]));
});

test("edits of both sides made while away flow together", async () => {
  const [a, b] = [enter("a"), enter("b")];
  await Promise.all([synced(a), synced(b)]);
  await away(a, b);
  a.text("main.py").insert(0, "A");
  b.text("main.py").insert(5, "B");
  expect(a.getSnapshot().unsentEdits).toBe(true);
  await back(a, b);
  await until(() => {
    expect(server.text()).toBe("Ax = 1B");
    expect(a.text("main.py").toJSON()).toBe("Ax = 1B");
    expect(b.text("main.py").toJSON()).toBe("Ax = 1B");
  });
  await sent(a);
});

test("edits made while away survive a reload, and the shelf is empty afterwards", async () => {
  const shelf = new MemoryShelf();
  const before = enter("a", shelf);
  await synced(before);
  await away(before);
  before.text("main.py").insert(5, " + 1");
  before.text("main.py").delete(0, 1);
  before.dispose();
  await until(() => expect(shelf.records.size).toBe(1));
  const after = enter("a", shelf);
  await back(after);
  await until(() => expect(server.text()).toBe(" = 1 + 1"));
  await sent(after);
  await until(() => expect(shelf.records.size).toBe(0));
});

test("another participant's kept edits are not taken", async () => {
  const shelf = new MemoryShelf();
  const mine = enter("a", shelf);
  await synced(mine);
  await away(mine);
  mine.text("main.py").insert(0, "secret");
  mine.dispose();
  const theirs = enter("b", shelf);
  await back(theirs);
  expect(theirs.text("main.py").toJSON()).toBe("x = 1");
  expect(shelf.records.size).toBe(1);
});

test("a server that lost the last edits is refilled", async () => {
  const room = enter("a");
  await synced(room);
  room.text("main.py").insert(5, "2");
  await sent(room);
  await away(room);
  server.doc = new Y.Doc();
  await back(room);
  await until(() => expect(server.text()).toBe("x = 12"));
});

test("a refused edit is taken back here, and its text is rescued", async () => {
  const room = enter("a");
  await synced(room);
  const document = room.doc;
  server.locked = true;
  room.text("main.py").insert(5, "000");
  await until(() =>
    expect(room.getSnapshot()).toMatchObject({
      synced: true,
      documentEpoch: 1,
      unsentEdits: false,
      refusal: { action: "edit_code", error: "Locked.", rescued: { "main.py": "x = 1000" } },
    }),
  );
  expect(room.doc).not.toBe(document);
  expect(room.text("main.py").toJSON()).toBe("x = 1");
  room.dismissRefusal();
  expect(room.getSnapshot().refusal).toBeNull();

  server.locked = false;
  room.text("main.py").insert(5, "!");
  await until(() => expect(server.text()).toBe("x = 1!"));
  server.write("# ");
  await until(() => expect(room.text("main.py").toJSON()).toBe("# x = 1!"));
});

test("edits made while away are rescued when they are refused on return", async () => {
  const shelf = new MemoryShelf();
  const room = enter("a", shelf);
  await synced(room);
  await away(room);
  room.text("main.py").insert(5, "000");
  server.locked = true;
  await back(room);
  await until(() =>
    expect(room.getSnapshot().refusal?.rescued).toEqual({ "main.py": "x = 1000" }),
  );
  expect(server.text()).toBe("x = 1");
  await until(() => expect(shelf.records.size).toBe(0));
});

test("another refusal says its sentence and leaves the document alone", async () => {
  const room = enter("a");
  await synced(room);
  server.tell({ type: "refused", action: "admit", code: "NOT_ALLOWED", error: "No." });
  await until(() => expect(room.getSnapshot().refusal).toMatchObject({ error: "No.", rescued: null }));
  expect(room.getSnapshot().documentEpoch).toBe(0);
});

test("a final code says why; what was typed stays readable and is not kept", async () => {
  const shelf = new MemoryShelf();
  const room = enter("a", shelf);
  await synced(room);
  server.close(4413);
  await until(() =>
    expect(room.getSnapshot()).toMatchObject({
      connection: "failed",
      failure: { kind: "too_large" },
      canEdit: false,
    }),
  );
  expect(room.text("main.py").toJSON()).toBe("x = 1");
  expect(shelf.records.size).toBe(0);
});

test("the others' cursors come, go with the connection, and ours comes back", async () => {
  const [a, b] = [enter("a"), enter("b")];
  await Promise.all([synced(a), synced(b)]);
  const seen = (room: Room): unknown[] =>
    [...room.awareness.getStates()]
      .filter(([id]) => id !== room.awareness.clientID)
      .map(([, state]) => state["selection"] as unknown);
  a.awareness.setLocalStateField("selection", { path: "main.py" });
  await until(() => expect(seen(b)).toContainEqual({ path: "main.py" }));
  await away(a, b);
  expect(seen(b)).toEqual([]);
  await back(b, a);
  await until(() => expect(seen(b)).toContainEqual({ path: "main.py" }));
});

test("bytes that are no update lead to a new connection, not to a broken page", async () => {
  const complaint = vi.spyOn(console, "error").mockReturnValue(undefined);
  const room = enter("a");
  await synced(room);
  server.sendRaw(new Uint8Array([0, 2, 3, 255, 255, 255]));
  await until(() => expect(server.connections).toBe(2));
  expect(complaint).toHaveBeenCalledOnce();
  await synced(room);
});

test("runs: ours and theirs, in batches, and told again after an absence", async () => {
  const room = enter("a");
  await synced(room);
  let changes = 0;
  room.subscribe(() => (changes += 1));
  const run = { run_id: "1", language: "python", path: "main.py" };
  room.sendRun({ ...run, event: "started" });
  for (let line = 0; line < 500; line += 1) {
    room.sendRun({ run_id: "1", event: "output", stream: "stdout", text: "x\n" });
  }
  room.sendRun({ run_id: "1", event: "finished", status: "ok", duration_ms: 1, truncated: false });
  await until(() => expect(room.getSnapshot().runs[0]?.status).toBe("ok"));
  expect(changes).toBeLessThan(5);
  await until(() => expect(server.heard).toHaveLength(502));

  await away(room);
  server.heard.length = 0;
  room.sendRun({ ...run, run_id: "2", event: "started" });
  room.sendRun({ run_id: "2", event: "finished", status: "ok", duration_ms: 1, truncated: false });
  await back(room);
  await until(() => expect(server.heard.map(({ event }) => event)).toEqual(["started", "finished"]));
  expect(room.getSnapshot().runs.map(({ run_id }) => run_id)).toEqual(["1", "2"]);
});

test("nothing goes on after dispose", async () => {
  const room = enter("a");
  await synced(room);
  const listener = vi.fn();
  room.subscribe(listener);
  room.dispose();
  await until(() => expect(server.peers.size).toBe(0));
  server.write("more");
  room.reconnectNow();
  expect(server.connections).toBe(1);
  expect(listener).not.toHaveBeenCalled();
});

test("an edit that the server would not take is refused here, with a sentence, and nothing changes", async () => {
  const room = enter("a");
  // Nobody has said yet what fits.
  expect(room.takes(5_000_000)).toBe(true);
  await synced(room);
  expect(room.takes(900_000)).toBe(true);
  expect(room.getSnapshot().refusal).toBeNull();
  expect(room.takes(5_000_000)).toBe(false);
  expect(room.getSnapshot().refusal).toMatchObject({ code: "TOO_LARGE", rescued: null });
  expect(room.getSnapshot()).toMatchObject({ connection: "connected", documentEpoch: 0 });
});

test("what is typed while away has to fit into the one message of the return", async () => {
  const room = enter("a");
  await synced(room);
  await away(room);
  expect(room.takes(600_000)).toBe(true);
  room.text("main.py").insert(0, "x".repeat(600_000));
  expect(room.takes(600_000)).toBe(false);
  expect(room.takes(1_000)).toBe(true);
  await back(room);
  await sent(room);
  expect(room.takes(600_000)).toBe(false);
  room.text("main.py").delete(0, 600_000);
  await sent(room);
  await until(() => expect(room.takes(600_000)).toBe(true));
});
