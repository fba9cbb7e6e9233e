/** The sandbox: its frames and workers, each one script without imports; then compresses all. */
import { join } from "node:path";
import { defineConfig, type EnvironmentOptions, type Plugin, type Rolldown } from "vite";

import { LANGUAGES } from "./src/execution/languages.ts";
import { compressFolder } from "./scripts/compress.ts";
import { writeSandbox } from "./scripts/sandboxFiles.ts";
import { makeSnapshot } from "./scripts/snapshot.ts";
import { build, outDir } from "./vite.shared.ts";

/** Pyodide refuses workers that have it, and no program should. */
const NO_IMPORT_SCRIPTS = "Object.defineProperty(self, 'importScripts', { value: undefined });";

const ENTRIES: Readonly<Record<string, string>> = {
  frame: "sandbox/frame/frame.ts",
  preview: "sandbox/preview/preview.ts",
  prelude: "sandbox/preview/prelude.ts",
  ...Object.fromEntries(
    Object.keys(LANGUAGES).map((language) => [language, `sandbox/languages/${language}.ts`]),
  ),
};

/** Pyodide runs on Node too and imports its modules there; in a worker those lines are never met. */
function withoutNode(): Plugin {
  const id = "\0without-node";
  return {
    name: "without-node",
    enforce: "pre",
    resolveId: (source) => (source.startsWith("node:") ? id : null),
    load: (source) => (source === id ? "export default {};" : null),
  };
}

function environment(name: string, input: string): EnvironmentOptions {
  return {
    consumer: "client",
    build: {
      ...build,
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input,
        // What these speak of is Pyodide's own code.
        checks: { eval: false, commonJsVariableInEsm: false, emptyImportMeta: false },
        output: {
          format: "iife",
          codeSplitting: false,
          postBanner: name in LANGUAGES ? NO_IMPORT_SCRIPTS : "",
        },
      },
    },
  };
}

function codeOf(output: unknown): string {
  const [bundle] = [output as Rolldown.RolldownOutput].flat();
  const chunks = bundle?.output.filter((file) => file.type === "chunk") ?? [];
  const [chunk] = chunks;
  if (chunk === undefined || chunks.length > 1) throw new Error("a sandbox script is not one chunk");
  return chunk.code;
}

export default defineConfig({
  publicDir: false,
  plugins: [withoutNode()],
  environments: Object.fromEntries(Object.entries(ENTRIES).map(([name, input]) => [name, environment(name, input)])),
  builder: {
    async buildApp(builder) {
      const built: Record<string, string> = {};
      for (const name of Object.keys(ENTRIES)) {
        const target = builder.environments[name];
        if (target !== undefined) built[name] = codeOf(await builder.build(target));
      }
      const { frame = "", preview = "", prelude = "", ...workers } = built;
      const snapshot = await makeSnapshot();
      if (snapshot === null) {
        console.warn(
          "No Node 24 is installed for this system, so Python gets no memory snapshot: it takes " +
            "seconds instead of a moment to start. npm install --include=optional brings one.",
        );
      }
      await writeSandbox(join(outDir, "sandbox"), { frame, preview, prelude, workers }, snapshot);
      await compressFolder(outDir);
    },
  },
});
