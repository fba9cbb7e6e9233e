/** UTF-8 sizes of text, and cuts that never split a code point. */

function codePointBytes(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The longest prefix of `text` of at most `bytes` bytes in UTF-8, and its size. */
export function prefixWithin(text: string, bytes: number): { text: string; size: number } {
  let size = 0;
  let end = 0;
  while (end < text.length) {
    const code = text.codePointAt(end) ?? 0;
    const next = size + codePointBytes(code);
    if (next > bytes) break;
    size = next;
    end += code > 0xffff ? 2 : 1;
  }
  return { text: end === text.length ? text : text.slice(0, end), size };
}

/** `text` without what neither JSON nor PostgreSQL keeps: NUL, unpaired surrogates. */
export function wellFormed(text: string): string {
  return text
    .replaceAll("\0", "\u2400")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
