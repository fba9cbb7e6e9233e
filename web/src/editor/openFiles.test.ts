/**
 * Real Monaco models, as Windows makes them, bound to documents: undo and line ends.
 * @vitest-environment jsdom
 */

import "./testing/browser";

import { beforeAll, expect, test } from "vitest";
import * as Y from "yjs";

import { monaco } from "./monaco";
import { openFile, type Admission, type OpenFile } from "./openFiles";

// A first model of a language makes Monaco import its definition, which must not outlive the tests.
beforeAll(async () => {
  const languages = ["python", "javascript", "html", "css"];
  await Promise.all(languages.map((language) => monaco.editor.colorize("", language, {})));
});

interface Side {
  readonly file: OpenFile;
  readonly doc: Y.Doc;
  /** As a person types: at an offset, into the model. */
  readonly type: (text: string, offset: number) => void;
  readonly erase: (offset: number, length: number) => void;
}

function open(
  doc: Y.Doc,
  path = "main.py",
  language = "python",
  takes: Admission = () => true,
): Side {
  const file = openFile(doc.getText(`file:${path}`), path, language, takes);
  const edit = (text: string, offset: number, length: number): void => {
    const { model } = file;
    const [from, to] = [model.getPositionAt(offset), model.getPositionAt(offset + length)];
    model.pushEditOperations(
      null,
      [{ range: monaco.Range.fromPositions(from, to), text }],
      () => null,
    );
  };
  return {
    file,
    doc,
    type: (text, offset) => edit(text, offset, 0),
    erase: (offset, length) => edit("", offset, length),
  };
}

/** Two people whose edits reach each other at once. */
function pair(text = ""): readonly [Side, Side] {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  a.getText("file:main.py").insert(0, text);
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  for (const [from, to] of [[a, b], [b, a]] as const) {
    from.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "wire") Y.applyUpdate(to, update, "wire");
    });
  }
  return [open(a), open(b)];
}

function expectSame(sides: readonly Side[], text: string): void {
  for (const { file } of sides) {
    expect(file.model.getValue()).toBe(text);
    expect(file.text.toJSON()).toBe(text);
  }
}

test("undo takes back one's own edits and leaves the others' text whole", () => {
  const [ada, ben] = pair();
  ada.type("hello world", 0);
  ben.type("# ", 0);
  expectSame([ada, ben], "# hello world");
  void ada.file.model.undo();
  expectSame([ada, ben], "# ");
  void ada.file.model.redo();
  expectSame([ada, ben], "# hello world");
  void ben.file.model.undo();
  expectSame([ada, ben], "hello world");
});

test("what can be undone is what this person did", () => {
  const [ada, ben] = pair("given");
  expect(ada.file.model.canUndo()).toBe(false);
  ben.type("!", 5);
  expect(ada.file.model.canUndo()).toBe(false);
  ada.type("?", 6);
  expect(ada.file.model.canUndo()).toBe(true);
  void ada.file.model.undo();
  expect(ada.file.model.canUndo()).toBe(false);
  expect(ada.file.model.canRedo()).toBe(true);
  expectSame([ada, ben], "given!");
});

test("an undo of text that somebody has edited since keeps their part", () => {
  const [ada, ben] = pair();
  ada.type("first second", 0);
  ben.erase(0, 6);
  ben.type("BEN ", 0);
  void ada.file.model.undo();
  expectSame([ada, ben], "BEN ");
});

test("each line is a step of its own", () => {
  const [ada, ben] = pair();
  ada.type("one", 0);
  ada.type("\n", 3);
  ada.type("two", 4);
  void ada.file.model.undo();
  expectSame([ada, ben], "one");
  void ada.file.model.undo();
  expectSame([ada, ben], "");
});

test("undo survives a look at another file", () => {
  const doc = new Y.Doc();
  const page = open(doc, "index.html", "html");
  page.type("<p>", 0);
  open(doc, "style.css", "css").type("p {}", 0);
  const again = open(doc, "index.html", "html");
  expect(again.file).toBe(page.file);
  void again.file.model.undo();
  expect(again.file.model.getValue()).toBe("");
  expect(doc.getText("file:style.css").toJSON()).toBe("p {}");
});

test("on Windows too lines end with LF, whatever is pasted, and offsets agree", () => {
  const bare = monaco.editor.createModel("", "plaintext");
  expect(bare.getEOL(), "this Monaco does not think it is on Windows").toBe("\r\n");
  // A text without a line end says nothing of which kind it wants.
  const [ada, ben] = pair("ab");
  expect(ada.file.model.getEOL()).toBe("\n");
  ada.type("\r\nc\rd\n", 2);
  ben.type("!", 1);
  expectSame([ada, ben], "a!b\nc\nd\n");
  ada.type("?", 8);
  expectSame([ada, ben], "a!b\nc\nd\n?");
});

test("a document that ends takes its models along", () => {
  const side = open(new Y.Doc());
  side.doc.destroy();
  expect(side.file.model.isDisposed()).toBe(true);
  expect(() => open(new Y.Doc())).not.toThrow();
});

test("files are indented as their language has it", () => {
  const doc = new Y.Doc();
  expect(open(doc).file.model.getOptions().tabSize).toBe(4);
  expect(open(doc, "main.js", "javascript").file.model.getOptions().tabSize).toBe(2);
});

test("an edit that is not taken changes nothing, and is asked about in bytes", () => {
  const asked: number[] = [];
  const side = open(new Y.Doc(), "main.py", "python", (bytes) => {
    asked.push(bytes);
    return bytes <= 3_000;
  });
  side.type("a".repeat(2_000), 0);
  side.type("ä".repeat(2_000), 0);
  expect(asked).toEqual([2_000, 4_000]);
  expectSame([side], "a".repeat(2_000));
  side.erase(0, 1_000);
  expect(asked).toHaveLength(2);
  expectSame([side], "a".repeat(1_000));
});

test("an undo that brings too much back is not taken, the others' edits always are", () => {
  let welcome = true;
  const doc = new Y.Doc();
  const side = open(doc, "main.py", "python", () => welcome);
  side.type("text", 0);
  side.file.undo.stopCapturing();
  side.erase(0, 4);
  welcome = false;
  void side.file.model.undo();
  expectSame([side], "");
  const other = new Y.Doc();
  other.getText("file:main.py").insert(0, "theirs");
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  expectSame([side], "theirs");
  welcome = true;
  void side.file.model.undo();
  expect(side.file.model.getValue()).toContain("text");
});
