/** Whether the shared files differ from a copy that was taken earlier. */

import { useCallback, useSyncExternalStore } from "react";

import type { Room } from "../../collab/room";

/** @param epoch the snapshot's `documentEpoch`: the document is another object when it grows. */
export function useFilesChanged(
  room: Room,
  epoch: number,
  copy: Readonly<Record<string, string>>,
): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      // Named so that the subscription follows the document.
      const document = epoch >= 0 ? room.doc : room.doc;
      document.on("update", listener);
      return () => {
        document.off("update", listener);
      };
    },
    [room, epoch],
  );
  return useSyncExternalStore(subscribe, () =>
    Object.entries(copy).some(([path, text]) => room.text(path).toJSON() !== text),
  );
}
