/** Fetching a language's parts, with progress and with everything that may go wrong. */

import { beforeEach, expect, it, vi } from "vitest";

import { fetchLanguage, type Progress } from "./assets";

const MANIFEST = {
  languages: {
    python: {
      worker: { path: "assets/python-1.js", bytes: 6 },
      assets: { "python.wasm": { path: "assets/python-2.wasm", bytes: 4 } },
    },
  },
};

let answers: Record<string, () => Response>;

beforeEach(() => {
  answers = {
    "/sandbox/manifest.json": () => Response.json(MANIFEST),
    "/sandbox/assets/python-1.js": () => new Response("source"),
    "/sandbox/assets/python-2.wasm": () => new Response(new Uint8Array([0, 1, 2, 3])),
  };
  vi.stubGlobal("fetch", (path: string) =>
    Promise.resolve(answers[path]?.() ?? new Response(null, { status: 404 })),
  );
});

it("gives the worker's source and its parts, and counts their bytes", async () => {
  const seen: Progress[] = [];
  const files = await fetchLanguage("python", (progress) => seen.push(progress));
  expect(files.source).toBe("source");
  expect(Object.keys(files.assets)).toEqual(["python.wasm"]);
  expect(new Uint8Array(files.assets["python.wasm"] ?? new ArrayBuffer())).toEqual(
    new Uint8Array([0, 1, 2, 3]),
  );
  expect(seen.every(({ totalBytes }) => totalBytes === 10)).toBe(true);
  expect(seen.map(({ loadedBytes }) => loadedBytes)).toEqual(
    seen.map(({ loadedBytes }) => loadedBytes).sort((a, b) => a - b),
  );
  expect(seen.at(-1)?.loadedBytes).toBe(10);
});

it("tells its progress at most once a percent", async () => {
  const bytes = new Uint8Array(100_000);
  const entry = { path: "assets/python-2.wasm", bytes: bytes.length };
  const python = { ...MANIFEST.languages.python, assets: { "python.wasm": entry } };
  answers["/sandbox/manifest.json"] = () => Response.json({ languages: { python } });
  answers["/sandbox/assets/python-2.wasm"] = () =>
    new Response(
      new ReadableStream({
        start: (stream) => {
          for (let at = 0; at < bytes.length; at += 100) stream.enqueue(bytes.slice(at, at + 100));
          stream.close();
        },
      }),
    );
  const seen: Progress[] = [];
  await fetchLanguage("python", (progress) => seen.push(progress));
  expect(seen).toHaveLength(100);
  expect(seen.at(-1)?.loadedBytes).toBe(100_006);
});

it("says that the server was built without a language", async () => {
  await expect(fetchLanguage("cobol", vi.fn())).rejects.toThrow("built without cobol");
});

it.each([
  ["too little", new Uint8Array([0, 1])],
  ["too much", new Uint8Array([0, 1, 2, 3, 4])],
])("refuses %s", async (_case, bytes) => {
  answers["/sandbox/assets/python-2.wasm"] = () => new Response(bytes);
  await expect(fetchLanguage("python", vi.fn())).rejects.toThrow("came incomplete");
});

it("says what the server answered", async () => {
  delete answers["/sandbox/assets/python-1.js"];
  await expect(fetchLanguage("python", vi.fn())).rejects.toThrow("answered 404");
});
