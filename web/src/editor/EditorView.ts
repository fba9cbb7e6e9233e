/** One Monaco editor on the page: shows a file of a room, tells the others where the caret is. */

import "./remoteCursors.css";
import "./widgets.css";

import * as Y from "yjs";

import type { Room } from "../collab/room";
import { FONT_FAMILY, FONT_SIZE_PX, loadFont, monaco, themeName } from "./monaco";
import { openFile, type OpenFile } from "./openFiles";
import { RemoteCursors } from "./remoteCursors";

/** Below this width lines wrap and the gutter is slim. */
const NARROW_PX = 560;

/** Scroll positions and carets by room and path; they outlast a replaced document. */
const views = new WeakMap<Room, Map<string, monaco.editor.ICodeEditorViewState>>();

export class EditorView {
  readonly #room: Room;
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  #file: OpenFile | null = null;
  #cursors: RemoteCursors | null = null;
  #onRun: (() => void) | null = null;
  #touched = false;

  constructor(room: Room, container: HTMLElement, theme: "light" | "dark") {
    this.#room = room;
    this.#editor = monaco.editor.create(container, {
      ...OPTIONS,
      ...widthOptions(container.clientWidth),
      theme: themeName(theme),
    });
    this.#editor.addAction({
      id: "codeinterview.run",
      label: "Run",
      keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
      contextMenuGroupId: "navigation",
      run: () => this.#onRun?.(),
    });
    this.#editor.onDidChangeCursorSelection(() => {
      this.#point();
    });
    this.#editor.onDidChangeCursorPosition(({ reason }) => {
      // Typing somewhere else is another undo step.
      if (reason === monaco.editor.CursorChangeReason.Explicit) this.#file?.undo.stopCapturing();
    });
    this.#editor.onDidFocusEditorText(() => {
      this.#touched = true;
      this.#point();
    });
    this.#editor.onDidLayoutChange(({ width }) => {
      this.#editor.updateOptions(widthOptions(width));
    });
    void loadFont();
  }

  /** Shows a file of the room's present document. */
  show(path: string, language: string): void {
    const file = openFile(this.#room.text(path), path, language, (bytes) =>
      this.#room.takes(bytes),
    );
    if (file === this.#file) return;
    this.#leaveFile();
    this.#file = file;
    file.editors.add(this.#editor);
    this.#editor.setModel(file.model);
    this.#editor.updateOptions({ ariaLabel: `Code editor, ${path}` });
    const state = views.get(this.#room)?.get(path);
    if (state !== undefined) this.#editor.restoreViewState(state);
    this.#cursors = new RemoteCursors(this.#editor, this.#room.awareness, file, this.#room.doc);
    this.#point();
  }

  setReadOnly(readOnly: boolean, message: string | undefined): void {
    this.#editor.updateOptions({
      readOnly,
      domReadOnly: readOnly,
      ...(message !== undefined && { readOnlyMessage: { value: message } }),
    });
  }

  setTheme(theme: "light" | "dark"): void {
    monaco.editor.setTheme(themeName(theme));
  }

  onRun(run: (() => void) | null): void {
    this.#onRun = run;
  }

  dispose(): void {
    this.#leaveFile();
    this.#editor.dispose();
    if (this.#room.awareness.getLocalState() !== null) {
      this.#room.awareness.setLocalStateField("selection", null);
    }
  }

  #leaveFile(): void {
    const file = this.#file;
    if (file === null) return;
    this.#cursors?.dispose();
    this.#cursors = null;
    file.editors.delete(this.#editor);
    const state = file.model.isDisposed() ? null : this.#editor.saveViewState();
    if (state !== null) {
      const byPath =
        views.get(this.#room) ?? new Map<string, monaco.editor.ICodeEditorViewState>();
      views.set(this.#room, byPath.set(file.path, state));
    }
    this.#file = null;
  }

  /** Tells the others; whoever has not touched the editor yet points nowhere. */
  #point(): void {
    const file = this.#file;
    const selection = this.#editor.getSelection();
    if (!this.#touched || file === null || selection === null) return;
    if (this.#editor.getModel() !== file.model) return;
    const anchor = file.model.getOffsetAt({
      lineNumber: selection.selectionStartLineNumber,
      column: selection.selectionStartColumn,
    });
    const head = file.model.getOffsetAt(selection.getPosition());
    this.#room.awareness.setLocalStateField("selection", {
      anchor: Y.createRelativePositionFromTypeIndex(file.text, anchor),
      head: Y.createRelativePositionFromTypeIndex(file.text, head),
      path: file.path,
    });
  }
}

const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  model: null,
  automaticLayout: true,
  acceptSuggestionOnCommitCharacter: false,
  acceptSuggestionOnEnter: "smart",
  accessibilitySupport: "auto",
  bracketPairColorization: { enabled: true },
  contextmenu: true,
  cursorBlinking: "solid",
  cursorSmoothCaretAnimation: "off",
  fixedOverflowWidgets: true,
  fontFamily: FONT_FAMILY,
  fontLigatures: false,
  fontSize: FONT_SIZE_PX,
  lineHeight: 22,
  guides: { indentation: true, bracketPairs: false },
  hover: { enabled: "on" },
  links: false,
  minimap: { enabled: false },
  occurrencesHighlight: "singleFile",
  overviewRulerLanes: 0,
  padding: { top: 12, bottom: 12 },
  renderFinalNewline: "on",
  renderLineHighlight: "line",
  renderLineHighlightOnlyWhenFocus: true,
  renderWhitespace: "selection",
  roundedSelection: false,
  scrollBeyondLastLine: false,
  smoothScrolling: false,
  stickyScroll: { enabled: false },
  tabFocusMode: false,
  unicodeHighlight: { ambiguousCharacters: false },
  wordBasedSuggestions: "currentDocument",
};

function widthOptions(widthPx: number): monaco.editor.IEditorOptions {
  const narrow = widthPx > 0 && widthPx < NARROW_PX;
  return {
    folding: !narrow,
    glyphMargin: false,
    lineDecorationsWidth: narrow ? 8 : 16,
    lineNumbersMinChars: narrow ? 2 : 3,
    wordWrap: narrow ? "on" : "off",
    wrappingIndent: "indent",
    scrollbar: {
      verticalScrollbarSize: 10,
      horizontalScrollbarSize: 10,
      useShadows: false,
      alwaysConsumeMouseWheel: false,
    },
  };
}
