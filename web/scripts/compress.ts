/** Puts a `.br` and a `.gz` beside every file of a folder that becomes smaller by them. */

import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { cacheDir } from "../vite.shared.ts";

const TEXT = /\.(?:css|data|html|js|json|mjs|svg|txt|wasm|zip)$/;
/** Below this a packet is a packet. */
const SMALLEST_BYTES = 1024;
/** Brotli's best quality takes seconds for a megabyte. */
const BEST_QUALITY_BYTES = 512 * 1024;
/** Worth keeping between two builds, because compressing it takes more than a moment. */
const CACHED_BYTES = 256 * 1024;
const WORTH_IT = 0.95;

const ENCODERS: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  ".gz": (bytes) => promisify(gzip)(bytes, { level: 9 }),
  ".br": (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > BEST_QUALITY_BYTES ? 9 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_LGWIN]: 24,
      },
    }),
};

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < SMALLEST_BYTES) return;
  const isCached = bytes.length >= CACHED_BYTES;
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  for (const [suffix, encode] of Object.entries(ENCODERS)) {
    const known = join(cacheDir, `${digest}${suffix}`);
    if (isCached && (await copyFile(known, path + suffix).then(() => true, () => false))) continue;
    const encoded = await encode(bytes);
    if (encoded.length > bytes.length * WORTH_IT) continue;
    await writeFile(path + suffix, encoded);
    if (!isCached) continue;
    const fresh = `${known}.${process.pid}`;
    await mkdir(cacheDir, { recursive: true });
    await writeFile(fresh, encoded);
    await rename(fresh, known);
  }
}

/** Compress everything below `folder`; concurrency is left to zlib's threads. */
export async function compressFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const workers = Array.from({ length: 4 }, async () => {
    for (let path = paths.shift(); path !== undefined; path = paths.shift()) await compress(path);
  });
  await Promise.all(workers);
}
