/** The room's chunks: they bring editor and execution along, which the other pages do without. */

import { loadEditor } from "../editor/loadEditor";
import type * as Room from "./room/RoomPage";

export const loadRoomPage = (): Promise<typeof Room> => import("./room/RoomPage");

/**
 * Load the room while somebody fills in the form before it.
 *
 * Only once the server has answered: browsers may remember a script that failed to load.
 */
export function prepareRoom(): void {
  for (const chunk of [loadRoomPage(), loadEditor()]) chunk.catch(() => undefined);
}
