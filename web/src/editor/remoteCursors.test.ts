/**
 * Names out of other people's browsers inside our own style rules.
 * @vitest-environment jsdom
 */

import "./testing/browser";

import { expect, test } from "vitest";

import { cssString } from "./remoteCursors";

test.each([
  ["Ada Lovelace", '"Ada Lovelace"'],
  ["Žofie 2", '"Žofie 2"'],
  ['"; } body { display: none', '"\\22 \\3b  \\7d  body \\7b  display\\3a  none"'],
  ["\\22 ", '"\\5c 22 "'],
  ["a\nb", '"a\\a b"'],
  ["</style>", '"\\3c \\2f style\\3e "'],
  ["🦊", '"\\1f98a "'],
])("%j cannot leave its string", (name, expected) => {
  expect(cssString(name)).toBe(expected);
});
