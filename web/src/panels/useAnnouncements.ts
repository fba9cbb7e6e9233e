/** Sentences for screen readers about what changes in the room without anybody pressing anything. */

import { useEffect, useEffectEvent, useRef, useState } from "react";

import type { RoomSnapshot } from "../collab/room";
import { languageLabel } from "../ui/languages";
import { runWord } from "./output";
import { connectionWord } from "./states";

/** The newest announcement; empty until something happens. */
export function useAnnouncements(snapshot: RoomSnapshot): string {
  const [text, setText] = useState("");
  const before = useRef(snapshot);
  const knocked = useRef(new Set<string>());
  const compare = useEffectEvent((now: RoomSnapshot) => {
    const sentences = [...changes(before.current, now), ...knocks(knocked.current, now)];
    before.current = now;
    if (sentences.length > 0) setText(sentences.join(" "));
  });
  useEffect(() => {
    compare(snapshot);
  }, [snapshot]);
  return text;
}

/** Who knocks for the first time; whoever reloads the page while waiting is not told of again. */
export function knocks(known: Set<string>, { lobby }: RoomSnapshot): readonly string[] {
  const fresh = lobby.filter((entry) => !known.has(entry.id));
  for (const entry of fresh) known.add(entry.id);
  return fresh.map((entry) => `${entry.name} asks to join.`);
}

/** What is worth saying about the step from one snapshot to the next. */
export function changes(before: RoomSnapshot, now: RoomSnapshot): readonly string[] {
  const said: string[] = [];
  if (connectionWord(before).word !== connectionWord(now).word) {
    said.push(`${connectionWord(now).word}.`);
  }
  if (before.saved !== now.saved && (now.saved === "unsaved" || before.saved === "unsaved")) {
    said.push(now.saved === "unsaved" ? "Changes are not saved yet." : "Changes are saved again.");
  }
  const present = new Map(before.participants.map((person) => [person.id, person.is_online]));
  for (const person of now.participants) {
    if (person.id === now.me?.id) continue;
    const wasOnline = present.get(person.id);
    if (person.is_online && wasOnline !== true) said.push(`${person.name} is here.`);
    if (!person.is_online && wasOnline === true) said.push(`${person.name} went offline.`);
  }
  if (before.session && now.session && before.session.language !== now.session.language) {
    said.push(`The language is now ${languageLabel(now.session.language)}.`);
  }
  const running = new Map(before.runs.map((run) => [run.run_id, run.status]));
  for (const run of now.runs) {
    if (run.status !== "running" && running.get(run.run_id) === "running") {
      said.push(`The run by ${run.name} is over: ${runWord(run.status)}.`);
    }
  }
  return said;
}
