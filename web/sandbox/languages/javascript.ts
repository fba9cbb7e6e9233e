/** JavaScript: the worker's own engine, with a console, input, and a notion of being done. */

import type { Program } from "../messages";
import type { Terminal, WorkerLanguage } from "../worker/language";
import { serve } from "../worker/serve";
import { makeConsole } from "./javascript/console";
import { inspect } from "./javascript/inspect";
import { PendingTimers } from "./javascript/pending";
import { compile, framesOf, locateSyntaxError } from "./javascript/source";

/** How long nothing may happen before a program without timers counts as done. */
const SETTLE_MS = 25;
/** The same while the program still awaits something at its top level. */
const UNSETTLED_MS = 2000;

const later = setTimeout.bind(self);
const now = performance.now.bind(performance);
/** Converts whatever a program hands over, as the browser's own functions do. */
const textOf: (value: unknown) => string = String;

class JavaScript implements WorkerLanguage {
  load(_assets: unknown, canBlock: () => boolean): Promise<boolean> {
    return Promise.resolve(canBlock());
  }

  async run(program: Program, terminal: Terminal): Promise<"ok" | "error"> {
    const code = program.files[program.path] ?? "";
    const describe = (error: unknown): string => describeError(error, program.path);
    let main: () => Promise<unknown>;
    try {
      main = compile(code, program.path);
    } catch (error) {
      terminal.write("stderr", await describeSyntaxError(error, code, program.path));
      return "error";
    }
    const timers = new PendingTimers();
    const { promise, resolve } = withResolver<"ok" | "error">();
    const fail = (error: unknown): void => {
      terminal.write("stderr", `Uncaught ${describe(error)}\n`);
      if (/network|fetch|importScripts|import/i.test(String(error))) {
        terminal.write("info", "Programs run here without network access and without modules.\n");
      }
      resolve("error");
    };
    this.#install(terminal, describe, program.path);
    timers.install();
    self.addEventListener("error", (event) => {
      event.preventDefault();
      fail(event.error ?? event.message);
    });
    self.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      fail(event.reason);
    });
    let settled = false;
    let quietSince = now();
    const look = (): void => {
      const quiet = now() - quietSince;
      if (timers.size > 0) quietSince = now();
      else if (settled && quiet >= SETTLE_MS) {
        resolve("ok");
        return;
      } else if (!settled && quiet >= UNSETTLED_MS) {
        terminal.write("stderr", "The program ended while it still awaited a promise.\n");
        resolve("error");
        return;
      }
      later(look, 5);
    };
    main().then(() => {
      settled = true;
      quietSince = now();
    }, fail);
    later(look, 0);
    return promise;
  }

  #install(terminal: Terminal, describe: (error: unknown) => string, path: string): void {
    const ask = (question: unknown): string | null => {
      if (!terminal.canBlock()) throw new Error("This browser cannot wait for input.");
      const text = question === undefined ? "" : textOf(question);
      const prompt = text === "" || /\s$/.test(text) ? text : `${text} `;
      if (prompt !== "") terminal.write("stdout", prompt);
      return terminal.readLineBlocking(prompt);
    };
    const scope = globalThis as unknown as Record<string, unknown>;
    scope["prompt"] = (question?: unknown, preset?: unknown) => {
      const answer = ask(question);
      return answer === "" && preset !== undefined ? textOf(preset) : answer;
    };
    scope["confirm"] = (question?: unknown) =>
      /^\s*(y|yes|ok|true|1)\s*$/i.test(ask(`${textOf(question ?? "")} [y/n]`) ?? "");
    scope["alert"] = (message?: unknown) =>
      terminal.write("info", `${message === undefined ? "" : textOf(message)}\n`);
    scope["console"] = makeConsole({
      write: (stream, text) => terminal.write(stream, text),
      describeError: describe,
      stack: () => stackText(new Error().stack ?? "", path),
      now,
    });
    // The frame listens to a port that only `serve` holds; these lead nowhere.
    delete scope["postMessage"];
    delete scope["close"];
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function stackText(stack: string, path: string): string {
  return framesOf(stack, path)
    .map(({ name, line, column }) => {
      const place = `${path}:${line}:${column}`;
      return `    at ${name === "" ? place : `${name} (${place})`}\n`;
    })
    .join("");
}

function describeError(error: unknown, path: string): string {
  if (!(error instanceof Error)) return inspect(error, String);
  let title = `${error.name}: ${error.message}`;
  if (error.message === "") title = error.name;
  const frames = stackText(error.stack ?? "", path);
  const cause =
    error.cause === undefined ? "" : `\n  [cause]: ${inspect(error.cause, (e) => String(e))}`;
  return `${title}\n${frames}`.trimEnd() + cause;
}

async function describeSyntaxError(error: unknown, code: string, path: string): Promise<string> {
  const place = await locateSyntaxError(code);
  const title = String(error);
  if (place === null) return `${path}\n${title}\n`;
  const line = code.split("\n")[place.line - 1] ?? "";
  const pointer = `${" ".repeat(Math.max(0, place.column - 1))}^`;
  return `${path}:${place.line}:${place.column}\n${line}\n${pointer}\n${title}\n`;
}

serve(new JavaScript());
