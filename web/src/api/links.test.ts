/** What people paste when they want to join. */

import { describe, expect, it } from "vitest";

import { inviteFromHash, inviteLink, isLoopback, parseJoinText } from "./links";

const INVITE = "AbCdEfGhIjKlMnOpQrSt_-";
const code = (sessionId: string) => ({
  kind: "target",
  sessionId,
  invite: null,
  server: null,
});

describe("parseJoinText", () => {
  it.each([
    ["1a2b3c4d", "1a2b3c4d"],
    ["  1A2B3C4D \n", "1a2b3c4d"],
    ["1a2b 3c4d", "1a2b3c4d"],
    ["1a2b-3c4d", "1a2b3c4d"],
    ["1a2b\u20113c4d", "1a2b3c4d"],
    ["“", null],
    ["<1a2b3c4d>", "1a2b3c4d"],
    ["1a2b3c4d.", "1a2b3c4d"],
    // Read aloud and written down: letter O for zero, letters l and I for one.
    ["la2b3c4O", "1a2b3c40"],
    ["Ia2b3c4d", "1a2b3c4d"],
  ])("reads the code %j", (text, expected) => {
    expect(parseJoinText(text)).toEqual(
      expected === null ? expect.objectContaining({ kind: "problem" }) : code(expected),
    );
  });

  it.each([
    `http://192.168.1.20:8765/i/1a2b3c4d#${INVITE}`,
    `HTTP://192.168.1.20:8765/i/1A2B3C4D#${INVITE}`,
    `<http://192.168.1.20:8765/i/1a2b3c4d#${INVITE}>`,
    `"http://192.168.1.20:8765/i/1a2b3c4d#${INVITE}".`,
    `http://192.168.1.20:8765/i/1a2b\n  3c4d#${INVITE}`,
    `192.168.1.20:8765/i/1a2b3c4d#${INVITE}`,
  ])("reads the invite link %j", (text) => {
    expect(parseJoinText(text)).toEqual({
      kind: "target",
      sessionId: "1a2b3c4d",
      invite: INVITE,
      server: "http://192.168.1.20:8765",
    });
  });

  it.each([
    ["https://interview.example/s/1a2b3c4d", "https://interview.example"],
    ["https://interview.example/i/1a2b3c4d/", "https://interview.example"],
    ["https://team.example/in/terviews/i/1a2b3c4d", "https://team.example/in/terviews"],
    ["team.example/interviews/s/1A2B3C4D/", "http://team.example/interviews"],
    ["https://team.example/i/i/1a2b3c4d", "https://team.example/i"],
    ["/i/1a2b3c4d", null],
    ["/interviews/i/1a2b3c4d", null],
    ["/s/1a2b3c4d", null],
  ])("reads %j, a link without an invite", (text, server) => {
    expect(parseJoinText(text)).toEqual({ ...code("1a2b3c4d"), server });
  });

  it.each([
    ["", /Enter a code/],
    ["   ", /Enter a code/],
    ["1a2b", /8 characters; this one has 4/],
    ["1a2b3c4d5", /8 characters; this one has 9/],
    ["hello", /not a session code/],
    ["http://example.com/", /does not lead to an interview/],
    ["http://example.com/i/xyz", /does not lead to an interview/],
    ["http://example.com/i/1a2b3c4d/more", /does not lead to an interview/],
    ["http:///", /not an interview link/],
    ["javascript://i/1a2b3c4d", /not an interview link/],
    ["http://h/i/1a2b3c4d#cut", /not complete/],
  ])("says what is wrong with %j", (text, message) => {
    const result = parseJoinText(text);
    expect(result).toMatchObject({ kind: "problem" });
    expect(result.kind === "problem" && result.message).toMatch(message);
  });
});

it.each(["http://10.0.0.2:8765", "https://team.example/interviews"])(
  "makes links to %s that it reads back",
  (server) => {
    expect(parseJoinText(inviteLink(server, "1a2b3c4d", INVITE))).toEqual({
      kind: "target",
      sessionId: "1a2b3c4d",
      invite: INVITE,
      server,
    });
  },
);

it.each([
  [`#${INVITE}`, INVITE],
  [INVITE, INVITE],
  ["", null],
  ["#", null],
  [`#${INVITE}x`, null],
  ["#<script>alert(1)</script>", null],
])("takes the invite out of the hash %j", (hash, invite) => {
  expect(inviteFromHash(hash)).toBe(invite);
});

it.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["[::1]", true],
  ["192.168.1.20", false],
  ["127.example.com", false],
])("knows whether %j leads to this computer only", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
