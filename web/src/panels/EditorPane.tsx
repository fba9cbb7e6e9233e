/** The open file of the session's language, with tabs where it has several. */

import { LockKeyhole } from "lucide-react";

import type { Room } from "../collab/room";
import { CodeEditor } from "../editor/CodeEditor";
import type { ThemeMode } from "../theme/ThemeStore";
import { FileIcon, type SourceFile } from "../ui/languages";
import { TabBar } from "../ui/TabBar";
import css from "./EditorPane.module.css";

interface EditorPaneProps {
  readonly room: Room;
  readonly files: readonly SourceFile[];
  readonly open: SourceFile;
  readonly ready: boolean;
  readonly readOnly: boolean;
  /** Said when somebody types into a read-only editor. */
  readonly readOnlyMessage: string;
  readonly theme: ThemeMode;
  readonly onOpen: (path: string) => void;
  readonly onRun: () => void;
}

const PANEL = "editor-panel";

export function EditorPane(props: EditorPaneProps) {
  const { room, files, open, ready, readOnly, readOnlyMessage, theme, onOpen, onRun } = props;
  return (
    <section className={css["pane"]} aria-label="Editor">
      <div className={css["tabs"]}>
        <TabBar
          label="Files"
          items={files.map((file) => ({
            id: file.path,
            label: file.path,
            icon: <FileIcon path={file.path} size={14} />,
          }))}
          value={open.path}
          onChange={onOpen}
          panelId={() => PANEL}
        />
        {readOnly && ready && (
          <span className={css["readOnly"]}>
            <LockKeyhole size={14} aria-hidden="true" />
            Read only
          </span>
        )}
      </div>
      <div
        className={css["editor"]}
        id={PANEL}
        role="tabpanel"
        aria-labelledby={`tab-${PANEL}-${open.path}`}
      >
        {ready ? (
          <CodeEditor
            room={room}
            path={open.path}
            language={open.monaco}
            readOnly={readOnly}
            readOnlyMessage={readOnlyMessage}
            theme={theme}
            onRun={onRun}
          />
        ) : (
          <EditorSkeleton />
        )}
      </div>
    </section>
  );
}

function EditorSkeleton() {
  return (
    <div className={css["loading"]} aria-hidden="true">
      {[30, 48, 42, 24, 56].map((width) => (
        <div key={width} className={css["line"]} style={{ width: `${String(width)}%` }} />
      ))}
    </div>
  );
}
