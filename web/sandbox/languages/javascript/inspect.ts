/** Values as text, for `console`: the shapes a reader of Node's or a browser's console expects. */

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_TEXT = 10_000;
const LINE_WIDTH = 76;

interface Context {
  readonly path: unknown[];
  readonly describeError: (error: Error) => string;
}

/** `describeError` gives an error's text with its stack in the program. */
export function inspect(value: unknown, describeError: (error: Error) => string): string {
  return show(value, { path: [], describeError });
}

function show(value: unknown, context: Context): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return primitive(value);
  try {
    return showObject(value, context);
  } catch {
    // A proxy or a getter of the program threw.
    return "[object that cannot be shown]";
  }
}

function primitive(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "function") return String(value);
  const isClass = /^class\b/.test(Function.prototype.toString.call(value));
  const name = typeof value.name === "string" && value.name !== "" ? value.name : "(anonymous)";
  return isClass ? `[class ${name}]` : `[Function: ${name}]`;
}

function quote(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  const mark = cut.includes("'") ? (cut.includes('"') ? "`" : '"') : "'";
  return mark + cut.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t") + mark;
}

function classOf(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: unknown } | null;
  if (prototype === null) return "[Object: null prototype]";
  const maker = prototype.constructor;
  return typeof maker === "function" && maker.name !== "" ? maker.name : "Object";
}

function showObject(value: object, context: Context): string {
  if (context.path.includes(value)) return "[Circular]";
  const name = classOf(value);
  if (value instanceof Error) return context.describeError(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof RegExp) return String(value);
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    return `${name} {}`;
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean) {
    return `[${name}: ${show(value.valueOf(), context)}]`;
  }
  const inner: Context = { ...context, path: [...context.path, value] };
  const tooDeep = inner.path.length > MAX_DEPTH;
  if (Array.isArray(value)) {
    if (tooDeep) return "[Array]";
    const label = name === "Array" ? "" : `${name}(${value.length}) `;
    return wrap(label, "[", [...items(value, inner), ...properties(value, inner, true)], "]");
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as ArrayLike<unknown>;
    if (tooDeep) return `[${name}]`;
    return wrap(`${name}(${list.length}) `, "[", items(list, inner), "]");
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
  if (tooDeep) return `[${name}]`;
  if (value instanceof Map) {
    const pairs = cut([...value], (pair) => `${show(pair[0], inner)} => ${show(pair[1], inner)}`);
    return wrap(`${name}(${value.size}) `, "{", [...pairs, ...properties(value, inner)], "}");
  }
  if (value instanceof Set) {
    const members = cut([...value], (member) => show(member, inner));
    return wrap(`${name}(${value.size}) `, "{", [...members, ...properties(value, inner)], "}");
  }
  return wrap(name === "Object" ? "" : `${name} `, "{", properties(value, inner), "}");
}

function cut<T>(values: readonly T[], write: (value: T) => string): string[] {
  const written = values.slice(0, MAX_ITEMS).map(write);
  const more = values.length - written.length;
  return more > 0 ? [...written, `… ${more} more`] : written;
}

function items(list: ArrayLike<unknown>, context: Context): string[] {
  const written: string[] = [];
  for (let at = 0; at < list.length && written.length < MAX_ITEMS; at++) {
    if (at in list) {
      written.push(show(list[at], context));
      continue;
    }
    const first = at;
    while (at + 1 < list.length && !(at + 1 in list) && at - first < 1_000_000) at++;
    written.push(`<${at - first + 1} empty>`);
  }
  if (list.length > MAX_ITEMS && written.length === MAX_ITEMS) {
    written.push(`… ${list.length - MAX_ITEMS} more`);
  }
  return written;
}

function properties(value: object, context: Context, isArray = false): string[] {
  const keys = Reflect.ownKeys(value).filter((key) => {
    if (isArray && typeof key === "string" && /^\d+$/.test(key)) return false;
    return Object.getOwnPropertyDescriptor(value, key)?.enumerable === true;
  });
  return cut(keys, (key) => {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    const label =
      typeof key === "symbol" ? `[${String(key)}]` : /^[\w$]+$/.test(key) ? key : quote(key);
    // A getter is code of the program; showing a value must not run it.
    if (descriptor?.get !== undefined) {
      return `${label}: ${descriptor.set === undefined ? "[Getter]" : "[Getter/Setter]"}`;
    }
    if (descriptor?.set !== undefined) return `${label}: [Setter]`;
    return `${label}: ${show(descriptor?.value, context)}`;
  });
}

function wrap(label: string, open: string, parts: readonly string[], close: string): string {
  if (parts.length === 0) return `${label}${open}${close}`;
  const line = parts.join(", ");
  const space = open === "[" ? "" : " ";
  const fits = line.length + label.length <= LINE_WIDTH && !line.includes("\n");
  if (fits) {
    return open === "["
      ? `${label}[ ${line} ]`
      : `${label}${open}${space}${line}${space}${close}`;
  }
  const indented = parts.map((part) => `  ${part.replaceAll("\n", "\n  ")}`);
  return `${label}${open}\n${indented.join(",\n")}\n${close}`;
}
