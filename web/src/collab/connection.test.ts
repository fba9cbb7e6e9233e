import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Backoff } from "./backoff";
import { Connection, type ConnectionStatus, type Socket } from "./connection";

class FakeSocket extends EventTarget {
  binaryType: BinaryType = "blob";
  readyState = 0;
  readonly sent: unknown[] = [];
  closedByUs = false;

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.closedByUs = true;
  }

  open(): void {
    this.readyState = 1;
  }

  hear(): void {
    this.dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(1) }));
  }

  end(code: number, reason = ""): void {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}

function world() {
  const sockets: FakeSocket[] = [];
  const statuses: ConnectionStatus[] = [];
  const calls = { lost: 0, probes: 0, frames: 0 };
  const connection = new Connection(
    () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as Socket;
    },
    {
      onStatus: (status) => statuses.push(status),
      onFrame: () => (calls.frames += 1),
      onLost: () => (calls.lost += 1),
      onProbe: () => (calls.probes += 1),
    },
    new Backoff(() => 0.999),
  );
  const newest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  };
  const goLive = (): FakeSocket => {
    const socket = newest();
    socket.open();
    socket.hear();
    connection.answered();
    return socket;
  };
  return {
    connection,
    sockets,
    calls,
    newest,
    goLive,
    last: () => statuses.at(-1),
    states: () => statuses.map(({ connection: state }) => state),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("too many: comes back after ten seconds at the earliest, whatever wakes the page", () => {
  const { connection, sockets, goLive, last } = world();
  connection.connect();
  goLive().end(4429);
  expect(last()).toMatchObject({ connection: "disconnected", retryAtMs: Date.now() + 10_000 });
  connection.wake();
  vi.advanceTimersByTime(9_900);
  expect(sockets).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(sockets).toHaveLength(2);
});

test("first attempt, answer, loss, return", () => {
  const { connection, goLive, states, calls, last } = world();
  connection.connect();
  expect(states()).toEqual(["connecting"]);
  goLive().end(1006);
  expect(states()).toEqual(["connecting", "connected", "reconnecting"]);
  expect(calls.lost).toBe(1);
  vi.advanceTimersByTime(400);
  goLive();
  expect(last()).toEqual({ connection: "connected", failure: null, retryAtMs: null });
});

test("goes on for ever, says when, and wakes at once", () => {
  const { connection, sockets, newest, last } = world();
  connection.connect();
  for (let attempt = 0; attempt < 40; attempt += 1) {
    newest().end(1006);
    vi.advanceTimersByTime(10_000);
  }
  expect(sockets).toHaveLength(41);
  newest().end(1006);
  expect(last()?.connection).toBe("disconnected");
  expect((last()?.retryAtMs ?? 0) - Date.now()).toBeGreaterThan(4_000);
  connection.wake();
  expect(sockets).toHaveLength(42);
  expect(last()?.connection).toBe("reconnecting");
});

test("only a connection that has stood resets the delay", () => {
  const { connection, goLive, newest, last } = world();
  connection.connect();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    goLive().end(1006);
    vi.advanceTimersByTime(10_000);
  }
  goLive();
  vi.advanceTimersByTime(5_000);
  newest().end(1006);
  expect(last()?.connection).toBe("reconnecting");
});

test("a final code ends it: no attempt follows", () => {
  const { connection, sockets, goLive, last } = world();
  connection.connect();
  goLive().end(4403, "removed");
  expect(last()).toMatchObject({
    connection: "failed",
    failure: { kind: "removed", code: 4403 },
  });
  connection.connect();
  connection.wake();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
});

test("a line that went dead is found within fifteen seconds", () => {
  const { connection, goLive, calls, last } = world();
  connection.connect();
  const socket = goLive();
  vi.advanceTimersByTime(15_000);
  expect(calls).toMatchObject({ lost: 1 });
  expect(calls.probes).toBeGreaterThan(0);
  expect(socket.closedByUs).toBe(true);
  expect(last()?.connection).not.toBe("connected");
});

test("a line that answers its pings stays, and timers that come late do not end it", () => {
  const { connection, goLive, calls } = world();
  connection.connect();
  const socket = goLive();
  for (let minute = 0; minute < 10; minute += 1) {
    const before = calls.probes;
    vi.advanceTimersByTime(5_000);
    expect(calls.probes).toBe(before + 1);
    socket.hear();
    // As in a hidden page: nothing runs for a minute.
    vi.setSystemTime(Date.now() + 60_000);
  }
  expect(calls.lost).toBe(0);
});

test("a server that accepts and stays silent is left", () => {
  const { connection, sockets, newest } = world();
  connection.connect();
  newest().open();
  vi.advanceTimersByTime(10_500);
  expect(sockets).toHaveLength(2);
});

test("what an abandoned socket still says is not heard", () => {
  const { connection, sockets, goLive, calls } = world();
  connection.connect();
  const first = goLive();
  connection.restart();
  vi.advanceTimersByTime(400);
  expect(sockets).toHaveLength(2);
  const { frames } = calls;
  first.hear();
  first.end(4401);
  expect(calls.frames).toBe(frames);
});

test("disposing ends everything", () => {
  const { connection, sockets, goLive } = world();
  connection.connect();
  goLive().end(1006);
  connection.dispose();
  vi.advanceTimersByTime(60_000);
  expect(sockets).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(connection.send(new Uint8Array(1))).toBe(false);
});
