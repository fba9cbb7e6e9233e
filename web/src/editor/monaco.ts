/** Monaco as this product uses it: chosen features, four languages, one worker, our themes. */

// Features by name: the rest (diffs, code lenses, GPU drawing, …) would only be carried along.
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/caretOperations/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/codeEditor/register";
import "monaco-editor/features/colorPicker/register";
import "monaco-editor/features/comment/register";
import "monaco-editor/features/contextmenu/register";
import "monaco-editor/features/cursorUndo/register";
import "monaco-editor/features/dnd/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/fontZoom/register";
import "monaco-editor/features/gotoLine/register";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/iPadShowKeyboard/register";
import "monaco-editor/features/indentation/register";
import "monaco-editor/features/lineSelection/register";
import "monaco-editor/features/linesOperations/register";
import "monaco-editor/features/linkedEditing/register";
import "monaco-editor/features/longLinesHelper/register";
import "monaco-editor/features/multicursor/register";
import "monaco-editor/features/quickCommand/register";
import "monaco-editor/features/readOnlyMessage/register";
import "monaco-editor/features/smartSelect/register";
import "monaco-editor/features/snippet/register";
import "monaco-editor/features/toggleTabFocusMode/register";
import "monaco-editor/features/tokenization/register";
import "monaco-editor/features/unicodeHighlighter/register";
import "monaco-editor/features/wordHighlighter/register";
import "monaco-editor/features/wordOperations/register";
import "monaco-editor/features/wordPartOperations/register";
import "monaco-editor/languages/definitions/css/register";
import "monaco-editor/languages/definitions/html/register";
import "monaco-editor/languages/definitions/javascript/register";
import "monaco-editor/languages/definitions/python/register";

// The list of suggestions; the feature of that name does not bring it along.
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";

import * as monaco from "monaco-editor/editor";
import EditorWorker from "monaco-editor/editor/editor.worker?worker";

import { themes, type Theme } from "../theme/tokens";
import { editorTheme } from "./editorTheme";

declare global {
  var MonacoEnvironment: monaco.Environment | undefined;
}

globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };

export const FONT_FAMILY =
  '"JetBrains Mono Variable", ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace';
export const FONT_SIZE_PX = 14;

for (const theme of Object.values(themes)) {
  monaco.editor.defineTheme(themeName(theme.mode), editorTheme(theme));
}

export function themeName(mode: Theme["mode"]): string {
  return `codeinterview-${mode}`;
}

/** Monaco measures characters once; before the font has come it would measure another one. */
export async function loadFont(): Promise<void> {
  try {
    await document.fonts.load(`${String(FONT_SIZE_PX)}px "JetBrains Mono Variable"`);
  } catch {
    // The next family of the list is used, and measured, instead.
  }
  monaco.editor.remeasureFonts();
}

export { monaco };
