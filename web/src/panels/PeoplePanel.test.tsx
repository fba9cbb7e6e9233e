/**
 * Who is here, who may do what to whom.
 * @vitest-environment jsdom
 */

import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiError } from "../api/errors";
import type { Participant } from "../collab/messages";
import { expectAccessible } from "../testing/page";
import { PeoplePanel } from "./PeoplePanel";

function person(id: string, name: string, more: Partial<Participant> = {}): Participant {
  return {
    id,
    name,
    role: "candidate",
    color: "0",
    presence: 0,
    status: "admitted",
    joined_at: Number(id.slice(1)),
    is_online: true,
    ...more,
  };
}

const ADA = person("u1", "Ada", { role: "interviewer" });
const GRACE = person("u2", "Grace");
const EVE = person("u3", "Eve", { role: "observer", is_online: false });

function show(props: Partial<Parameters<typeof PeoplePanel>[0]> = {}) {
  const handlers = {
    onAdmit: vi.fn(),
    onDecline: vi.fn(),
    onRemove: vi.fn(() => Promise.resolve()),
    onRole: vi.fn(),
  };
  const view = render(
    <PeoplePanel
      participants={[EVE, GRACE, ADA]}
      lobby={[]}
      clockOffsetMs={0}
      observersListed
      myId="u1"
      manages
      {...handlers}
      {...props}
    />,
  );
  return { ...view, ...handlers };
}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      readonly observe = vi.fn();
      readonly unobserve = vi.fn();
      readonly disconnect = vi.fn();
    },
  );
  // Radix menus scroll and capture pointers; jsdom can do neither.
  Element.prototype.scrollIntoView = vi.fn();
  Element.prototype.hasPointerCapture = vi.fn(() => false);
});
afterEach(cleanup);

it("lists people in words: online first, role, state, and which one is me", async () => {
  const { container } = show();
  const items = screen.getAllByRole("listitem").map((item) => item.textContent);
  expect(items).toEqual([
    expect.stringMatching(/Ada \(you\)InterviewerOnline/),
    expect.stringMatching(/GraceCandidateOnline/),
    expect.stringMatching(/EveObserverOffline/),
  ]);
  await expectAccessible(container);
});

it("lets interviewers answer those who knock", async () => {
  const user = userEvent.setup();
  const { container, onAdmit, onDecline } = show({
    lobby: [
      { id: "w1", name: "Barbara", role: "candidate", presence: 1, knocked_at: 0 },
      { id: "w2", name: "Mallory", role: "observer", presence: 2, knocked_at: 1 },
    ],
  });
  await expectAccessible(container);
  expect(screen.getByText("asks to join as candidate")).toBeDefined();
  expect(screen.getByText("asks to join as observer")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Admit Barbara" }));
  await user.click(screen.getByRole("button", { name: "Decline Mallory" }));
  expect(onAdmit).toHaveBeenCalledExactlyOnceWith("w1");
  expect(onDecline).toHaveBeenCalledExactlyOnceWith("w2");
});

it("admits all who wait at once", async () => {
  const user = userEvent.setup();
  const waiting = { role: "candidate", presence: 1, knocked_at: Date.now() - 120_500 } as const;
  const { onAdmit } = show({
    lobby: [
      { ...waiting, id: "w1", name: "Barbara" },
      { ...waiting, id: "w2", name: "Mallory" },
    ],
  });
  expect(screen.getAllByText("waiting for 2 minutes")).toHaveLength(2);
  await user.click(screen.getByRole("button", { name: "Admit all" }));
  expect(onAdmit.mock.calls).toEqual([["w1"], ["w2"]]);
});

it("offers candidates neither lobby nor actions", () => {
  show({
    manages: false,
    myId: "u2",
    lobby: [{ id: "w1", name: "Barbara", role: "candidate", presence: 1, knocked_at: 0 }],
  });
  expect(screen.queryByText("Barbara")).toBeNull();
  expect(screen.queryByRole("button")).toBeNull();
});

it("removes after asking, and says why that did not work", async () => {
  const user = userEvent.setup();
  const onRemove = vi.fn<(id: string) => Promise<void>>();
  onRemove.mockRejectedValueOnce(
    new ApiError({ code: "DATABASE_AWAY", status: 503, message: "The database is away." }),
  );
  onRemove.mockResolvedValueOnce();
  show({ onRemove });
  await user.click(screen.getByRole("button", { name: "Actions for Grace" }));
  await user.click(await screen.findByRole("menuitem", { name: "Remove…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Remove Grace?" });
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  await within(dialog).findByText("The database is away.");
  await user.click(within(dialog).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(onRemove.mock.calls).toEqual([["u2"], ["u2"]]);
});

it("changes roles, but not mine", async () => {
  const user = userEvent.setup();
  const { onRole } = show();
  expect(screen.queryByRole("button", { name: "Actions for Ada" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Actions for Grace" }));
  const current = await screen.findByRole("menuitemradio", { name: "Candidate" });
  expect(current.getAttribute("aria-checked")).toBe("true");
  await user.click(screen.getByRole("menuitemradio", { name: "Observer" }));
  expect(onRole).toHaveBeenCalledExactlyOnceWith("u2", "observer");
});

it("marks hidden observers for whoever sees them", async () => {
  const { container } = show({ observersListed: false });
  const rows = screen.getAllByRole("listitem").map((item) => item.textContent);
  expect(rows.map((row) => row.includes("Hidden from candidates"))).toEqual([false, false, true]);
  await expectAccessible(container);
});

it.each([
  [true, "Shown to candidates"],
  [false, "Hidden from candidates"],
])("tells an observer whether candidates learn of them (%s)", (observersListed, words) => {
  show({ observersListed, manages: false, myId: "u3" });
  const mine = screen.getAllByRole("listitem").find((item) => item.textContent.includes("(you)"));
  expect(mine?.textContent).toContain(words);
});

it("says nothing of shown observers to the others", () => {
  show();
  expect(screen.queryByText(/to candidates|from candidates/)).toBeNull();
});

it("changes my name and colour, and says why that did not work", async () => {
  const user = userEvent.setup();
  const onProfile = vi.fn<(profile: object) => Promise<void>>();
  onProfile.mockRejectedValueOnce(
    new ApiError({
      code: "VALIDATION_FAILED",
      status: 422,
      message: "Some of what was sent is not valid.",
      fields: [{ field: "name", error: "A name has no control characters." }],
    }),
  );
  onProfile.mockRejectedValueOnce(
    new ApiError({ code: "DATABASE_AWAY", status: 503, message: "The database is away." }),
  );
  onProfile.mockResolvedValueOnce();
  show({ onProfile, manages: false, myId: "u2" });
  await user.click(screen.getByRole("button", { name: "Change name and colour…" }));
  const dialog = await screen.findByRole("dialog", { name: "Your name and colour" });
  const field = within(dialog).getByRole("textbox", { name: "Your name" });
  const save = within(dialog).getByRole("button", { name: "Save" });
  expect(field).toHaveProperty("value", "Grace");

  await user.clear(field);
  await user.click(save);
  await within(dialog).findByText(/^Enter your name/);
  expect(onProfile).not.toHaveBeenCalled();

  await user.type(field, " Grace H. ");
  await user.click(within(dialog).getByRole("radio", { name: "Teal" }));
  await user.click(save);
  await within(dialog).findByText("A name has no control characters.");
  await user.click(save);
  await within(dialog).findByText("The database is away.");
  await expectAccessible(dialog);
  await user.click(save);
  await waitFor(() => {
    expect(screen.queryByRole("dialog")).toBeNull();
  });
  expect(onProfile).toHaveBeenLastCalledWith({ name: "Grace H.", presence: 2 });
});
