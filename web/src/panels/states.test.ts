/** The words for connection and saved state. */

import { expect, it } from "vitest";

import { initialSnapshot, type RoomSnapshot } from "../collab/snapshot";
import { connectionWord, savedWord } from "./states";
import { changes, knocks } from "./useAnnouncements";

const inside: RoomSnapshot = { ...initialSnapshot, connection: "connected", everConnected: true };

it.each([
  [{ connection: "connecting", everConnected: false }, "Connecting", "busy"],
  [{ connection: "disconnected", everConnected: false }, "Connecting", "busy"],
  [{ connection: "connected", everConnected: true }, "Connected", "good"],
  [{ connection: "reconnecting", everConnected: true }, "Reconnecting", "warn"],
  [{ connection: "disconnected", everConnected: true }, "Disconnected", "warn"],
  [{ connection: "failed", everConnected: true }, "Stopped", "bad"],
] as const)("connection %j is %s", (facts, word, tone) => {
  expect(connectionWord(facts)).toMatchObject({ word, tone });
});

it.each([
  [{ connection: "connected", saved: "saved", unsentEdits: false }, "Saved", "good"],
  [{ connection: "connected", saved: "saved", unsentEdits: true }, "Sending", "busy"],
  [{ connection: "connected", saved: "saving", unsentEdits: false }, "Saving", "busy"],
  [{ connection: "connected", saved: "unsaved", unsentEdits: false }, "Not saved yet", "warn"],
  [{ connection: "disconnected", saved: "saved", unsentEdits: true }, "Not sent yet", "warn"],
  [{ connection: "failed", saved: "saved", unsentEdits: true }, "Not sent", "bad"],
  [{ connection: "disconnected", saved: "saved", unsentEdits: false }, "Saved", "good"],
] as const)("saved %j is %s", (facts, word, tone) => {
  expect(savedWord(facts)).toMatchObject({ word, tone });
});

it("announces what others do and what the connection does, not what I do", () => {
  const me = {
    id: "u1",
    name: "Ada",
    role: "interviewer",
    color: "0",
    presence: 0,
    status: "admitted",
    joined_at: 0,
    is_online: true,
  } as const;
  const grace = { ...me, id: "u2", name: "Grace", role: "candidate" } as const;
  const before: RoomSnapshot = { ...inside, me, participants: [] };
  expect(changes(before, { ...before, participants: [me, grace] })).toEqual(["Grace is here."]);
  const together: RoomSnapshot = { ...before, participants: [me, grace] };
  expect(
    changes(together, {
      ...together,
      connection: "reconnecting",
      saved: "unsaved",
      participants: [me, { ...grace, is_online: false }],
    }),
  ).toEqual(["Reconnecting.", "Changes are not saved yet.", "Grace went offline."]);
  expect(changes(together, together)).toEqual([]);
});

it("announces everybody who knocks once, however often the lobby is told", () => {
  const known = new Set<string>();
  const eve = { id: "w1", name: "Eve", presence: 0, role: "candidate", knocked_at: 0 } as const;
  const mallory = { ...eve, id: "w2", name: "Mallory" };
  expect(knocks(known, { ...inside, lobby: [eve] })).toEqual(["Eve asks to join."]);
  expect(knocks(known, { ...inside, lobby: [eve, mallory] })).toEqual(["Mallory asks to join."]);
  expect(knocks(known, { ...inside, lobby: [] })).toEqual([]);
  expect(knocks(known, { ...inside, lobby: [eve] })).toEqual([]);
});
