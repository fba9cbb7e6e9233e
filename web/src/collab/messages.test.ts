import { expect, test } from "vitest";

import { parseRunMessage, parseServerMessage } from "./messages";
import { person, SESSION } from "./testing/server";

const welcome = {
  type: "welcome",
  session: SESSION,
  participant: person("a"),
  participants: [person("a")],
  runs: [],
  saved: "saved",
  limits: { frame_bytes: 1, document_bytes: 1 },
  server_time: 1,
};
const read = (value: unknown): unknown => parseServerMessage(JSON.stringify(value));

test("a whole welcome is read; a missing lobby is empty", () => {
  expect(read(welcome)).toMatchObject({ type: "welcome", waiting: [] });
  const entry = { id: "b", name: "B", role: "candidate", presence: 7, knocked_at: 1 };
  expect(read({ ...welcome, waiting: [entry] })).toMatchObject({ waiting: [entry] });
});

test.each([
  ["no JSON", "{"],
  ["an array", "[]"],
  ["null", "null"],
  ["no type", "{}"],
  ["an unknown type", '{"type":"surprise"}'],
  ["a type that is no string", '{"type":{}}'],
  ["a type out of the prototype", '{"type":"constructor"}'],
  ["nested too deeply", "[".repeat(100_000)],
])("%s is nothing", (_name, json) => {
  expect(parseServerMessage(json)).toBeNull();
});

test.each([
  ["role", { ...welcome, participant: person("a", { role: "admin" }) }],
  ["presence", { ...welcome, participants: [person("a", { presence: 8 })] }],
  ["presence", { ...welcome, participants: [person("a", { presence: 1.5 })] }],
  ["saved", { ...welcome, saved: "maybe" }],
  ["phase", { ...welcome, session: { ...SESSION, phase: "paused" } }],
  ["title", { ...welcome, session: { ...SESSION, title: 3 } }],
  ["join policy", { ...welcome, session: { ...SESSION, join_policy: "open" } }],
  ["observers", { ...welcome, session: { ...SESSION, observers_listed: 1 } }],
  ["time", { ...welcome, server_time: -1 }],
  ["people", { ...welcome, participants: { length: 1 } }],
  ["runs", { ...welcome, runs: [{}] }],
  ["pong", { type: "pong", id: "x".repeat(65) }],
  ["lobby", { type: "lobby", waiting: [null] }],
  ["refused", { type: "refused", action: "edit", code: "X" }],
])("a message with a bad %s is nothing", (_name, message) => {
  expect(read(message)).toBeNull();
});

test("fields that nobody promised are left behind", () => {
  expect(read({ type: "pong", id: "1", __proto__: { evil: 1 }, extra: 1 })).toEqual({
    type: "pong",
    id: "1",
  });
});

test("run events are read one by one", () => {
  expect(parseRunMessage({ run_id: "r", event: "output", stream: "stdout", text: "x" })).toEqual({
    run_id: "r",
    event: "output",
    stream: "stdout",
    text: "x",
  });
  expect(parseRunMessage({ run_id: "r", event: "output", stream: "tty", text: "x" })).toBeNull();
  expect(parseRunMessage({ run_id: "r", event: "finished", status: "ok" })).toBeNull();
  expect(parseRunMessage({ run_id: "r", event: "exploded" })).toBeNull();
});
