/**
 * The badge: words, figures, and what becomes of it while the line changes.
 * @vitest-environment jsdom
 */

import { act, cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";

import type { ConnectionState } from "../collab/room";
import { RoundTrip } from "../collab/roundTrip";
import { expectAccessible, openPage, refusal, type Reply } from "../testing/page";
import { ConnectionBadge } from "./ConnectionBadge";

const LAN = { success: true, path: "lan", secure: false, address: "192.168.1.20" };

function show(connection: ConnectionState, reply: Reply | (() => Reply)) {
  const pings: string[] = [];
  const line = new RoundTrip((id) => pings.push(id) > 0);
  const badge = (state: ConnectionState) => (
    <ConnectionBadge room={{ roundTrip: line }} connection={state} />
  );
  const page = openPage(badge(connection), {
    at: "/",
    route: "/",
    replies: { "GET /connection": reply },
  });
  return {
    ...page,
    line,
    /** Answers the ping that is out. */
    answer: () => {
      act(() => {
        line.heard(pings.at(-1) ?? "");
      });
    },
  };
}

const button = (name: string) => screen.findByRole("button", { name });

function figure(name: string): string | null {
  return screen.getByText(name).nextElementSibling?.textContent ?? null;
}

afterEach(cleanup);

it("says the way and the speed, and behind a click the figures", async () => {
  const { line, answer, container } = show("connected", { status: 200, body: LAN });
  await button("Your connection: LAN, Measuring");
  act(() => {
    line.opened();
  });
  answer();
  const badge = await button("Your connection: LAN, Good");
  await expectAccessible(container);

  await userEvent.click(badge);
  const details = screen.getByRole("dialog", { name: "Your connection" });
  within(details).getByText(/within the network that you share\. It is not encrypted/);
  expect(figure("Usual, of the last few")).toMatch(/ms$/);
  expect(figure("Without an answer")).toBe("0 of 1");
  expect(figure("Encrypted")).toBe("No");
  expect(figure("Address that the server sees")).toBe("192.168.1.20");
  await expectAccessible(details);
  line.dispose();
});

it("is reached and left by the keyboard", async () => {
  show("connected", { status: 200, body: LAN });
  const badge = await button("Your connection: LAN, Measuring");
  await userEvent.tab();
  expect(document.activeElement).toBe(badge);
  await userEvent.keyboard("{Enter}");
  screen.getByRole("dialog", { name: "Your connection" });
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  await waitFor(() => {
    expect(document.activeElement).toBe(badge);
  });
});

it("says offline, and what to do", async () => {
  show("reconnecting", { status: 200, body: LAN });
  await userEvent.click(await button("Your connection: Unknown, Offline"));
  screen.getByText(/Go on typing.*Wi-Fi or cable/);
  expect(figure("Round trip now")).toBe("–");
  expect(figure("Encrypted")).toBe("–");
});

it.each<[string, Reply]>([
  ["another way", { status: 200, body: { ...LAN, path: "<b>lan</b>" } }],
  ["nonsense", { status: 200, body: [[]] }],
  ["a refusal", refusal(429, "TOO_MANY_REQUESTS", "Wait.")],
])("makes nothing of %s", async (_, reply) => {
  const { asked } = show("connected", reply);
  await waitFor(() => {
    expect(asked).toHaveLength(1);
  });
  await userEvent.click(await button("Your connection: Unknown, Measuring"));
  screen.getByText(/did not say by which way/);
  expect(figure("Address that the server sees")).toBe("–");
});

it("shows no address that is none", async () => {
  show("connected", { status: 200, body: { ...LAN, address: "call 0800 now" } });
  await userEvent.click(await button("Your connection: LAN, Measuring"));
  expect(figure("Address that the server sees")).toBe("–");
});

it("asks anew when it is looked at, for the answer may have been lost", async () => {
  const reply = vi.fn<() => Reply>().mockReturnValueOnce(refusal(503, "DATABASE_AWAY", "Wait."));
  reply.mockReturnValue({ status: 200, body: { ...LAN, path: "tunnel", secure: true } });
  show("connected", reply);
  await userEvent.click(await button("Your connection: Unknown, Measuring"));
  await button("Your connection: Tunnel, Measuring");
  expect(figure("Encrypted")).toBe("Yes");
});

it("announces nothing by itself", async () => {
  const { container, line, answer } = show("connected", { status: 200, body: LAN });
  await userEvent.click(await button("Your connection: LAN, Measuring"));
  act(() => {
    line.opened();
  });
  answer();
  const live = "[aria-live], [role=status], [role=alert], [role=log], output";
  expect(container.querySelector(live)).toBeNull();
  expect(screen.getByRole("dialog").querySelector(live)).toBeNull();
  line.dispose();
});
