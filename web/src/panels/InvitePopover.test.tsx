/**
 * The rules for coming in, and the links: made anew, turned off, changed by somebody else.
 * @vitest-environment jsdom
 */

import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useSyncExternalStore } from "react";
import { afterEach, expect, it } from "vitest";

import type { SessionInfo } from "../collab/messages";
import { expectAccessible, openPage, refusal, type Asked, type Reply } from "../testing/page";
import { InviteContent } from "./InvitePopover";

const SESSION: SessionInfo = {
  id: "1a2b3c4d",
  title: "Pairing",
  language: "python",
  phase: "open",
  locked: false,
  join_policy: "invite",
  observers_listed: true,
  creator_id: "host",
  created_at: 1,
  updated_at: 1,
  expires_at: 2,
};
const PATH = `/sessions/${SESSION.id}`;
const INVITES = { candidate: "can-1", observer: "obs-1", interviewer: "int-1" };
const ok = (body: object): Reply => ({ status: 200, body: { success: true, ...body } });

interface Heard {
  readonly session: SessionInfo;
  readonly revision: number;
}

/** What the room hears, as the page that shows it does. */
class Room {
  #heard: Heard;
  #onChange: () => void = () => undefined;

  constructor(session: SessionInfo) {
    this.#heard = { session, revision: 1 };
  }

  readonly get = (): Heard => this.#heard;
  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#onChange = onChange;
    return () => undefined;
  };

  session(change: Partial<SessionInfo>): void {
    this.#hear({ session: { ...this.#heard.session, ...change } });
  }

  invites(): void {
    this.#hear({ revision: this.#heard.revision + 1 });
  }

  #hear(change: Partial<Heard>): void {
    act(() => {
      this.#heard = { ...this.#heard, ...change };
      this.#onChange();
    });
  }
}

function Content({ room }: { readonly room: Room }) {
  const { session, revision } = useSyncExternalStore(room.subscribe, room.get);
  return <InviteContent session={session} token="mine" invitesRevision={revision} />;
}

function show(
  replies: Readonly<Record<string, Reply | ((asked: Asked) => Reply)>>,
  session: Partial<SessionInfo> = {},
) {
  const room = new Room({ ...SESSION, ...session });
  const page = openPage(<Content room={room} />, {
    at: "/s/1a2b3c4d",
    route: "*",
    replies: { [`GET ${PATH}/invites`]: ok({ invites: INVITES }), ...replies },
  });
  return {
    ...page,
    room,
    asks: (method: string) => page.asked.filter((request) => request.method === method),
  };
}

const link = (role: string) => screen.findByRole("textbox", { name: `${role} link` });
const rule = (name: string) => screen.getByRole("radio", { name });
const row = (role: string) => within(screen.getByRole("group", { name: `${role} link` }));

afterEach(cleanup);

it("leads to where others reach the server, once that is told", async () => {
  show({
    [`GET ${PATH}/invites`]: ok({ invites: INVITES, public_url: "https://team.example/interviews" }),
  });
  expect(await link("Candidate")).toHaveProperty(
    "value",
    "https://team.example/interviews/i/1a2b3c4d#can-1",
  );
});

it("shows the rules in words and a link for each role", async () => {
  const { container } = show({});
  expect(await link("Candidate")).toHaveProperty(
    "value",
    "http://interview.test:8765/i/1a2b3c4d#can-1",
  );
  const group = screen.getByRole("radiogroup", { name: "Who may come in" });
  expect(within(group).getAllByRole("radio").length).toBe(3);
  expect(rule("Links let in, the code knocks").getAttribute("aria-checked")).toBe("true");
  await expectAccessible(container);
});

it("shows a chosen rule at once, and the sentences once the session says so too", async () => {
  const user = userEvent.setup();
  const { asks, room } = show({
    [`PATCH ${PATH}`]: ok({ data: { updated_at: 5 } }),
  });
  await user.click(rule("Links only"));
  expect(rule("Links only").getAttribute("aria-checked")).toBe("true");
  expect(asks("PATCH")).toMatchObject([
    { authorization: "Bearer mine", body: { join_policy: "invite_only" } },
  ]);
  expect(screen.queryByText(/does not let anybody ask to join/)).toBeNull();
  room.session({ join_policy: "invite_only", updated_at: 5 });
  await screen.findByText(/does not let anybody ask to join/);
  // What another interviewer chooses afterwards is shown as well.
  room.session({ join_policy: "knock", updated_at: 6 });
  expect(rule("Everybody knocks").getAttribute("aria-checked")).toBe("true");
});

it("goes back to the rule that holds when the server says no, with its sentence", async () => {
  const user = userEvent.setup();
  show({
    [`PATCH ${PATH}`]: refusal(503, "DATABASE_AWAY", "The database is away."),
  });
  await user.click(rule("Everybody knocks"));
  await screen.findByText("The database is away.");
  expect(rule("Links let in, the code knocks").getAttribute("aria-checked")).toBe("true");
  await user.click(screen.getByRole("switch", { name: "Show observers to candidates" }));
  await waitFor(() => {
    expect(screen.getAllByText("The database is away.").length).toBe(2);
  });
  expect(screen.getByRole("switch").getAttribute("aria-checked")).toBe("true");
});

it("is worked by the keyboard alone", async () => {
  const user = userEvent.setup();
  const { asks } = show({
    [`PATCH ${PATH}`]: ok({ data: { updated_at: 5 } }),
  });
  rule("Links let in, the code knocks").focus();
  await user.keyboard("{ArrowDown>}");
  await waitFor(() => {
    expect(rule("Everybody knocks").getAttribute("aria-checked")).toBe("true");
  });
  await user.keyboard("{/ArrowDown}");
  screen.getByRole("switch").focus();
  await user.keyboard(" ");
  expect(asks("PATCH").map(({ body }) => body)).toEqual([
    { join_policy: "knock" },
    { observers_listed: false },
  ]);
  await screen.findByText(/Candidates do not learn that an observer is here/);
});

it("says that links knock, too, where everybody knocks", async () => {
  show({}, { join_policy: "knock" });
  await screen.findByText(/Whoever opens a link asks to join in that role/);
  expect(screen.queryByText(/comes in at once, in that role/)).toBeNull();
});

it("turns a link off after asking, and makes a new one", async () => {
  const user = userEvent.setup();
  const { asks, container } = show({
    [`DELETE ${PATH}/invites/observer`]: ok({ invites: { ...INVITES, observer: null } }),
    [`POST ${PATH}/invites`]: ok({ invites: { ...INVITES, observer: "obs-2" } }),
  });
  await link("Observer");
  await user.click(screen.getByRole("button", { name: "Turn off the observer link" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Turn the observer link off?" });
  expect(asks("DELETE")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Turn off" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(row("Observer").getByText("This link is off.")).toBeDefined();
  expect(row("Observer").queryByRole("textbox")).toBeNull();
  expect(row("Candidate").queryByText("This link is off.")).toBeNull();
  await expectAccessible(container);
  const make = row("Observer").getByRole("button", { name: "Make a new observer link" });
  await waitFor(() => {
    expect(document.activeElement).toBe(make);
  });

  await user.click(make);
  expect(await link("Observer")).toHaveProperty(
    "value",
    "http://interview.test:8765/i/1a2b3c4d#obs-2",
  );
  expect(asks("POST")).toMatchObject([{ body: { role: "observer" } }]);
});

it("says why no new link could be made", async () => {
  const user = userEvent.setup();
  show({
    [`GET ${PATH}/invites`]: ok({ invites: { ...INVITES, candidate: null } }),
    [`POST ${PATH}/invites`]: refusal(503, "DATABASE_AWAY", "The database is away."),
  });
  await user.click(await screen.findByRole("button", { name: "Make a new candidate link" }));
  await row("Candidate").findByText("The database is away.");
});

it("reads the links again when somebody else changed them", async () => {
  let observer: string | null = "obs-1";
  const { room } = show({ [`GET ${PATH}/invites`]: () => ok({ invites: { ...INVITES, observer } }) });
  await link("Observer");
  observer = null;
  room.invites();
  await screen.findByText("This link is off.");
});
