/** What the server says of the way by which a request came: a line of text that anybody in between can write. */

import type { components } from "./schema";

const PATHS = ["this_device", "lan", "tunnel", "server"] as const satisfies readonly Path[];
type Path = components["schemas"]["Path"];

export type ConnectionPath = (typeof PATHS)[number];

export interface Approach {
  readonly path: ConnectionPath;
  /** Whether the browser's part of the way is encrypted, as far as the server knows. */
  readonly secure: boolean;
  /** This browser's address as the server sees it; null when it does not know one. */
  readonly address: string | null;
}

/** What IPv4 and IPv6 addresses are written with; a link-local one names its interface. */
const ADDRESS = /^[0-9a-f.:]{2,45}(?:%[\w.-]{1,16})?$/i;

/** Reads an answer of `GET /connection`; null when it is not one. */
export function parseApproach(answer: unknown): Approach | null {
  if (typeof answer !== "object" || answer === null) return null;
  const path = PATHS.find((known) => known === Reflect.get(answer, "path"));
  const secure: unknown = Reflect.get(answer, "secure");
  const address: unknown = Reflect.get(answer, "address");
  if (path === undefined || typeof secure !== "boolean" || typeof address !== "string") return null;
  return { path, secure, address: ADDRESS.test(address) ? address : null };
}
