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
// The seed of hashes is part of the memory; one that is given keeps builds alike.
const seeded = { ...env, PYTHONHASHSEED: "0" };
const pyodide = await loadPyodide({ _makeSnapshot: true, env: seeded });
installRuntime(pyodide, await readFile(runtime, "utf8"));
// So is the state of random numbers; every run begins with a fresh one.
pyodide.runPython("import random; random.seed(0); del random");
await writeFile(output, pyodide.makeMemorySnapshot());
