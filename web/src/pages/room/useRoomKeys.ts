/** The room's own shortcuts, wherever focus is, except where the editor has handled the key. */

import { useEffect, useEffectEvent } from "react";

interface RoomKeys {
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onHelp: () => void;
}

const PANES = "[data-pane]";
const FIRST =
  "[role=log], .native-edit-context, textarea, input:not([disabled]), [role=tab][aria-selected=true], button:not([disabled])";

export function useRoomKeys({ onRun, onStop, onHelp }: RoomKeys): void {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat) return;
    const chord = event.ctrlKey || event.metaKey;
    if (chord && event.key === "Enter") onRun();
    else if (chord && event.key === ".") onStop();
    else if (event.key === "F6") focusNextPane(event.shiftKey ? -1 : 1);
    else if (event.key === "?" && !chord && !isTyping(event.target)) onHelp();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      handle(event);
    };
    window.addEventListener("keydown", listener);
    return () => {
      window.removeEventListener("keydown", listener);
    };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable], .monaco-editor") !== null
  );
}

function focusNextPane(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>(PANES)].filter(
    (pane) => pane.offsetParent !== null,
  );
  const now = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(now + step + panes.length) % panes.length];
  next?.querySelector<HTMLElement>(next.dataset["pane"] === "editor" ? EDITOR : FIRST)?.focus();
}

const EDITOR = ".native-edit-context, .monaco-editor textarea, [role=tab]";
