/** Small hooks that several pages share. */

import { useEffect, useState, useSyncExternalStore } from "react";

const PRODUCT = "CodeInterview";

/** Sets the document's title: "Backend interview · CodeInterview". */
export function useDocumentTitle(title: string | null): void {
  useEffect(() => {
    document.title = title === null || title === "" ? PRODUCT : `${title} · ${PRODUCT}`;
  }, [title]);
}

/** Whether a media query matches, kept up to date. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => {
        list.removeEventListener("change", listener);
      };
    },
    () => window.matchMedia(query).matches,
  );
}

/** The time in milliseconds, re-read every `intervalMs` while that is not null. */
export function useNow(intervalMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (intervalMs === null) return;
    const tick = (): void => {
      setNow(Date.now());
    };
    const first = setTimeout(tick, 0);
    const timer = setInterval(tick, intervalMs);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [intervalMs]);
  return now;
}
