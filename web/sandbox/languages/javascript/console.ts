/** A `console` that writes to the run's streams. */

import type { Stream } from "../../messages";
import { inspect } from "./inspect";
import { table } from "./table";

type Log = (...values: unknown[]) => void;

export interface ConsoleOptions {
  readonly write: (stream: Stream, text: string) => void;
  readonly describeError: (error: Error) => string;
  /** The program's stack at the caller, for `trace`. */
  readonly stack: () => string;
  readonly now: () => number;
}

/** Text of `console.log`'s arguments, with `%s`, `%d`, `%i`, `%f`, `%o`, `%O`, `%j`, `%c`. */
export function format(values: readonly unknown[], show: (value: unknown) => string): string {
  const [first, ...rest] = values;
  const plain = (value: unknown): string => (typeof value === "string" ? value : show(value));
  if (typeof first !== "string" || rest.length === 0) return values.map(plain).join(" ");
  const head = first.replace(/%[sdifoOjc%]/g, (mark) => {
    if (mark === "%%") return "%";
    if (rest.length === 0) return mark;
    const value = rest.shift();
    switch (mark) {
      case "%s":
        return plain(value);
      case "%d":
        return typeof value === "bigint" ? `${value}n` : String(Number(value));
      case "%i":
        return String(Number.parseInt(String(value), 10));
      case "%f":
        return String(Number.parseFloat(String(value)));
      case "%j":
        return value === undefined ? "undefined" : JSON.stringify(value);
      case "%c":
        return "";
      default:
        return show(value);
    }
  });
  return [head, ...rest.map(plain)].join(" ");
}

export function makeConsole(options: ConsoleOptions): Record<string, Log> {
  const { write, describeError, stack, now } = options;
  const show = (value: unknown): string => inspect(value, describeError);
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  let indent = "";

  const put = (stream: Stream, text: string): void =>
    write(stream, `${indent}${text.replaceAll("\n", `\n${indent}`)}\n`);
  const logTo =
    (stream: Stream): Log =>
    (...values) =>
      put(stream, format(values, show));
  const log = logTo("stdout");
  const warn = logTo("warn");
  const elapsed = (label: string, rest: unknown[]): boolean => {
    const since = timers.get(label);
    if (since === undefined) {
      warn(`Timer '${label}' does not exist`);
      return false;
    }
    const ms = (now() - since).toFixed(3);
    log(`${label}: ${ms} ms`, ...rest);
    return true;
  };
  const group: Log = (...label) => {
    if (label.length > 0) log(...label);
    indent += "  ";
  };
  return {
    log,
    info: logTo("info"),
    debug: log,
    warn,
    error: logTo("error"),
    dir: (value) => put("stdout", show(value)),
    dirxml: log,
    table: (data, columns) => put("stdout", table(data, columns, show) ?? format([data], show)),
    trace: (...values) => {
      const title = values.length > 0 ? `Trace: ${format(values, show)}` : "Trace";
      put("stderr", `${title}\n${stack()}`.trimEnd());
    },
    assert: (condition, ...values) => {
      if (condition) return;
      const text = values.length > 0 ? `: ${format(values, show)}` : "";
      put("error", `Assertion failed${text}`);
    },
    count: (label = "default") => {
      const name = String(label);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      log(`${name}: ${count}`);
    },
    countReset: (label = "default") => void counts.delete(String(label)),
    time: (label = "default") => void timers.set(String(label), now()),
    timeLog: (label = "default", ...rest) => void elapsed(String(label), rest),
    timeEnd: (label = "default") => {
      const name = String(label);
      if (elapsed(name, [])) timers.delete(name);
    },
    timeStamp: () => undefined,
    group,
    groupCollapsed: group,
    groupEnd: () => {
      indent = indent.slice(2);
    },
    clear: () => undefined,
  };
}
