/** Which files get compressed siblings, and that those hold the same. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { afterEach, beforeEach, expect, it } from "vitest";

import { compressFolder } from "./compress.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "compress-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it("puts smaller copies beside what shrinks, and nothing beside the rest", async () => {
  const text = "a line of text\n".repeat(1000);
  const noise = crypto.getRandomValues(new Uint8Array(5000));
  await writeFile(join(folder, "long.js"), text);
  await writeFile(join(folder, "short.js"), "short");
  await writeFile(join(folder, "noise.data"), noise);
  await writeFile(join(folder, "font.woff2"), text);
  await compressFolder(folder);
  expect((await readdir(folder)).sort()).toEqual([
    "font.woff2",
    "long.js",
    "long.js.br",
    "long.js.gz",
    "noise.data",
    "short.js",
  ]);
  expect(gunzipSync(await readFile(join(folder, "long.js.gz"))).toString()).toBe(text);
  expect(brotliDecompressSync(await readFile(join(folder, "long.js.br"))).toString()).toBe(text);
});
