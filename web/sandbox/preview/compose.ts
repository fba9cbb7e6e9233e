/**
 * Makes one document of a page's files: references to the other files become `data:` addresses.
 *
 * Unlike text put between tags, those keep `defer`, `media` and `type="module"` meaningful, cannot
 * be ended early by a `</script>` in a string, and count their lines from one. Nothing is added in
 * a line of its own, so `index.html` keeps its line numbers too.
 */

import type { Files } from "./messages";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
};

const TAG = /<(?:script|link)\b(?:"[^"]*"|'[^']*'|[^'">])*>/gi;
const ADDRESS = /(\s(?:src|href)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
/** Everything of a document before the first thing of its head. */
const OPENING = /^(?:\s|<!--[\s\S]*?-->|<!doctype[^>]*>|<html\b[^>]*>|<head\b[^>]*>)*/i;

/** `path` of `files` as a document that starts with the script `prelude`. */
export function compose(path: string, files: Files, prelude: string): string {
  const html = (files[path] ?? "").replace(TAG, (tag) =>
    tag.replace(ADDRESS, (whole, attribute: string, ...values: (string | undefined)[]) => {
      const address = values.slice(0, 3).find((value) => value !== undefined) ?? "";
      const name = address.trim().replace(/^\.\//, "").replace(/[?#].*$/s, "");
      const text = name === path ? undefined : files[name];
      return text === undefined ? whole : `${attribute}"${dataAddress(name, text)}"`;
    }),
  );
  const opening = OPENING.exec(html)?.[0] ?? "";
  const first = `<script src="${dataAddress("prelude.mjs", prelude)}"></script>`;
  return opening + first + html.slice(opening.length);
}

/** A file's text as an address that is complete in itself. */
export function dataAddress(name: string, text: string): string {
  const extension = name.slice(name.lastIndexOf(".") + 1);
  // Engines name a script by this comment in errors and stacks.
  const source = extension === "js" ? `${text}\n//# sourceURL=${name}` : text;
  const type = TYPES[extension] ?? "text/plain";
  return `data:${type};charset=utf-8,${encodeURIComponent(source.replace(/\p{Surrogate}/gu, "\ufffd"))}`;
}
