/** Running the session's code here: one `Runner`, one `PreviewRun`, and what the controls show. */

import { useEffect, useState, useSyncExternalStore } from "react";

import { newParticipantId as newRunId } from "../../api/credentials";
import { Lease } from "../../app/Lease";
import type { OutputStream } from "../../collab/messages";
import type { Room } from "../../collab/room";
import { loadEditor } from "../../editor/loadEditor";
import { Runner, type RunnerSnapshot } from "../../execution/runner";
import type { LoadProgress } from "../../panels/OutputPanel";
import { PreviewRun, type PreviewSnapshot } from "../../panels/PreviewRun";
import type { RunControl } from "../../panels/TopBar";
import { languageLabel, type SourceFile } from "../../ui/languages";

export interface Execution {
  readonly control: RunControl;
  readonly progress: LoadProgress | null;
  readonly problem: string | null;
  /** What the viewer's own program asks for, null while it does not wait. */
  readonly prompt: string | null;
  readonly preview: PreviewSnapshot;
  readonly run: () => void;
  readonly stop: () => void;
  readonly input: (text: string | null) => void;
  readonly print: (stream: OutputStream, text: string) => void;
}

const nothing = (): (() => void) => () => undefined;
const noRunner = (): RunnerSnapshot | null => null;
const WORTH_SHOWING_BYTES = 1024 * 1024;
const CLOSED: PreviewSnapshot = { live: false, version: 0, files: {} };
const closed = (): PreviewSnapshot => CLOSED;

export function useExecution(options: {
  readonly room: Room;
  readonly language: string;
  readonly files: readonly SourceFile[];
  readonly canRun: boolean;
}): Execution {
  const { room, language, files, canRun } = options;
  const [runners] = useState(
    () => new Lease(() => new Runner({ send: (message) => room.sendRun(message) })),
  );
  const [previews] = useState(
    () =>
      new Lease(
        () => new PreviewRun({ send: (message) => room.sendRun(message), newId: newRunId }),
      ),
  );
  const runner = useSyncExternalStore(runners.subscribe, runners.getValue);
  const pages = useSyncExternalStore(previews.subscribe, previews.getValue);
  const state = useSyncExternalStore(
    runner ? (listener) => runner.subscribe(listener) : nothing,
    runner ? () => runner.getSnapshot() : noRunner,
  );
  const preview = useSyncExternalStore(
    pages?.subscribe ?? nothing,
    pages?.getSnapshot ?? closed,
  );
  const isPage = language === "html";

  useEffect(() => {
    if (isPage) runner?.rest();
    if (isPage || !canRun || runner === null) return undefined;
    let wanted = true;
    const warmUp = (): void => {
      if (wanted) runner.warmUp(language);
    };
    // A language may be ten times as large as the editor, and one types before one runs.
    loadEditor().then(warmUp, warmUp);
    return () => {
      wanted = false;
    };
  }, [runner, canRun, isPage, language]);

  useEffect(() => {
    // Another language took the page's place.
    if (!isPage && pages?.getSnapshot().live) pages.stop();
  }, [pages, isPage]);

  const main = files[0];
  const control = isPage ? (preview.live ? "run_again" : "run") : controlOf(state);
  return {
    control,
    preview,
    progress: isPage ? null : progressOf(state),
    problem: isPage ? null : (state?.error ?? null),
    prompt: state?.state === "waiting_for_input" ? (state.prompt ?? "") : null,
    run: () => {
      if (!canRun || main === undefined || control === "stop" || control === "stopping") return;
      const sources = Object.fromEntries(
        files.map((file) => [file.path, room.text(file.path).toJSON()]),
      );
      if (isPage) pages?.start(main.path, sources);
      else runner?.run({ language, path: main.path, files: sources });
    },
    stop: () => {
      if (isPage) pages?.stop();
      else runner?.stop();
    },
    input: (text) => {
      runner?.input(text);
    },
    print: (stream, text) => {
      pages?.print(stream, text);
    },
  };
}

function controlOf(state: RunnerSnapshot | null): RunControl {
  if (state === null) return "run";
  switch (state.state) {
    case "idle":
      return "run";
    case "loading":
      return state.runId === null ? "run" : "stop";
    case "running":
    case "waiting_for_input":
      return "stop";
    case "stopping":
      return "stopping";
  }
}

function progressOf(state: RunnerSnapshot | null): LoadProgress | null {
  if (!state?.progress) return null;
  // Warming up ahead of a run is worth a word only where it takes a while.
  if (state.state !== "loading" && state.progress.totalBytes < WORTH_SHOWING_BYTES) return null;
  return { what: languageLabel(state.language ?? ""), ...state.progress };
}
