/** The others' carets and selections in one editor, with their names. */

import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";

import { presenceColor } from "../theme/presence";
import { monaco } from "./monaco";
import type { OpenFile } from "./openFiles";

/** How long a name stays after its caret has moved. */
const LABEL_MS = 2_000;
const NAME_CHARS_MAX = 24;

interface Pointer {
  readonly client: number;
  readonly name: string;
  readonly presence: number;
  readonly anchor: number;
  readonly head: number;
}

/** Reads awareness, never the editor's own state; draws decorations under our own style rules. */
export class RemoteCursors {
  readonly #editor: monaco.editor.IStandaloneCodeEditor;
  readonly #awareness: Awareness;
  readonly #file: OpenFile;
  readonly #doc: Y.Doc;
  readonly #decorations: monaco.editor.IEditorDecorationsCollection;
  readonly #sheet = new CSSStyleSheet();
  readonly #labels = new Map<number, { readonly where: string; readonly untilMs: number }>();
  #rules = "";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #disposed = false;

  constructor(
    editor: monaco.editor.IStandaloneCodeEditor,
    awareness: Awareness,
    file: OpenFile,
    doc: Y.Doc,
  ) {
    this.#editor = editor;
    this.#awareness = awareness;
    this.#file = file;
    this.#doc = doc;
    this.#decorations = editor.createDecorationsCollection();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
    awareness.on("change", this.#draw);
    // Registered behind the binding: the model has changed already.
    file.text.observe(this.#draw);
    this.#draw();
  }

  dispose(): void {
    this.#disposed = true;
    this.#awareness.off("change", this.#draw);
    this.#file.text.unobserve(this.#draw);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#decorations.clear();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(
      (sheet) => sheet !== this.#sheet,
    );
  }

  readonly #draw = (): void => {
    if (this.#disposed || this.#editor.getModel() !== this.#file.model) return;
    const now = Date.now();
    const pointers = this.#pointers();
    this.#style(pointers);
    let nextMs = Infinity;
    const seen = new Set<number>();
    const decorations = pointers.map((pointer) => {
      seen.add(pointer.client);
      const where = `${String(pointer.anchor)} ${String(pointer.head)}`;
      const label = this.#labels.get(pointer.client);
      const untilMs = label?.where === where ? label.untilMs : now + LABEL_MS;
      this.#labels.set(pointer.client, { where, untilMs });
      if (untilMs > now) nextMs = Math.min(nextMs, untilMs - now);
      return this.#decorate(pointer, untilMs > now);
    });
    for (const client of this.#labels.keys()) if (!seen.has(client)) this.#labels.delete(client);
    this.#decorations.set(decorations);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = nextMs === Infinity ? null : setTimeout(this.#draw, nextMs + 10);
  };

  #decorate(pointer: Pointer, labelled: boolean): monaco.editor.IModelDeltaDecoration {
    const { model } = this.#file;
    const { client, name, anchor, head } = pointer;
    const from = model.getPositionAt(Math.min(anchor, head));
    const to = model.getPositionAt(Math.max(anchor, head));
    const { lineNumber: headLine, column } = head >= anchor ? to : from;
    const { viewportColumn } = this.#editor.getLayoutInfo();
    const headClass = [
      "yRemoteSelectionHead",
      `yRemoteSelectionHead-${String(client)}`,
      labelled ? "yRemoteSelectionHead--named" : "",
      // Above the first line there is no room.
      headLine === 1 ? "yRemoteSelectionHead--below" : "",
      // At the right edge a name would be cut off.
      column % viewportColumn > viewportColumn - name.length ? "yRemoteSelectionHead--left" : "",
    ]
      .filter((name) => name !== "")
      .join(" ");
    return {
      range: monaco.Range.fromPositions(from, to),
      options: {
        className:
          anchor === head ? null : `yRemoteSelection yRemoteSelection-${String(client)}`,
        beforeContentClassName: head < anchor || head === anchor ? headClass : null,
        afterContentClassName: head > anchor ? headClass : null,
        stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
        zIndex: 10,
      },
    };
  }

  #pointers(): readonly Pointer[] {
    const pointers: Pointer[] = [];
    for (const [client, state] of this.#awareness.getStates()) {
      if (client === this.#awareness.clientID) continue;
      const pointer = this.#read(client, state);
      if (pointer !== null) pointers.push(pointer);
    }
    return pointers;
  }

  /** Others' states come from their browsers: anything may be missing or mean nothing here. */
  #read(client: number, state: Readonly<Record<string, unknown>>): Pointer | null {
    const selection = object(state["selection"]);
    const user = object(state["user"]);
    if (selection === null) return null;
    const path = selection["path"];
    if (path !== undefined && path !== this.#file.path) return null;
    const anchor = this.#offset(selection["anchor"]);
    const head = this.#offset(selection["head"]);
    if (anchor === null || head === null) return null;
    const { name, presence } = user ?? {};
    return {
      client,
      name: typeof name === "string" ? shortened(name) : "",
      presence: typeof presence === "number" ? presence : client % 8,
      anchor,
      head,
    };
  }

  #offset(position: unknown): number | null {
    if (object(position) === null) return null;
    try {
      const found = Y.createAbsolutePositionFromRelativePosition(
        Y.createRelativePositionFromJSON(position),
        this.#doc,
      );
      return found?.type === this.#file.text ? found.index : null;
    } catch {
      return null;
    }
  }

  #style(pointers: readonly Pointer[]): void {
    const rules = pointers
      .map(({ client, name, presence }) => {
        const id = String(client);
        const color = presenceColor(presence);
        return (
          `.yRemoteSelection-${id}, .yRemoteSelectionHead-${id} { --who: ${color}; }` +
          `.yRemoteSelectionHead-${id}::after { content: ${cssString(name)}; }`
        );
      })
      .join("\n");
    if (rules === this.#rules) return;
    this.#rules = rules;
    this.#sheet.replaceSync(rules);
  }
}

/** A CSS string in which every character but letters, digits and spaces is escaped. */
export function cssString(text: string): string {
  const escaped = text.replace(
    /[^\p{L}\p{N} ]/gu,
    (character) => `\\${(character.codePointAt(0) ?? 0).toString(16)} `,
  );
  return `"${escaped}"`;
}

function shortened(name: string): string {
  const characters = Array.from(name);
  return characters.length <= NAME_CHARS_MAX
    ? name
    : `${characters.slice(0, NAME_CHARS_MAX - 1).join("").trimEnd()}…`;
}

function object(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
