/** Fetches a language's worker and its binary parts, once per page, and counts the bytes. */

import { BASE_PATH } from "../api/base";

export interface Progress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface LanguageFiles {
  readonly source: string;
  readonly assets: Record<string, ArrayBuffer>;
}

interface FileEntry {
  readonly path: string;
  readonly bytes: number;
}

interface Manifest {
  readonly languages: Readonly<
    Record<string, { worker: FileEntry; assets: Readonly<Record<string, FileEntry>> }>
  >;
}

const FOLDER = `${BASE_PATH}sandbox/`;

async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(FOLDER + path, init);
  if (!response.ok) {
    throw new Error(`The server answered ${response.status} for ${path}. Reload the page.`);
  }
  return response;
}

async function readBytes(entry: FileEntry, onBytes: (count: number) => void): Promise<ArrayBuffer> {
  const response = await request(entry.path);
  const bytes = new Uint8Array(entry.bytes);
  let filled = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) break;
    if (filled + part.value.length > bytes.length) break;
    bytes.set(part.value, filled);
    filled += part.value.length;
    onBytes(part.value.length);
  }
  if (filled !== bytes.length) throw new Error(`${entry.path} came incomplete. Reload the page.`);
  return bytes.buffer;
}

/**
 * Rejects with a sentence when a file cannot be had. Sizes are those after decompression; progress
 * comes at most once a percent.
 */
export async function fetchLanguage(
  language: string,
  onProgress: (progress: Progress) => void,
): Promise<LanguageFiles> {
  const manifest = (await (
    await request("manifest.json", { cache: "no-cache" })
  ).json()) as Manifest;
  const files = manifest.languages[language];
  if (files === undefined) throw new Error(`This server was built without ${language}.`);
  const entries = Object.entries(files.assets);
  const totalBytes = entries.reduce((sum, [, entry]) => sum + entry.bytes, files.worker.bytes);
  let loadedBytes = 0;
  let toldPercent = 0;
  const count = (bytes: number): void => {
    loadedBytes += bytes;
    const percent = Math.floor((loadedBytes * 100) / totalBytes);
    if (percent === toldPercent) return;
    toldPercent = percent;
    onProgress({ loadedBytes, totalBytes });
  };
  const [source, ...parts] = await Promise.all([
    readBytes(files.worker, count),
    ...entries.map(([, entry]) => readBytes(entry, count)),
  ]);
  const assets: Record<string, ArrayBuffer> = {};
  entries.forEach(([name], at) => {
    const part = parts[at];
    if (part !== undefined) assets[name] = part;
  });
  return { source: new TextDecoder().decode(source), assets };
}
