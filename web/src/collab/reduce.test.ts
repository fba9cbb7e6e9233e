import { expect, test } from "vitest";

import { parseServerMessage } from "./messages";
import { reduce, type StateMessage } from "./reduce";
import { initialSnapshot, type RoomSnapshot } from "./snapshot";
import { person, SESSION } from "./testing/server";

function after(...messages: object[]): RoomSnapshot {
  return messages.reduce<RoomSnapshot>((snapshot, message) => {
    const parsed = parseServerMessage(JSON.stringify(message));
    expect(parsed).not.toBeNull();
    return reduce(snapshot, parsed as StateMessage);
  }, initialSnapshot);
}

const welcome = (role = "candidate", session: object = {}): object => ({
  type: "welcome",
  session: { ...SESSION, ...session },
  participant: person("me", { role }),
  participants: [person("me", { role }), person("other")],
  waiting: [{ id: "w", name: "W", role: "candidate", presence: 1, knocked_at: 1 }],
  runs: [],
  saved: "unsaved",
  limits: { frame_bytes: 1, document_bytes: 1 },
  server_time: 1,
});

test("the lobby first, then inside", () => {
  const waiting = after({ type: "waiting", participant: person("me", { status: "waiting" }) });
  expect(waiting).toMatchObject({ admission: "waiting", canEdit: false, canRun: false });
  expect(reduce(waiting, parseServerMessage(JSON.stringify(welcome())) as StateMessage)).toMatchObject(
    { admission: "admitted", saved: "unsaved", canEdit: true, me: { id: "me" } },
  );
});

test.each([
  ["candidate", {}, true, true],
  ["interviewer", {}, true, true],
  ["observer", {}, false, false],
  ["candidate", { locked: true }, false, true],
  ["interviewer", { locked: true }, true, true],
  ["candidate", { phase: "ended" }, false, false],
  ["interviewer", { phase: "ended" }, false, false],
])("%s in %o may edit: %s, run: %s", (role, session, canEdit, canRun) => {
  expect(after(welcome(role, session))).toMatchObject({ canEdit, canRun });
  expect(
    after(welcome(role), { type: "session", session: { ...SESSION, ...session } }),
  ).toMatchObject({ canEdit, canRun });
});

test("another role of mine changes the list too, and closes the lobby's door", () => {
  const snapshot = after(welcome("interviewer"), {
    type: "role",
    participant: person("me", { role: "observer" }),
  });
  expect(snapshot).toMatchObject({ me: { role: "observer" }, lobby: [], canRun: false });
  expect(snapshot.participants[0]).toMatchObject({ id: "me", role: "observer" });
});

test("links may be others after each word of them, and after time away", () => {
  const before = after(welcome("interviewer"));
  expect(after(welcome("interviewer"), { type: "invites" }).invitesRevision).toBeGreaterThan(
    before.invitesRevision,
  );
  expect(after(welcome("interviewer"), welcome("interviewer")).invitesRevision).toBeGreaterThan(
    before.invitesRevision,
  );
});

test("what does not change stays the same object", () => {
  const before = after(welcome());
  const next = reduce(before, { type: "saved", state: "saved" });
  expect(next.participants).toBe(before.participants);
  expect(next.session).toBe(before.session);
  expect(before.saved).toBe("unsaved");
});
