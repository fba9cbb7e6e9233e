/**
 * Who knocks: one list, answered one by one or at once, and put away until somebody new comes.
 * @vitest-environment jsdom
 */

import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";

import type { LobbyEntry } from "../collab/messages";
import { expectAccessible } from "../testing/page";
import { KnockList } from "./KnockList";

function knock(id: string, name: string, more: Partial<LobbyEntry> = {}): LobbyEntry {
  return { id, name, presence: 0, role: "candidate", knocked_at: 0, ...more };
}

const BARBARA = knock("w1", "Barbara");
const EVE = knock("w2", "Eve", { role: "observer" });
const MALLORY = knock("w3", "Mallory");

function show(lobby: readonly LobbyEntry[], onShow: (() => void) | null = null) {
  const handlers = { onAdmit: vi.fn(), onDecline: vi.fn() };
  const list = (entries: readonly LobbyEntry[], hidden = false) => (
    <>
      <textarea aria-label="Editor" />
      <KnockList
        lobby={entries}
        hidden={hidden}
        clockOffsetMs={0}
        onShow={onShow}
        {...handlers}
      />
    </>
  );
  const view = render(list(lobby));
  return {
    ...view,
    ...handlers,
    change: (entries: readonly LobbyEntry[], hidden = false) => {
      view.rerender(list(entries, hidden));
    },
  };
}

const card = () => screen.queryByRole("region", { name: "People who ask to join" });

afterEach(cleanup);

it("shows nothing while nobody knocks", () => {
  show([]);
  expect(card()).toBeNull();
});

it("lists everybody in one card, with the role that they came for", async () => {
  const { container } = show([BARBARA, EVE, MALLORY]);
  screen.getByRole("heading", { name: "3 people ask to join" });
  const rows = screen.getAllByRole("listitem").map((row) => row.textContent);
  expect(rows).toEqual([
    expect.not.stringContaining("as "),
    expect.stringContaining("as observer"),
    expect.not.stringContaining("as "),
  ]);
  await expectAccessible(container);
});

it("says how long they have waited, by the server's clock", () => {
  const now = Date.now();
  show([
    { ...BARBARA, knocked_at: now - 20_000 },
    { ...EVE, knocked_at: now - 61_000 },
    { ...MALLORY, knocked_at: now - 12.5 * 60_000 },
  ]);
  const rows = screen.getAllByRole("listitem").map((row) => row.textContent);
  expect(rows).toEqual([
    expect.stringContaining("just now"),
    expect.stringContaining("as observer, waiting for 1 minute"),
    expect.stringContaining("waiting for 12 minutes"),
  ]);
});

it("where there is no room beside the editor, only says how many there are", async () => {
  const user = userEvent.setup();
  const onShow = vi.fn();
  const { container } = show([BARBARA, EVE], onShow);
  screen.getByRole("heading", { name: "2 people ask to join" });
  expect(screen.queryByRole("listitem")).toBeNull();
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Show" }));
  expect(onShow).toHaveBeenCalledOnce();
});

it("answers one, or all at once", async () => {
  const user = userEvent.setup();
  const { onAdmit, onDecline } = show([BARBARA, EVE]);
  await user.click(screen.getByRole("button", { name: "Decline Eve" }));
  expect(onDecline.mock.calls).toEqual([["w2"]]);
  await user.click(screen.getByRole("button", { name: "Admit Barbara" }));
  expect(onAdmit.mock.calls).toEqual([["w1"]]);
  onAdmit.mockClear();
  await user.click(screen.getByRole("button", { name: "Admit all" }));
  expect(onAdmit.mock.calls).toEqual([["w1"], ["w2"]]);
});

it("one person needs no Admit all", () => {
  show([BARBARA]);
  screen.getByRole("heading", { name: "One person asks to join" });
  expect(screen.queryByRole("button", { name: "Admit all" })).toBeNull();
});

it("a double click does not answer the person who moves up", () => {
  const { onAdmit, change } = show([BARBARA, MALLORY]);
  fireEvent.click(screen.getByRole("button", { name: "Admit Barbara" }), { detail: 1 });
  change([MALLORY]);
  fireEvent.click(screen.getByRole("button", { name: "Admit Mallory" }), { detail: 2 });
  expect(onAdmit.mock.calls).toEqual([["w1"]]);
});

it("is put away until somebody new knocks", async () => {
  const user = userEvent.setup();
  const { change } = show([BARBARA, EVE]);
  await user.click(screen.getByRole("button", { name: "Decide later" }));
  expect(card()).toBeNull();
  change([EVE]);
  expect(card()).toBeNull();
  change([EVE, MALLORY]);
  expect(screen.getAllByRole("listitem")).toHaveLength(2);
  await user.keyboard("{F8}{Escape}");
  expect(card()).toBeNull();
});

it("remembers who was put away while they are shown elsewhere", async () => {
  const user = userEvent.setup();
  const { change } = show([BARBARA]);
  await user.click(screen.getByRole("button", { name: "Decide later" }));
  change([BARBARA], true);
  change([BARBARA]);
  expect(card()).toBeNull();
  change([BARBARA, EVE], true);
  expect(card()).toBeNull();
});

it("is answered from the keyboard, which then goes back to where it was", async () => {
  const user = userEvent.setup();
  const { onAdmit, change } = show([BARBARA, EVE]);
  const editor = screen.getByLabelText("Editor");
  editor.focus();
  await user.keyboard("{F8}");
  expect(document.activeElement).toBe(card());
  await user.tab();
  await user.tab();
  await user.keyboard("{Enter}");
  expect(onAdmit.mock.calls).toEqual([["w1"]]);
  change([EVE]);
  expect(document.activeElement).toBe(card());
  await user.keyboard("{F8}");
  expect(document.activeElement).toBe(editor);
  await user.keyboard("{F8}");
  change([]);
  expect(document.activeElement).toBe(editor);
});
