/**
 * The join page: who comes in how, and every reason not to.
 * @vitest-environment jsdom
 */

import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { expectAccessible, openPage, refusal, type Asked } from "../../testing/page";
import { JoinPage } from "./JoinPage";

const INVITE = "AbCdEfGhIjKlMnOpQrStUv";
const OPEN = previewOf("invite");
const JOINED = {
  "POST /sessions/1a2b3c4d/join": {
    status: 200,
    body: { success: true, status: "admitted", participant: { id: "u2" }, token: "mine" },
  },
};

function previewOf(policy: "invite" | "knock" | "invite_only") {
  return {
    "GET /sessions/1a2b3c4d/preview": {
      status: 200,
      body: {
        success: true,
        data: {
          id: "1a2b3c4d",
          title: "Backend interview",
          phase: "open",
          language: "python",
          join_policy: policy,
          approval_required: policy !== "invite_only",
        },
      },
    },
  };
}

function join(options: Partial<Parameters<typeof openPage>[1]> = {}) {
  return openPage(<JoinPage />, { at: "/i/1a2b3c4d", route: "/i/:sessionId", ...options });
}

const posted = (asked: readonly Asked[]) => asked.find((one) => one.method === "POST");

it("joins with the invite, which leaves the address", async () => {
  const user = userEvent.setup();
  const { container, asked, credentials, place } = join({
    at: `/i/1a2b3c4d#${INVITE}`,
    replies: { ...OPEN, ...JOINED },
  });
  await screen.findByRole("heading", { name: "Backend interview" });
  expect(screen.queryByText(/not an invite link/)).toBeNull();
  await expectAccessible(container);
  await user.type(screen.getByLabelText("Your name"), "Grace");
  await user.click(screen.getByRole("radio", { name: "Teal" }));
  await user.click(screen.getByRole("button", { name: "Join" }));
  await waitFor(() => expect(place.path).toBe("/s/1a2b3c4d"));
  expect(posted(asked)).toMatchObject({
    authorization: null,
    body: { user: { name: "Grace", color: "2" }, invite: INVITE },
  });
  expect(credentials.participant("1a2b3c4d")).toEqual({ id: "u2", token: "mine" });
  expect(credentials.profile()).toEqual({ name: "Grace", presence: 2 });
});

it("chooses the colour with the arrow keys", async () => {
  const user = userEvent.setup();
  join({ replies: OPEN });
  await user.click(await screen.findByRole("radio", { name: "Blue" }));
  // The key is held until the choice has moved, as fingers do.
  await user.keyboard("{ArrowRight>}");
  await waitFor(() => {
    const chosen = screen.getByRole("radio", { name: "Pink" });
    expect(chosen.getAttribute("aria-checked")).toBe("true");
  });
  await user.keyboard("{/ArrowRight}");
});

it("asks for a name first", async () => {
  const user = userEvent.setup();
  const { asked } = join({ replies: OPEN });
  await user.click(await screen.findByRole("button", { name: "Ask to join" }));
  expect(screen.getByRole("alert").textContent).toContain("Enter your name");
  expect(posted(asked)).toBeUndefined();
});

it("says that the code alone knocks", async () => {
  const { container } = join({ replies: OPEN });
  await screen.findByText(/the interviewer is asked to let you in/);
  await expectAccessible(container);
});

it("lets the host in as interviewer without an invite", async () => {
  const user = userEvent.setup();
  const { asked } = join({
    desktop: { hostKey: "run-key", participant: null, theme: null },
    replies: { ...OPEN, ...JOINED },
  });
  await screen.findByText("You are joining as interviewer");
  await user.type(screen.getByLabelText("Your name"), "Ada{Enter}");
  await waitFor(() => expect(posted(asked)?.authorization).toBe("Bearer run-key"));
});

it("offers to knock when the invite is worthless", async () => {
  const user = userEvent.setup();
  const { asked, container } = join({
    at: `/i/1a2b3c4d#${INVITE}`,
    replies: {
      ...OPEN,
      "POST /sessions/1a2b3c4d/join": (request: Asked) =>
        (request.body as { invite?: string }).invite === undefined
          ? refusal(409, "SESSION_FULL", "Full.")
          : refusal(403, "INVALID_INVITE", "No."),
    },
  });
  await user.type(await screen.findByLabelText("Your name"), "Grace{Enter}");
  await screen.findByText(/not valid any more/);
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Ask to be let in" }));
  expect(await screen.findByLabelText("Your name")).toHaveProperty("value", "Grace");
  await user.click(screen.getByRole("button", { name: "Ask to join" }));
  await screen.findByRole("heading", { name: "This interview is full" });
  expect(asked.at(-1)?.body).not.toHaveProperty("invite");
});

describe("where everybody is let in one by one", () => {
  it("asks with a link too, and says why", async () => {
    const user = userEvent.setup();
    const { asked, container } = join({
      at: `/i/1a2b3c4d#${INVITE}`,
      replies: { ...previewOf("knock"), ...JOINED },
    });
    await screen.findByText(/lets everybody in one by one/);
    await expectAccessible(container);
    await user.type(screen.getByLabelText("Your name"), "Grace");
    await user.click(screen.getByRole("button", { name: "Ask to join" }));
    await waitFor(() => expect(posted(asked)?.body).toMatchObject({ invite: INVITE }));
  });

  it("the host needs nobody to ask", async () => {
    join({
      desktop: { hostKey: "run-key", participant: null, theme: null },
      replies: previewOf("knock"),
    });
    await screen.findByRole("button", { name: "Join" });
    expect(screen.queryByText(/one by one/)).toBeNull();
  });
});

describe("where only links open", () => {
  it("offers no form that cannot work", async () => {
    const { container, asked } = join({ replies: previewOf("invite_only") });
    await screen.findByRole("heading", { name: "This interview is open by link only" });
    await screen.findByText(/Ask the interviewer for the link/);
    expect(screen.queryByLabelText("Your name")).toBeNull();
    expect(posted(asked)).toBeUndefined();
    await expectAccessible(container);
  });

  it("lets in by the link and by the host key", async () => {
    join({ at: `/i/1a2b3c4d#${INVITE}`, replies: previewOf("invite_only") });
    await screen.findByRole("button", { name: "Join" });
    join({
      desktop: { hostKey: "run-key", participant: null, theme: null },
      replies: previewOf("invite_only"),
    });
    await screen.findByRole("button", { name: "Join" });
  });

  it("takes the link up that is opened over the page", async () => {
    const { place } = join({ replies: previewOf("invite_only") });
    await screen.findByRole("heading", { name: "This interview is open by link only" });
    act(() => place.go(`/i/1a2b3c4d#${INVITE}`));
    await screen.findByRole("button", { name: "Join" });
  });

  it("says so when it became so while the form was open", async () => {
    const user = userEvent.setup();
    join({
      replies: { ...OPEN, "POST /sessions/1a2b3c4d/join": refusal(403, "INVITE_REQUIRED", "No.") },
    });
    await user.type(await screen.findByLabelText("Your name"), "Grace{Enter}");
    await screen.findByRole("heading", { name: "This interview is open by link only" });
  });

  it("does not offer to knock when the link was turned off", async () => {
    const user = userEvent.setup();
    const { container } = join({
      at: `/i/1a2b3c4d#${INVITE}`,
      replies: {
        ...previewOf("invite_only"),
        "POST /sessions/1a2b3c4d/join": refusal(403, "INVALID_INVITE", "No."),
      },
    });
    await user.type(await screen.findByLabelText("Your name"), "Grace{Enter}");
    await screen.findByText(/turned off/);
    expect(screen.queryByRole("button", { name: "Ask to be let in" })).toBeNull();
    expect(screen.getByRole("link", { name: "Go to the start page" })).toBeTruthy();
    await expectAccessible(container);
  });
});

it("shows the server's sentence about a name", async () => {
  const user = userEvent.setup();
  join({
    replies: {
      ...OPEN,
      "POST /sessions/1a2b3c4d/join": {
        status: 422,
        body: {
          detail: {
            success: false,
            error: "Check the fields.",
            code: "VALIDATION_FAILED",
            fields: [{ field: "user.name", error: "Leave out the line breaks." }],
          },
        },
      },
    },
  });
  await user.type(await screen.findByLabelText("Your name"), "Grace{Enter}");
  await screen.findByText("Leave out the line breaks.");
});

describe("somebody who was here before", () => {
  const KNOWN = { hostKey: null, participant: { sessionId: "1a2b3c4d", id: "u2", token: "t" }, theme: null };
  const me = (status: string) => ({
    "GET /me": { status: 200, body: { success: true, host: false, participant: { id: "u2", status } } },
  });

  it("goes straight to the room", async () => {
    const { place } = join({ desktop: KNOWN, replies: { ...OPEN, ...me("admitted") } });
    await waitFor(() => expect(place.path).toBe("/s/1a2b3c4d"));
  });

  it.each([
    ["declined", "You were not let in"],
    ["removed", "You were removed"],
  ])("reads why not, when %s", async (status, heading) => {
    const { container } = join({ desktop: KNOWN, replies: { ...OPEN, ...me(status) } });
    await screen.findByRole("heading", { name: heading });
    await expectAccessible(container);
  });

  it.each([["DECLINED"], ["REMOVED"]])("reads why not, when the server answers %s", async (code) => {
    join({ desktop: KNOWN, replies: { ...OPEN, "GET /me": refusal(403, code, "No.") } });
    await screen.findByRole("heading", { name: /You were/ });
  });

  it("starts anew when the server does not know the token", async () => {
    join({
      desktop: KNOWN,
      replies: { ...OPEN, "GET /me": refusal(401, "INVALID_TOKEN", "Unknown.") },
    });
    await screen.findByLabelText("Your name");
  });
});

describe("what cannot be joined", () => {
  it.each([
    [404, "SESSION_NOT_FOUND", "There is no such interview"],
    [410, "SESSION_EXPIRED", "This interview has expired"],
    [409, "SESSION_ENDED", "Thank you, the interview has ended"],
    [409, "SESSION_FULL", "This interview is full"],
    [503, "DATABASE_AWAY", "The server does not answer"],
    [429, "TOO_MANY_REQUESTS", "The server does not answer"],
    [413, "TOO_LARGE", "This did not work"],
  ])("%i %s is a page with a way on", async (status, code, heading) => {
    const { container } = join({
      replies: { "GET /sessions/1a2b3c4d/preview": refusal(status, code, "Sentence.") },
    });
    await screen.findByRole("heading", { name: heading });
    expect(screen.getByRole("link", { name: "Go to the start page" })).toBeTruthy();
    await expectAccessible(container);
  });

  it("tries again when the server was away", async () => {
    const user = userEvent.setup();
    let away = true;
    join({
      replies: {
        "GET /sessions/1a2b3c4d/preview": () =>
          away ? refusal(503, "SHUTTING_DOWN", "Back soon.") : OPEN["GET /sessions/1a2b3c4d/preview"],
      },
    });
    await screen.findByText("Back soon.");
    away = false;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("heading", { name: "Backend interview" });
  });

  it("an address without a session id asks nobody", async () => {
    const { asked } = join({ at: "/i/nonsense" });
    await screen.findByRole("heading", { name: "There is no such interview" });
    expect(asked).toEqual([]);
  });

  it("an ended interview thanks, also when only the preview says so", async () => {
    const preview = OPEN["GET /sessions/1a2b3c4d/preview"];
    join({
      replies: {
        "GET /sessions/1a2b3c4d/preview": {
          status: 200,
          body: { ...preview.body, data: { ...preview.body.data, phase: "ended" } },
        },
      },
    });
    await screen.findByRole("heading", { name: /Thank you/ });
  });
});
