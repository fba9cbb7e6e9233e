/** Monaco and what binds it to a room: a chunk of its own, asked for once. */

import type * as Editor from "./EditorView";

export const loadEditor = (): Promise<typeof Editor> => import("./EditorView");
