/** A room as a React value: connected while the component is mounted. */

import { useState, useSyncExternalStore } from "react";

import { Lease } from "../../app/Lease";
import { Room, type RoomSnapshot } from "../../collab/room";

const nothing = (): (() => void) => () => undefined;
const none = (): null => null;

/** Remount (by `key`) for another session or token; both are null until the room exists. */
export function useRoom(options: {
  readonly sessionId: string;
  readonly token: string;
  readonly server: string;
}): { readonly room: Room; readonly snapshot: RoomSnapshot } | null {
  const [lease] = useState(
    () =>
      new Lease(() => {
        const room = new Room(options);
        room.connect();
        return room;
      }),
  );
  const room = useSyncExternalStore(lease.subscribe, lease.getValue);
  const snapshot = useSyncExternalStore<RoomSnapshot | null>(
    room?.subscribe ?? nothing,
    room?.getSnapshot ?? none,
  );
  return room && snapshot && { room, snapshot };
}
