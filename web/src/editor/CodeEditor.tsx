/** The shared editor as a component; Monaco itself arrives in a chunk of its own. */

import type { Room } from "../collab/room";

export interface CodeEditorProps {
  readonly room: Room;
  readonly path: string;
  /** Monaco's language id. */
  readonly language: string;
  readonly readOnly: boolean;
  /** Shown when somebody types into a read-only editor. */
  readonly readOnlyMessage?: string;
  readonly theme: "light" | "dark";
  readonly onRun?: () => void;
}

export function CodeEditor(props: CodeEditorProps) {
  return <div data-path={props.path} />;
}
