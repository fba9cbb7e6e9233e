/**
 * The check on the page: closed, under way, done, given up.
 * @vitest-environment jsdom
 */

import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { expectAccessible, openPage, type Reply } from "../../testing/page";
import { ConnectionCheck } from "./ConnectionCheck";

const LAN = { success: true, path: "lan", secure: false, address: "192.168.1.20" };

/** A socket that ends as the test says. */
class FakeSocket extends EventTarget {
  static readonly made: FakeSocket[] = [];
  readonly close = vi.fn();

  constructor(readonly url: URL) {
    super();
    FakeSocket.made.push(this);
  }

  end(opened: boolean): void {
    if (opened) this.dispatchEvent(new Event("open"));
    this.dispatchEvent(Object.assign(new Event("close"), { wasClean: opened, code: 4401 }));
  }
}

beforeEach(() => {
  FakeSocket.made.length = 0;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("Worker", vi.fn());
  vi.stubGlobal("indexedDB", { open: () => undefined });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(reply: Reply = { status: 200, body: LAN }) {
  return openPage(<ConnectionCheck sessionId="1a2b3c4d" />, {
    at: "/i/1a2b3c4d#secret",
    route: "/i/:sessionId",
    replies: { "GET /connection": reply },
  });
}

const toggle = () => screen.getByRole("button", { name: "Check my connection" });
const end = async (opened: boolean): Promise<void> => {
  await vi.waitFor(() => {
    expect(FakeSocket.made).not.toHaveLength(0);
  });
  FakeSocket.made.at(-1)?.end(opened);
};

it("asks nothing before it is opened, and tells what it finds", async () => {
  const { asked, container } = open();
  expect(asked).toEqual([]);
  expect(FakeSocket.made).toEqual([]);
  expect(toggle().getAttribute("aria-expanded")).toBe("false");
  await expectAccessible(container);

  await userEvent.click(toggle());
  expect(toggle().getAttribute("aria-expanded")).toBe("true");
  expect(screen.getByRole("status").textContent).toMatch(/^Checking/);
  await end(true);
  await screen.findByText("You can join. There is something to know.");
  expect(String(FakeSocket.made[0]?.url)).toBe("ws://interview.test:8765/ws/sessions/1a2b3c4d");
  const lines = within(screen.getByRole("list")).getAllByRole("listitem");
  expect(lines.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Works: You reach the interview’s server.*LAN/),
    expect.stringMatching(/^To know: Others could listen in/),
    "Works: The live connection works",
    expect.stringMatching(/^Works: Speed of the line: good/),
    "Works: This browser has all that is needed",
  ]);
  await expectAccessible(container);
});

it("says that a proxy blocks the live connection, and checks again", async () => {
  open();
  await userEvent.click(toggle());
  await end(false);
  await screen.findByText("Something is in the way. Here is what to do.");
  screen.getByText(/something between you and the server/);
  await userEvent.click(screen.getByRole("button", { name: "Check again" }));
  expect(screen.getByRole("status").textContent).toMatch(/^Checking/);
  await end(true);
  await screen.findByText("You can join. There is something to know.");
});

it.each<[string, Reply]>([
  ["nonsense", { status: 200, body: { path: "<script>" } }],
  ["a failure", { status: 502, body: "bad gateway" }],
])("shows a sentence for %s", async (_, reply) => {
  open(reply);
  await userEvent.click(toggle());
  await end(true);
  await screen.findByText("The interview’s server does not answer");
  expect(document.body.textContent).not.toMatch(/script|gateway/);
});

it("copies details in which there is no invite and no code, or lets them be copied by hand", async () => {
  open();
  await userEvent.click(toggle());
  await end(true);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: "Copy details" }));
  await screen.findByRole("button", { name: "Details copied" });
  const copied = await navigator.clipboard.readText();
  expect(copied).toMatch(/Address that the server sees: 192\.168\.1\.20/);
  expect(copied).not.toMatch(/secret|1a2b3c4d/);

  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("no"));
  await user.click(screen.getByRole("button", { name: /Details copied|Copy details/ }));
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Details" });
  expect(field.value).toBe(copied);
  expect(field.selectionEnd).toBe(copied.length);
});

it("is given up when it is closed", async () => {
  open();
  await userEvent.click(toggle());
  await userEvent.click(toggle());
  expect(FakeSocket.made[0]?.close).toHaveBeenCalled();
  expect(screen.queryByRole("status")).toBeNull();
});
