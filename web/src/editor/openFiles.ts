/** The document's files as Monaco models: bound both ways, with an undo of one's own edits. */

import { MonacoBinding } from "y-monaco";
import * as Y from "yjs";

import { monaco } from "./monaco";

export interface OpenFile {
  readonly path: string;
  readonly text: Y.Text;
  readonly model: monaco.editor.ITextModel;
  readonly undo: Y.UndoManager;
  /** The editors that show this file; their carets are kept in place when others type. */
  readonly editors: Set<monaco.editor.IStandaloneCodeEditor>;
}

/** Shorter texts are not worth counting exactly. */
const SURELY_FITS = 1_024;

const documents = new WeakMap<Y.Doc, Map<string, OpenFile>>();

/** Whether an edit that adds so many bytes of text may be made; tells the person when not. */
export type Admission = (bytes: number) => boolean;

/**
 * The file's model; it lives as long as the document, so that undo survives switching files.
 *
 * @param takes is asked before each edit of this person's; those of the others are not asked for.
 */
export function openFile(
  text: Y.Text,
  path: string,
  language: string,
  takes: Admission,
): OpenFile {
  const { doc } = text;
  if (doc === null) throw new Error("the text belongs to no document");
  let files = documents.get(doc);
  if (files === undefined) {
    const fresh = (files = new Map<string, OpenFile>());
    documents.set(doc, fresh);
    doc.on("destroy", () => {
      documents.delete(doc);
      for (const file of fresh.values()) close(file);
    });
  }
  const known = files.get(path);
  if (known !== undefined) {
    monaco.editor.setModelLanguage(known.model, language);
    return known;
  }
  const file = bind(text, path, language, takes);
  files.set(path, file);
  return file;
}

function bind(text: Y.Text, path: string, language: string, takes: Admission): OpenFile {
  const model = monaco.editor.createModel(text.toJSON(), language);
  // Models take the system's line ends; with CRLF every offset behind a line would be wrong.
  model.setEOL(monaco.editor.EndOfLineSequence.LF);
  model.updateOptions({ tabSize: language === "python" ? 4 : 2, insertSpaces: true });
  const editors = new Set<monaco.editor.IStandaloneCodeEditor>();
  const origins = new Set<unknown>();
  const undo = new Y.UndoManager(text, { trackedOrigins: origins });
  // Each line is an undo step at most; registered before the binding, so it comes first.
  model.onDidChangeContent(({ changes }) => {
    if (changes.some((change) => change.text.includes("\n"))) undo.stopCapturing();
  });
  const binding = new MonacoBinding(text, model, editors);
  origins.add(binding);
  takeOverUndo(model, undo, takes);
  guard(model, takes);
  text.observe((event, transaction) => {
    if (transaction.origin === undo) showChange(event, model, editors);
  });
  return { path, text, model, undo, editors };
}

/** Monaco's own undo stack knows nothing of the others' edits and would mix up the text. */
function takeOverUndo(
  model: monaco.editor.ITextModel,
  undo: Y.UndoManager,
  takes: Admission,
): void {
  Object.assign(model, {
    undo: () => {
      if (takes(restored(undo.undoStack))) undo.undo();
    },
    redo: () => {
      if (takes(restored(undo.redoStack))) undo.redo();
    },
    canUndo: () => undo.canUndo(),
    canRedo: () => undo.canRedo(),
  });
}

/** How much text the newest step brings back, as if it was ASCII. */
function restored(stack: Y.UndoManager["undoStack"]): number {
  let length = 0;
  for (const ranges of stack.at(-1)?.deletions.clients.values() ?? []) {
    for (const { len } of ranges) length += len;
  }
  return length;
}

/** Everything that a person does to the text goes through here, what others do does not. */
function guard(model: monaco.editor.ITextModel, takes: Admission): void {
  const push = model.pushEditOperations.bind(model);
  const guarded: typeof push = (before, operations, ...rest) => {
    const bytes = operations.reduce((sum, { text }) => sum + utf8Length(text ?? ""), 0);
    return bytes > 0 && !takes(bytes) ? null : push(before, operations, ...rest);
  };
  Object.assign(model, { pushEditOperations: guarded });
}

function utf8Length(text: string): number {
  // Each UTF-16 unit takes three bytes at most, so only what may matter is encoded.
  return text.length > SURELY_FITS ? new TextEncoder().encode(text).length : text.length * 3;
}

/** Puts the caret where an undo has changed the text. */
function showChange(
  event: Y.YTextEvent,
  model: monaco.editor.ITextModel,
  editors: ReadonlySet<monaco.editor.IStandaloneCodeEditor>,
): void {
  let index = 0;
  let end = 0;
  for (const { retain, insert } of event.delta) {
    if (retain !== undefined) index += retain;
    else {
      if (typeof insert === "string") index += insert.length;
      end = index;
    }
  }
  const position = model.getPositionAt(end);
  for (const editor of editors) {
    if (editor.getModel() !== model) continue;
    editor.setPosition(position);
    editor.revealPositionInCenterIfOutsideViewport(position);
  }
}

function close(file: OpenFile): void {
  file.undo.destroy();
  // The binding ends with its model.
  file.model.dispose();
}
