/** Where a build puts things. */

import { env } from "node:process";
import { fileURLToPath } from "node:url";

function folder(path) {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** The built client lives inside the server's package, from where it is served. */
export const webDist = folder("../../server/codeinterview_server/web_dist");

/** Where this process builds to; `build.mjs` builds aside. */
export const outDir = env.CODEINTERVIEW_WEB_OUT ?? webDist;

/** What takes long to make and is made of the same again. */
export const cacheDir = folder("../node_modules/.cache/codeinterview");
