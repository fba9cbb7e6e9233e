/** Writes the built sandbox: two pages, the languages' workers and parts, and what describes them. */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { root } from "../vite.shared.ts";
import { framePolicy, previewPolicy } from "./policies.ts";

export interface SandboxScripts {
  readonly frame: string;
  readonly preview: string;
  readonly prelude: string;
  /** A language's worker by the language's id. */
  readonly workers: Readonly<Record<string, string>>;
}

interface FileEntry {
  readonly path: string;
  readonly bytes: number;
}

const { resolve } = createRequire(import.meta.url);

/** Writes below `folder`. `snapshot` is Python's memory, or null to start it from scratch. */
export async function writeSandbox(
  folder: string,
  scripts: SandboxScripts,
  snapshot: Uint8Array | null,
): Promise<void> {
  await mkdir(join(folder, "assets"), { recursive: true });
  const parts: Record<string, Record<string, Uint8Array>> = {
    python: {
      "python.wasm": await readFile(resolve("pyodide/pyodide.asm.wasm")),
      "python.zip": await readFile(resolve("pyodide/python_stdlib.zip")),
      ...(snapshot === null ? {} : { "python.snapshot": snapshot }),
    },
  };
  const languages: Record<string, { worker: FileEntry; assets: Record<string, FileEntry> }> = {};
  for (const [language, source] of Object.entries(scripts.workers)) {
    const assets: Record<string, FileEntry> = {};
    for (const [name, bytes] of Object.entries(parts[language] ?? {})) {
      assets[name] = await writeAsset(folder, name.replace(/snapshot$/, "data"), bytes);
    }
    const worker = await writeAsset(folder, `${language}.js`, Buffer.from(source));
    languages[language] = { worker, assets };
  }
  const policies = {
    "frame.html": framePolicy(inlined(scripts.frame)),
    "preview.html": previewPolicy(),
  };
  await writePage(folder, "frame", { SCRIPT: scripts.frame });
  await writePage(folder, "preview", {
    PRELUDE: scripts.prelude,
    SCRIPT: scripts.preview,
  });
  await writeFile(join(folder, "csp.json"), JSON.stringify(policies, null, 2));
  await writeFile(join(folder, "manifest.json"), JSON.stringify({ languages }, null, 2));
}

async function writeAsset(folder: string, name: string, bytes: Uint8Array): Promise<FileEntry> {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const path = `assets/${name.replace(/(?=\.\w+$)/, `-${hash}`)}`;
  await writeFile(join(folder, path), bytes);
  return { path, bytes: bytes.length };
}

async function writePage(
  folder: string,
  name: string,
  scripts: Readonly<Record<string, string>>,
): Promise<void> {
  let html = await readFile(join(root, `sandbox/${name}/${name}.html`), "utf8");
  for (const [mark, script] of Object.entries(scripts)) {
    html = html.replace(new RegExp(`\\s*/\\*${mark}\\*/\\s*`), () => inlined(script));
  }
  await writeFile(join(folder, `${name}.html`), html);
}

/** A script as the text of an element, which nothing in a string of it may end. */
function inlined(script: string): string {
  return script.trim().replaceAll(/<(?=\/script|!--)/gi, "\\x3c");
}
