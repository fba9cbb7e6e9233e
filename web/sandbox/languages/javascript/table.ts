/** `console.table`: rows of an array or object as a table of text. */

type Show = (value: unknown) => string;

const MAX_ROWS = 200;
const VALUES = "Values";

/** Returns null for what is no table; the caller then logs it as it is. */
export function table(data: unknown, columns: unknown, show: Show): string | null {
  if (typeof data !== "object" || data === null) return null;
  const rows = entriesOf(data).slice(0, MAX_ROWS);
  const names: string[] = Array.isArray(columns) ? columns.map(String) : [];
  const chosen = names.length > 0;
  let hasValues = false;
  for (const [, row] of rows) {
    if (typeof row !== "object" || row === null) hasValues = true;
    else if (!chosen) for (const key of Object.keys(row)) if (!names.includes(key)) names.push(key);
  }
  const head = ["(index)", ...names, ...(hasValues ? [VALUES] : [])];
  const body = rows.map(([index, row]) => {
    const isRow = typeof row === "object" && row !== null;
    const fields = row as Record<string, unknown>;
    const cells = names.map((name) => (isRow && name in fields ? show(fields[name]) : ""));
    return [index, ...cells, ...(hasValues ? [isRow ? "" : show(row)] : [])];
  });
  return draw([head, ...body]);
}

function entriesOf(data: object): [string, unknown][] {
  if (data instanceof Map) return [...data].map(([key, value]) => [String(key), value as unknown]);
  if (data instanceof Set) return [...data].map((value, at) => [String(at), value as unknown]);
  return Object.entries(data);
}

function draw(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const row = (cells: readonly string[]): string =>
    `│${widths.map((width, at) => ` ${(cells[at] ?? "").padEnd(width)} `).join("│")}│`;
  const [head = [], ...body] = lines;
  return [rule("┌", "┬", "┐"), row(head), rule("├", "┼", "┤"), ...body.map(row), rule("└", "┴", "┘")].join("\n");
}
