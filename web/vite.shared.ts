/** What every Vite configuration of this folder agrees on: paths, aliases and browser targets. */
import { fileURLToPath } from "node:url";
import type { Alias, BuildEnvironmentOptions } from "vite";

import { cacheDir, outDir } from "./scripts/folders.mjs";

/** This folder. */
export const root = fileURLToPath(new URL(".", import.meta.url));

export { cacheDir, outDir };

/** y-monaco imports a path that Monaco stopped exporting; tsconfig.json repeats this for types. */
export const monacoAlias: Alias = {
  find: /^monaco-editor\/esm\/vs\/editor\/editor\.api(\.js)?$/,
  replacement: "monaco-editor/editor/editor.api.js",
};

export const build: BuildEnvironmentOptions = {
  outDir,
  target: ["chrome111", "edge111", "firefox114", "safari16.4"],
  // A data: font or worker would need a wider content security policy.
  assetsInlineLimit: 0,
  // The sizes that matter are reported after compression.
  reportCompressedSize: false,
  chunkSizeWarningLimit: 8000,
};
