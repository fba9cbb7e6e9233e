/**
 * Builds the pages and the sandbox aside, then puts both in the last build's place at once.
 *
 * A server may be serving the last build, and another build may be under way.
 */

import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";

import { build, createBuilder } from "vite";

import { cacheDir, webDist } from "./folders.mjs";

/** Put `fresh` where `place` is; tries again when another build did the same in between. */
async function replaceFolder(place, fresh, triesLeft = 10) {
  const last = `${fresh}-last`;
  try {
    await rename(place, last);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  try {
    await rename(fresh, place);
  } catch (error) {
    if (triesLeft === 0 || !["ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    await rm(last, { recursive: true, force: true });
    await replaceFolder(place, fresh, triesLeft - 1);
  }
  await rm(last, { recursive: true, force: true });
}

await mkdir(cacheDir, { recursive: true });
const fresh = await mkdtemp(join(cacheDir, "build-"));
// Whoever runs the server reads it, not only who built it.
await chmod(fresh, 0o755);
// The configurations are bundled and read it from there.
env.CODEINTERVIEW_WEB_OUT = fresh;
try {
  await build({ configFile: "vite.config.ts", logLevel: "warn" });
  const sandbox = { configFile: "vite.sandbox.config.ts", logLevel: "warn" };
  await (await createBuilder(sandbox, null)).buildApp();
  await replaceFolder(webDist, fresh);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
