/** State of one copy control: idle, just copied, or failed. */

import { useCallback, useEffect, useState } from "react";

import { copyText } from "./clipboard";

export type CopyState = "idle" | "copied" | "failed";

const SHOWN_MS = 2500;

export function useCopy(): readonly [CopyState, (text: string) => void] {
  const [state, setState] = useState<{ readonly kind: CopyState; readonly nth: number }>({
    kind: "idle",
    nth: 0,
  });
  useEffect(() => {
    if (state.kind !== "copied") return;
    const timer = setTimeout(() => {
      setState((now) => ({ ...now, kind: "idle" }));
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [state]);
  const copy = useCallback((text: string) => {
    void copyText(text).then((done) => {
      setState((now) => ({ kind: done ? "copied" : "failed", nth: now.nth + 1 }));
    });
  }, []);
  return [state.kind, copy];
}
