/** Turns a program into a function and finds the lines of its errors. */

const PREFIX = "(async () => {";
const indirectEval = eval;
const { constructor: AsyncFunction } = Object.getPrototypeOf(async () => {
  await Promise.resolve();
}) as {
  constructor: new (body: string) => unknown;
};

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One frame of a stack trace that lies in the program. */
export interface Frame extends Place {
  readonly name: string;
}

/** Compile; throws the engine's SyntaxError. Lines are the program's own. */
export function compile(code: string, path: string): () => Promise<unknown> {
  // Checks the body alone, so that no stray brace can leave the function below.
  new AsyncFunction(code);
  return indirectEval(`${PREFIX}${code}\n})\n//# sourceURL=${path}`) as () => Promise<unknown>;
}

/**
 * Where a program's syntax breaks; engines tell only the global error event.
 *
 * The text is compiled as a timer's handler, where a failure is reported with its place.
 */
export function locateSyntaxError(code: string): Promise<Place | null> {
  return new Promise((resolve) => {
    const finish = (place: Place | null): void => {
      self.removeEventListener("error", listen);
      resolve(place);
    };
    const listen = (event: ErrorEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      finish(event.lineno > 0 ? placeOf(event.lineno, event.colno) : null);
    };
    self.addEventListener("error", listen);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it only has to be parsed
    setTimeout(`${PREFIX}${code}\n})`);
    setTimeout(() => finish(null), 50);
  });
}

/** The program's frames of a stack as V8, SpiderMonkey or JavaScriptCore write it. */
export function framesOf(stack: string, path: string): Frame[] {
  const frames: Frame[] = [];
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const place = new RegExp(`(?:^|[\\s(@/])${escaped}:(\\d+):(\\d+)`);
  for (const line of stack.split("\n")) {
    const found = place.exec(line);
    if (found === null) continue;
    const v8 = /^\s*at (?:async )?(.+?) \(/.exec(line)?.[1];
    const other = /^([^@]*)@/.exec(line)?.[1];
    const name = v8 ?? other ?? "";
    const isOutermost = name === "eval" || name === "<anonymous>" || name === "anonymous";
    frames.push({
      name: isOutermost ? "" : name,
      ...placeOf(Number(found[1]), Number(found[2])),
    });
  }
  return frames;
}

function placeOf(line: number, column: number): Place {
  return { line, column: line === 1 ? Math.max(1, column - PREFIX.length) : column };
}
