export const env: Record<string, string>;
export function installRuntime(pyodide: { runPython(code: string): unknown }, source: string): void;
