/** The shared editor as a component; Monaco itself arrives in a chunk of its own. */

import { RefreshCw } from "lucide-react";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

import type { Room } from "../collab/room";
import { Button } from "../ui/Button";
import css from "./CodeEditor.module.css";
import type { EditorView } from "./EditorView";
import { loadEditor } from "./loadEditor";

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

type Load = "loading" | "ready" | "failed";

/** From here on a person wonders; a chunk out of the cache is there sooner. */
const PATIENCE_MS = 400;

export function CodeEditor(props: CodeEditorProps) {
  const { room, path, language, readOnly, readOnlyMessage, theme, onRun } = props;
  const container = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<EditorView | null>(null);
  const [load, setLoad] = useState<Load>("loading");
  const [attempt, setAttempt] = useState(0);
  const epoch = useSyncExternalStore(
    room.subscribe,
    useCallback(() => room.getSnapshot().documentEpoch, [room]),
  );
  // The theme is followed by an effect of its own; a change must not make a new editor.
  const firstTheme = useRef(theme);

  useEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    let made: EditorView | null = null;
    let gone = false;
    loadEditor().then(
      (module) => {
        if (gone) return;
        made = new module.EditorView(room, element, firstTheme.current);
        setView(made);
        setLoad("ready");
      },
      () => {
        if (!gone) setLoad("failed");
      },
    );
    return () => {
      gone = true;
      made?.dispose();
      setView(null);
    };
  }, [room, attempt]);

  useEffect(() => {
    view?.show(path, language);
  }, [view, path, language, epoch]);
  useEffect(() => {
    view?.setReadOnly(readOnly, readOnlyMessage);
  }, [view, readOnly, readOnlyMessage]);
  useEffect(() => {
    firstTheme.current = theme;
    view?.setTheme(theme);
  }, [view, theme]);
  useEffect(() => {
    view?.onRun(onRun ?? null);
  }, [view, onRun]);

  return (
    <div className={css["editor"]} data-path={path}>
      <div ref={container} className={css["container"]} />
      {load === "loading" && <Loading />}
      {load === "failed" && (
        <div className={css["failed"]} role="alert">
          <p>The editor could not be loaded. Check the connection to the host, then try again.</p>
          <Button
            icon={<RefreshCw size={16} aria-hidden="true" />}
            onClick={() => {
              // Browsers may remember that a script failed; a second failure needs a new page.
              if (attempt > 0) window.location.reload();
              setLoad("loading");
              setAttempt(attempt + 1);
            }}
          >
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

function Loading() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <p className={css["loading"]} role="status">
      {shown ? "Loading the editor…" : ""}
    </p>
  );
}
