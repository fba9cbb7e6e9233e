/** Tokens, host key and profile survive reloads, and storage that is not there. */

import { describe, expect, it } from "vitest";

import { Credentials, desktopBridge, newParticipantId, type DesktopBridge } from "./credentials";
import { SafeStorage, type StorageArea } from "./storage";

class Area implements StorageArea {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

function browser(desktop: DesktopBridge | null = null) {
  const local = new Area();
  const tab = new Area();
  const load = () =>
    new Credentials({
      local: new SafeStorage(() => local),
      tab: new SafeStorage(() => tab),
      desktop,
    });
  return { local, tab, load };
}

describe("participant tokens", () => {
  it("are there after a reload, per session, until forgotten", () => {
    const { load } = browser();
    load().rememberParticipant("1a2b3c4d", { id: "u1", token: "secret" });
    expect(load().participant("1a2b3c4d")).toEqual({ id: "u1", token: "secret" });
    expect(load().participant("00000000")).toBeNull();
    load().forgetParticipant("1a2b3c4d");
    expect(load().participant("1a2b3c4d")).toBeNull();
  });

  it.each(["", "{", "null", "[]", "7", '{"id":1,"token":"x"}', '{"id":"u1"}'])(
    "ignore %j in storage",
    (text) => {
      const { local, load } = browser();
      local.items.set("codeinterview.participant.1a2b3c4d", text);
      expect(load().participant("1a2b3c4d")).toBeNull();
    },
  );

  it("come from the desktop app for its own session", () => {
    const { load } = browser({
      hostKey: "run-key",
      participant: { sessionId: "1a2b3c4d", id: "u1", token: "given" },
      theme: null,
    });
    expect(load().participant("1a2b3c4d")).toEqual({ id: "u1", token: "given" });
    expect(load().participant("00000000")).toBeNull();
  });
});

describe("the host credential", () => {
  it("is the desktop app's, and cannot be forgotten there", () => {
    const { load } = browser({ hostKey: "run-key", participant: null, theme: null });
    expect(load().hostKey()).toBe("run-key");
    expect(load().hostKeyIsTyped).toBe(false);
  });

  it("is kept for the tab when typed", () => {
    const { local, load } = browser();
    load().rememberHostKey("typed");
    expect(load().hostKey()).toBe("typed");
    expect(load().hostKeyIsTyped).toBe(true);
    expect([...local.items.values()]).not.toContain("typed");
    load().forgetHostKey();
    expect(load().hostKey()).toBeNull();
  });
});

describe("the profile", () => {
  it("remembers name and colour", () => {
    const { load } = browser();
    expect(load().profile()).toEqual({ name: "", presence: null });
    load().rememberProfile({ name: "Ada", presence: 3 });
    expect(load().profile()).toEqual({ name: "Ada", presence: 3 });
  });

  it.each(['{"name":7,"presence":9}', '{"presence":-1}', '{"presence":1.5}', "x"])(
    "reads %j as nothing",
    (text) => {
      const { local, load } = browser();
      local.items.set("codeinterview.profile", text);
      expect(load().profile()).toEqual({ name: "", presence: null });
    },
  );
});

describe("storage that is not available", () => {
  const denied = new SafeStorage(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const full = new SafeStorage(() => ({
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: () => undefined,
  }));

  it.each([
    ["denied", denied],
    ["full", full],
    ["absent", new SafeStorage(() => null)],
  ])("%s: the page goes on until it is reloaded", (_name, storage) => {
    const credentials = new Credentials({ local: storage, tab: storage, desktop: null });
    expect(credentials.participant("1a2b3c4d")).toBeNull();
    credentials.rememberParticipant("1a2b3c4d", { id: "u1", token: "t" });
    expect(credentials.participant("1a2b3c4d")).toEqual({ id: "u1", token: "t" });
    credentials.forgetParticipant("1a2b3c4d");
    expect(credentials.participant("1a2b3c4d")).toBeNull();
  });
});

it.each([
  [{}, null],
  [{ codeinterviewDesktop: null }, null],
  [{ codeinterviewDesktop: "x" }, null],
  [
    { codeinterviewDesktop: { hostKey: 7, participant: { id: "u1" }, theme: "pink" } },
    { hostKey: null, participant: null, theme: null },
  ],
  [
    {
      codeinterviewDesktop: {
        hostKey: "k",
        participant: { sessionId: "1a2b3c4d", id: "u1", token: "t" },
        theme: "dark",
      },
    },
    {
      hostKey: "k",
      participant: { sessionId: "1a2b3c4d", id: "u1", token: "t" },
      theme: "dark",
    },
  ],
])("reads what the desktop app left on the window: %j", (scope, expected) => {
  expect(desktopBridge(scope)).toEqual(expected);
});

it("makes participant ids that the server takes", () => {
  const ids = new Set(Array.from({ length: 50 }, newParticipantId));
  expect(ids.size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});
