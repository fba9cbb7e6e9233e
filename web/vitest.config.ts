/** Unit tests run in Node; a file that renders asks for jsdom with `@vitest-environment jsdom`. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { monacoAlias } from "./vite.shared.ts";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: [monacoAlias] },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "sandbox/**/*.test.{ts,tsx}", "scripts/**/*.test.{ts,mjs}"],
    environment: "node",
    // Monaco's modules import style sheets, which Node cannot.
    server: { deps: { inline: [/monaco/] } },
    testTimeout: 15_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
