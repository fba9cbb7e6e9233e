/** How the runtime enters the interpreter; the snapshot's maker and a worker without one share it. */

/** Environment of the interpreter; text without a newline must not be withheld. */
export const env = {
  HOME: "/home/interview",
  PYTHONUNBUFFERED: "1",
  PYTHONINSPECT: "",
  PYTHONDONTWRITEBYTECODE: "1",
};

/** Compile `source` into the module `codeinterview_runtime`. */
export function installRuntime(pyodide, source) {
  const literal = JSON.stringify(source);
  pyodide.runPython(
    [
      "import sys, types",
      "module = types.ModuleType('codeinterview_runtime')",
      `exec(compile(${literal}, '<codeinterview>', 'exec'), module.__dict__)`,
      "sys.modules['codeinterview_runtime'] = module",
      "del sys, types, module",
    ].join("\n"),
  );
}
