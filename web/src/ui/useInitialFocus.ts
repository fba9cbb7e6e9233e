/** Focus for a page's first field, where that does not pop up an on-screen keyboard. */

import { useEffect, useRef, type RefObject } from "react";

/** Attach to the field; pass false where the field is not what the page is about. */
export function useInitialFocus<T extends HTMLElement>(wanted = true): RefObject<T | null> {
  const target = useRef<T>(null);
  useEffect(() => {
    if (wanted && window.matchMedia("(pointer: fine)").matches) {
      target.current?.focus({ preventScroll: true });
    }
  }, [wanted]);
  return target;
}
