/** The room's pages. `vite.sandbox.config.ts` builds the sandbox into the same folder afterwards. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { build, monacoAlias } from "./vite.shared.ts";

const server = "http://127.0.0.1:8765";

export default defineConfig({
  // Pages and scripts name their files relative to themselves; the server adapts the pages.
  base: "./",
  plugins: [react()],
  resolve: { alias: [monacoAlias] },
  build: {
    ...build,
    emptyOutDir: true,
    rolldownOptions: { input: ["index.html", "docs.html"] },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      "/api": server,
      "/ws": { target: server, ws: true },
      "/sandbox": server,
      "/openapi.json": server,
    },
  },
});
