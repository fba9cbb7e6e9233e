/** Starts Pyodide inside a worker without network, from parts that the page sent. */

import { loadPyodide, type PyodideAPI } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

import { env, installRuntime } from "./boot.mjs";
import runtime from "./runtime.py?raw";

export interface PythonParts {
  readonly wasm: WebAssembly.Module;
  readonly stdlib: ArrayBuffer;
  readonly snapshot: ArrayBuffer | null;
}

/** A name that leads nowhere; Pyodide wants an address for its parts. */
const NOWHERE = "https://sandbox.invalid/";

/** Whether WebAssembly code can wait for a promise. */
export const canSuspend = "Suspending" in WebAssembly;

/**
 * Start the interpreter.
 *
 * Pyodide fetches its parts itself; for as long as that takes, `fetch` answers from `parts` and
 * `instantiateStreaming` uses the module that the frame has compiled for all its workers.
 */
export async function startInterpreter(parts: PythonParts): Promise<PyodideAPI> {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  globalThis.fetch = (input) => {
    const isStdlib = String(input instanceof Request ? input.url : input).endsWith(".zip");
    return Promise.resolve(new Response(isStdlib ? parts.stdlib : null));
  };
  WebAssembly.instantiateStreaming = async (_source, imports) => ({
    module: parts.wasm,
    instance: await WebAssembly.instantiate(parts.wasm, imports),
  });
  try {
    const options = {
      indexURL: NOWHERE,
      packageBaseUrl: NOWHERE,
      stdLibURL: `${NOWHERE}python_stdlib.zip`,
      lockFileContents: JSON.stringify({
        info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", version: "", python: "3.14" },
        packages: {},
      }),
      createPyodideModule,
      env,
      ...(parts.snapshot === null ? {} : { _loadSnapshot: parts.snapshot }),
    };
    const pyodide = await loadPyodide(options as unknown as Parameters<typeof loadPyodide>[0]);
    if (parts.snapshot === null) installRuntime(pyodide, runtime);
    return pyodide;
  } finally {
    globalThis.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}
