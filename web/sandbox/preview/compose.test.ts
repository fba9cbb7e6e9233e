/** One document out of a page's files. */

import { describe, expect, it } from "vitest";

import { compose, dataAddress } from "./compose";

const FILES = { "style.css": "h1 { color: red }", "script.js": "console.log('</script>')" };

function composed(html: string): string {
  return compose("index.html", { ...FILES, "index.html": html }, "/*first*/");
}

const PRELUDE = `<script src="${dataAddress("prelude.mjs", "/*first*/")}"></script>`;
const STYLE = dataAddress("style.css", FILES["style.css"]);
const SCRIPT = dataAddress("script.js", FILES["script.js"]);

describe("where the prelude stands", () => {
  it.each([
    ["<p>hi", "", "<p>hi"],
    ["<!doctype html><p>", "<!doctype html>", "<p>"],
    [
      "<!-- note -->\n<!DOCTYPE html>\n<html lang=en>\n<head>\n<title>",
      "<!-- note -->\n<!DOCTYPE html>\n<html lang=en>\n<head>\n",
      "<title>",
    ],
    ["<header>", "", "<header>"],
    ["", "", ""],
  ])("in %j", (html, before, after) => {
    expect(composed(html)).toBe(before + PRELUDE + after);
  });

  it("adds no line, so that errors keep the file's own", () => {
    const html = "<!doctype html>\n<p>\n<script src=script.js></script>\n";
    expect(composed(html).split("\n")).toHaveLength(html.split("\n").length);
  });
});

describe("references to the page's files", () => {
  it.each([
    ['<link rel="stylesheet" href="style.css">', `<link rel="stylesheet" href="${STYLE}">`],
    ["<link href='./style.css' rel=stylesheet>", `<link href="${STYLE}" rel=stylesheet>`],
    ["<script defer src=script.js></script>", `<script defer src="${SCRIPT}"></script>`],
    ['<SCRIPT SRC = "script.js?v=2"></SCRIPT>', `<SCRIPT SRC = "${SCRIPT}"></SCRIPT>`],
    ['<script data-x=">" src="script.js">', `<script data-x=">" src="${SCRIPT}">`],
  ])("%s", (tag, becomes) => {
    expect(composed(tag)).toBe(PRELUDE + becomes);
  });

  it.each([
    ['<script src="https://example.com/script.js"></script>'],
    ['<script src="other.js"></script>'],
    ['<a href="style.css">'],
    ['<script>const src = "script.js";</script>'],
    ['<script src="index.html"></script>'],
  ])("leaves %s alone", (tag) => {
    expect(composed(tag)).toBe(PRELUDE + tag);
  });
});

describe("dataAddress", () => {
  it("names scripts for the engine's errors", () => {
    expect(decodeURIComponent(SCRIPT)).toContain("\n//# sourceURL=script.js");
  });

  it("carries any text, even what is no text", () => {
    expect(dataAddress("style.css", 'a"#%\ud800')).toBe(
      "data:text/css;charset=utf-8,a%22%23%25%EF%BF%BD",
    );
  });
});
