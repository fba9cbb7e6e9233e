/**
 * Writes the memory of a Python that has started: `node makeSnapshot.mjs RUNTIME OUTPUT`.
 *
 * Needs a Node with JSPI switched on: what is made without it can never wait for input.
 */

import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";

import { loadPyodide } from "pyodide";

import { env, installRuntime } from "../sandbox/languages/python/boot.mjs";

if (!("Suspending" in WebAssembly)) throw new Error("this Node has no JSPI");
const [runtime, output] = argv.slice(2);
const pyodide = await loadPyodide({ _makeSnapshot: true, env });
installRuntime(pyodide, await readFile(runtime, "utf8"));
await writeFile(output, pyodide.makeMemorySnapshot());
