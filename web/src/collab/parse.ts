/** Small combinators that read outside values into immutable ones; null means "not what was promised". */

export type Parser<T> = (value: unknown) => T | null;

type Fields = Readonly<Record<string, Parser<unknown>>>;
type Shape<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends (value: unknown) => infer R
    ? F[K] extends NullableParser<infer N>
      ? N | null
      : Exclude<R, null>
    : never;
};

/** A parser whose successful result may be null, kept apart from failure by a wrapper. */
interface NullableParser<T> {
  (value: unknown): T | null;
  readonly inner: Parser<T>;
}

/** A string of at most `maxLength` UTF-16 units. */
export function text(maxLength: number): Parser<string> {
  return (value) => (typeof value === "string" && value.length <= maxLength ? value : null);
}

/** A safe integer within both bounds. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  return (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : null;
}

export const boolean: Parser<boolean> = (value) => (typeof value === "boolean" ? value : null);

export function oneOf<const T extends string>(options: readonly T[]): Parser<T> {
  return (value) => options.find((option) => option === value) ?? null;
}

/** Accepts null as well; only meaningful as a field of `record`. */
export function nullable<T>(inner: Parser<T>): NullableParser<T> {
  return Object.assign((value: unknown) => (value === null ? null : inner(value)), { inner });
}

/** An array in which every item parses; one bad item or too many refuse the whole. */
export function array<T>(item: Parser<T>, maxItems: number): Parser<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > maxItems) return null;
    const items: T[] = [];
    for (const entry of value) {
      const parsed = item(entry);
      if (parsed === null) return null;
      items.push(parsed);
    }
    return items;
  };
}

/** An object whose named own fields all parse; other fields are left behind. */
export function record<F extends Fields>(fields: F): Parser<Shape<F>> {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const result: Record<string, unknown> = {};
    for (const [name, parser] of Object.entries(fields)) {
      if (!Object.hasOwn(value, name)) return null;
      const raw: unknown = Reflect.get(value, name);
      const parsed = parser(raw);
      if (parsed === null && !("inner" in parser && raw === null)) return null;
      result[name] = parsed;
    }
    return result as Shape<F>;
  };
}
