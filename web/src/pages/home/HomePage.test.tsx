/**
 * The start page: joining by code or link, hosting with and without a credential.
 * @vitest-environment jsdom
 */

import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { expectAccessible, openPage, refusal, type Asked } from "../../testing/page";
import { HomePage } from "./HomePage";

const HOST = { hostKey: "run-key", participant: null, theme: null };
const INVITE = "AbCdEfGhIjKlMnOpQrStUv";

function summary(id: string, title: string) {
  return {
    id,
    title,
    language: "python",
    phase: "open",
    locked: false,
    creator_id: "u1",
    created_at: Date.now(),
    updated_at: Date.now(),
    expires_at: Date.now() + 3_600_000,
    participant_count: 2,
    online_count: 1,
  };
}

const LIST = {
  "GET /sessions": (asked: Asked) => {
    const all = [summary("1a2b3c4d", "Backend interview"), summary("00000001", "Screening")];
    const query = new URLSearchParams(asked.path.split("?")[1]).get("query") ?? "";
    const data = all.filter((session) => session.title.toLowerCase().includes(query));
    return { status: 200, body: { success: true, data, total: data.length } };
  },
};

function home(options: Partial<Parameters<typeof openPage>[1]> = {}) {
  return openPage(<HomePage />, { at: "/", route: "/", ...options });
}

describe("joining", () => {
  it.each([
    ["1A2B-3C4D", "/i/1a2b3c4d"],
    [`http://interview.test:8765/i/1a2b3c4d#${INVITE}`, `/i/1a2b3c4d#${INVITE}`],
  ])("goes from %j to %j", async (text, path) => {
    const user = userEvent.setup();
    const { place } = home();
    await user.type(screen.getByLabelText("Code or link"), `${text}{Enter}`);
    await waitFor(() => expect(place.path).toBe(path));
  });

  it("says what is wrong beside the field, until it is changed", async () => {
    const user = userEvent.setup();
    const { container, place } = home();
    const field = screen.getByLabelText("Code or link");
    await user.type(field, "1a2b");
    await user.click(screen.getByRole("button", { name: "Join" }));
    expect(screen.getByRole("alert")).toHaveProperty(
      "textContent",
      expect.stringContaining("this one has 4"),
    );
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await expectAccessible(container);
    await user.type(field, "3");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(place.path).toBe("/");
  });

  it("offers no hosting without a credential", async () => {
    const { container, asked } = home();
    expect(screen.queryByText("Host an interview")).toBeNull();
    await expectAccessible(container);
    expect(asked.map((one) => `${one.method} ${one.path}`)).toEqual(["GET /listed"]);
  });
});

describe("what hosts show to this network", () => {
  const HOSTILE = '<img src=x onerror="alert(1)">\u202E gnp.exe';

  function listed(...titles: readonly string[]) {
    const sessions = titles.map((title, index) => ({ id: `0000000${index}`, title }));
    return { "GET /listed": { status: 200, body: { success: true, sessions } } };
  }

  it("is listed by title, and each leads to its lobby without an invite", async () => {
    const user = userEvent.setup();
    const { container, place } = home({ replies: listed("Backend interview", HOSTILE) });
    const section = await screen.findByRole("region", { name: "Open on this network" });
    expect(within(section).getAllByRole("link").map((link) => link.textContent)).toEqual([
      "Backend interview",
      HOSTILE,
    ]);
    expect(container.querySelector("img")).toBeNull();
    await expectAccessible(container);
    await user.click(within(section).getByRole("link", { name: "Backend interview" }));
    expect(place.path).toBe("/i/00000000");
  });

  it("may be nothing", async () => {
    const { container } = home({ replies: listed() });
    await screen.findByText(/No interview is listed here/);
    expect(screen.queryByRole("list")).toBeNull();
    await expectAccessible(container);
  });

  it("is passed over while the server does not say", async () => {
    const { asked } = home();
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(screen.queryByRole("region", { name: "Open on this network" })).toBeNull();
  });

  it("is asked for by people alone who have no credential", async () => {
    const { asked } = home({ desktop: HOST, replies: { ...LIST, ...listed("Backend") } });
    await screen.findByText("Screening");
    expect(asked.some((one) => one.path === "/listed")).toBe(false);
  });
});

describe("the host key", () => {
  it("is checked with the server before it is kept", async () => {
    const user = userEvent.setup();
    const { container, credentials } = home({
      replies: {
        "GET /me": (asked) =>
          asked.authorization === "Bearer right"
            ? { status: 200, body: { success: true, host: true } }
            : refusal(401, "NOT_AUTHENTICATED", "No."),
        ...LIST,
      },
    });
    await user.click(screen.getByRole("button", { name: "I am hosting" }));
    const field = screen.getByLabelText("Host key");
    await user.type(field, "wrong{Enter}");
    await screen.findByText(/does not know this host key/);
    expect(credentials.hostKey()).toBeNull();
    await expectAccessible(container);
    await user.clear(field);
    await user.type(field, "right{Enter}");
    await screen.findByText("Host an interview");
    expect(credentials.hostKey()).toBe("right");
  });
});

describe("hosting", () => {
  it("creates the session and goes there as its interviewer", async () => {
    const user = userEvent.setup();
    const { asked, credentials, place } = home({
      desktop: HOST,
      replies: {
        ...LIST,
        "POST /sessions": {
          status: 201,
          body: {
            success: true,
            data: { id: "1a2b3c4d" },
            participant: { id: "u7" },
            token: "participant-token",
            invites: {},
          },
        },
      },
    });
    await user.click(screen.getByRole("button", { name: "Create and open" }));
    expect(screen.getByText(/Enter your name/)).toBeTruthy();
    await user.type(screen.getByLabelText(/^Title/), "Backend");
    await user.type(screen.getByLabelText("Your name"), " Ada ");
    await user.click(screen.getByRole("radio", { name: "Python" }));
    await user.click(screen.getByRole("button", { name: "Create and open" }));
    await waitFor(() => expect(place.path).toBe("/s/1a2b3c4d"));
    const request = asked.find((one) => one.method === "POST");
    expect(request).toMatchObject({
      authorization: "Bearer run-key",
      body: { creator: { name: "Ada", color: "0" }, language: "python", title: "Backend" },
    });
    expect(credentials.participant("1a2b3c4d")).toEqual({ id: "u7", token: "participant-token" });
    expect(credentials.profile().name).toBe("Ada");
  });

  it("shows recent sessions and searches them", async () => {
    const user = userEvent.setup();
    const { container } = home({ desktop: HOST, replies: LIST });
    const list = await screen.findByRole("list");
    expect(within(list).getAllByRole("link").map((link) => link.textContent)).toEqual([
      "Backend interview",
      "Screening",
    ]);
    await expectAccessible(container);
    await user.type(screen.getByRole("searchbox"), "screen");
    await waitFor(() => expect(screen.queryByText("Backend interview")).toBeNull());
    await user.type(screen.getByRole("searchbox"), "zzz");
    await screen.findByText("Nothing found");
  });

  it("says when the server is away, and tries again on request", async () => {
    const user = userEvent.setup();
    let away = true;
    const { container } = home({
      desktop: HOST,
      replies: {
        "GET /sessions": () =>
          away
            ? refusal(503, "DATABASE_AWAY", "The database is away.")
            : { status: 200, body: { success: true, data: [], total: 0 } },
      },
    });
    await screen.findByText(/The database is away/);
    await expectAccessible(container);
    away = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("No sessions yet");
  });
});
