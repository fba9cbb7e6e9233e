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
      { id: "w2", name: "Mallory", role: "candidate", presence: 2, knocked_at: 1 },
    ],
  });
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Admit Barbara" }));
  await user.click(screen.getByRole("button", { name: "Decline Mallory" }));
  expect(onAdmit).toHaveBeenCalledExactlyOnceWith("w1");
  expect(onDecline).toHaveBeenCalledExactlyOnceWith("w2");
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
