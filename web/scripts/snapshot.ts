/** The memory snapshot that lets Python start in a third of a second. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

import { root, cacheDir } from "../vite.shared.ts";

const run = promisify(execFile);
const MAKER = join(root, "scripts/makeSnapshot.mjs");
const RUNTIME = join(root, "sandbox/languages/python/runtime.py");
const BOOT = join(root, "sandbox/languages/python/boot.mjs");
const FLAGS = ["--experimental-wasm-jspi", "--no-warnings"];

/** The Node 24 that npm installed for this machine, or null where there is none. */
function findNode(): string | null {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  try {
    const folder = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(folder, "..", "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

async function digest(node: string): Promise<string> {
  const hash = createHash("sha256");
  const pyodide = createRequire(import.meta.url).resolve("pyodide/package.json");
  hash.update((await run(node, ["--version"])).stdout);
  for (const path of [pyodide, MAKER, RUNTIME, BOOT]) hash.update(await readFile(path));
  return hash.digest("hex").slice(0, 16);
}

/** Make the snapshot, or take the one that was made of the same parts; null without a Node 24. */
export async function makeSnapshot(): Promise<Uint8Array | null> {
  const node = findNode();
  if (node === null) return null;
  const path = join(cacheDir, `python-${await digest(node)}.snapshot`);
  if (!existsSync(path)) {
    await mkdir(cacheDir, { recursive: true });
    const fresh = `${path}.${process.pid}`;
    await run(node, [...FLAGS, MAKER, RUNTIME, fresh], { cwd: root });
    await rename(fresh, path);
  }
  return readFile(path);
}
