/** Python: Pyodide, entered so that `input()` can wait for a promise. */

import type { PyodideAPI } from "pyodide";

import type { Program, Stream } from "../messages";
import type { Terminal, WorkerLanguage } from "../worker/language";
import { serve } from "../worker/serve";
import { canSuspend, startInterpreter } from "./python/interpreter";

interface RunFunction {
  callPromising(...args: unknown[]): Promise<number>;
  (...args: unknown[]): number;
}

class Python implements WorkerLanguage {
  #pyodide: PyodideAPI | null = null;

  async load(
    assets: Readonly<Record<string, ArrayBuffer | WebAssembly.Module>>,
    canBlock: () => boolean,
  ): Promise<boolean> {
    const wasm = assets["python.wasm"];
    const stdlib = assets["python.zip"];
    const snapshot = assets["python.snapshot"] ?? null;
    if (!(wasm instanceof WebAssembly.Module) || !(stdlib instanceof ArrayBuffer)) {
      throw new Error("parts of Python are missing");
    }
    if (snapshot instanceof WebAssembly.Module) throw new Error("the snapshot is no memory");
    this.#pyodide = await startInterpreter({ wasm, stdlib, snapshot });
    return canSuspend || canBlock();
  }

  async run(program: Program, terminal: Terminal): Promise<"ok" | "error"> {
    const pyodide = this.#pyodide;
    if (pyodide === null) throw new Error("Python is not loaded");
    let line = "";
    const writer = (stream: Stream) => {
      const decoder = new TextDecoder();
      return {
        isatty: false,
        write: (bytes: Uint8Array) => {
          const text = decoder.decode(bytes, { stream: true });
          line = (line + text).slice(-1024);
          line = line.slice(line.lastIndexOf("\n") + 1);
          terminal.write(stream, text);
          return bytes.length;
        },
      };
    };
    pyodide.setStdout(writer("stdout"));
    pyodide.setStderr(writer("stderr"));
    const enter = pyodide.runPython(ENTER) as RunFunction;
    const files = pyodide.toPy(program.files) as unknown;
    const readLine = canSuspend
      ? () => terminal.readLine(line)
      : () => terminal.readLineBlocking(line) ?? undefined;
    const takeLine = () => {
      const prompt = readLine();
      line = "";
      return prompt;
    };
    const asked = canSuspend
      ? async () => (await (takeLine() as Promise<string | null>)) ?? undefined
      : takeLine;
    try {
      const args = [files, program.path, asked, canSuspend] as const;
      const status = canSuspend ? await enter.callPromising(...args) : enter(...args);
      // A traceback speaks for itself; a status that the program chose would go unseen.
      if (status > 0) terminal.write("info", `Exited with status ${status}.\n`);
      return status === 0 ? "ok" : "error";
    } catch (error) {
      // Only the interpreter itself can fail here, for want of memory or stack.
      terminal.write("stderr", `Python ended: ${describe(error)}\n`);
      return "error";
    }
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n", 1)[0] ?? "";
}

/** Binds the runtime to this worker; JavaScript objects may not be part of the snapshot. */
const ENTER = `
def _enter(files, path, read_line, can_suspend):
    import codeinterview_runtime
    from pyodide.ffi import run_sync
    if can_suspend:
        return codeinterview_runtime.run(
            files, path, lambda: run_sync(read_line()), lambda awaitable: run_sync(awaitable))
    import asyncio
    return codeinterview_runtime.run(
        files, path, read_line, lambda awaitable: asyncio.get_event_loop().run_until_complete(awaitable))
_enter
`;

serve(new Python());
