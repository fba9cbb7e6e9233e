/** What passes between the room's page and the preview's frame. */

import { fieldsOf, isNatural, isStream, isText, type Stream } from "../messages";

export type Files = Readonly<Record<string, string>>;

export type ShowMessage =
  | { type: "show"; path: string; files: Files }
  | { type: "ping"; id: number };

export type PreviewMessage =
  | { type: "console"; stream: Stream; text: string }
  | { type: "pong"; id: number };

/** The preview's message, or null when it is none. */
export function parsePreviewMessage(data: unknown): PreviewMessage | null {
  const fields = fieldsOf(data);
  if (fields === null) return null;
  const { type, stream, text, id } = fields;
  if (type === "console" && isStream(stream) && isText(text)) return { type, stream, text };
  if (type === "pong" && isNatural(id)) return { type, id };
  return null;
}
