/** What programs printed: run by run, streamed, with who ran what and how it ended. */

import {
  ArrowDown,
  Check,
  CircleCheck,
  CircleStop,
  CircleX,
  Copy,
  Eraser,
  TimerOff,
  TriangleAlert,
  type LucideIcon,
} from "lucide-react";
import { memo, useLayoutEffect, useRef, useState } from "react";

import type { OutputStream, RunRecord } from "../collab/messages";
import { Button, IconButton, Spinner } from "../ui/Button";
import { cx } from "../ui/cx";
import { clock, duration, elapsed } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Kbd } from "../ui/Kbd";
import { chord } from "../ui/platform";
import { Tooltip } from "../ui/Tooltip";
import { useCopy } from "../ui/useCopy";
import css from "./OutputPanel.module.css";
import { atEnd, piecesOf, plainText, runWord } from "./output";
import panel from "./panel.module.css";
import { StdinBox } from "./StdinBox";

export interface LoadProgress {
  /** What is loading, such as "Python". */
  readonly what: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

interface OutputPanelProps {
  readonly title: string;
  /** Oldest first; cleared ones are left out already. */
  readonly runs: readonly RunRecord[];
  /** The viewer's participant id. */
  readonly myId: string;
  readonly canRun: boolean;
  readonly progress: LoadProgress | null;
  /** Why nothing can run, such as a sandbox that failed to load. */
  readonly problem: string | null;
  /** The prompt of the viewer's own program that waits for a line, null while none does. */
  readonly prompt: string | null;
  readonly onInput: (text: string | null) => void;
  readonly onClear: () => void;
}

export function OutputPanel(props: OutputPanelProps) {
  const { title, runs, myId, canRun, progress, problem, prompt, onInput, onClear } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [copyState, copy] = useCopy();

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && following) element.scrollTop = element.scrollHeight;
  }, [runs, following, prompt]);

  return (
    <section className={panel["panel"]} aria-label={title}>
      <header className={panel["header"]}>
        <h2 className={panel["title"]}>{title}</h2>
        <Tooltip text={copyState === "copied" ? "Copied" : "Copy output"}>
          <IconButton
            label="Copy output"
            disabled={runs.length === 0}
            onClick={() => {
              copy(plainText(runs));
            }}
          >
            {copyState === "copied" ? <Check size={16} /> : <Copy size={16} />}
          </IconButton>
        </Tooltip>
        <Tooltip text="Clear output (for you alone)">
          <IconButton label="Clear output" disabled={runs.length === 0} onClick={onClear}>
            <Eraser size={16} />
          </IconButton>
        </Tooltip>
      </header>
      {copyState === "failed" && (
        <p className={css["progress"]} role="alert">
          The browser did not allow copying. Select the text and press {chord("C")}.
        </p>
      )}
      {problem !== null && (
        <p className={cx(css["progress"], css["error"])} role="alert">
          {problem}
        </p>
      )}
      <div className={css["area"]}>
        {runs.length === 0 ? (
          <EmptyOutput canRun={canRun} />
        ) : (
          <div
            ref={scroller}
            className={css["scroller"]}
            role="log"
            aria-label="Program output"
            // Scrolled with the keyboard, so it takes focus.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            onScroll={(event) => {
              setFollowing(atEnd(event.currentTarget));
            }}
          >
            {runs.map((run) => (
              <Run key={run.run_id} run={run} mine={run.participant_id === myId} />
            ))}
          </div>
        )}
        {!following && runs.length > 0 && (
          <Button
            className={css["latest"]}
            icon={<ArrowDown size={16} aria-hidden="true" />}
            onClick={() => {
              setFollowing(true);
            }}
          >
            Latest
          </Button>
        )}
        {progress !== null && <Progress progress={progress} />}
      </div>
      {prompt !== null && <StdinBox prompt={prompt} onInput={onInput} />}
    </section>
  );
}

const STATE_ICONS: Readonly<Record<Exclude<RunRecord["status"], "running">, LucideIcon>> = {
  ok: CircleCheck,
  error: CircleX,
  stopped: CircleStop,
  timeout: TimerOff,
};

const Run = memo(function Run({ run, mine }: { readonly run: RunRecord; readonly mine: boolean }) {
  const running = run.status === "running";
  const now = useNow(running ? 1000 : null);
  const pieces = piecesOf(run.output);
  const took = run.duration_ms ?? (running ? Math.max(0, now - run.started_at) : null);
  const Icon = run.status === "running" ? null : STATE_ICONS[run.status];
  return (
    <article className={css["run"]} aria-label={`${run.name} ran ${run.path}`}>
      <header className={css["runHeader"]}>
        <span className={css["who"]} title={run.name}>
          {mine ? "You" : run.name}
        </span>
        <span>ran {run.path}</span>
        <time dateTime={new Date(run.started_at).toISOString()}>{clock(run.started_at)}</time>
        <span className={css["spacer"]} />
        {took !== null && (
          <span className={css["took"]}>{running ? elapsed(took) : duration(took)}</span>
        )}
        <span className={cx(css["state"], css[run.status])}>
          {Icon ? <Icon size={14} aria-hidden="true" /> : <Spinner size={14} />}
          {runWord(run.status)}
        </span>
      </header>
      {pieces.length > 0 && (
        <pre className={css["text"]}>
          {pieces.map((piece, index) => (
            // Pieces only ever grow at the end.
            <Text key={index} stream={piece.stream} text={piece.text} />
          ))}
        </pre>
      )}
      {pieces.length === 0 && !running && !run.truncated && (
        <p className={css["note"]} style={{ paddingTop: 8 }}>
          Nothing was printed.
        </p>
      )}
      {run.truncated && (
        <p className={cx(css["note"], css["cut"])}>
          <TriangleAlert size={12} aria-hidden="true" /> The output was too long; the rest is not
          shown.
        </p>
      )}
    </article>
  );
});

const STREAM_CLASSES: Readonly<Record<OutputStream, string | undefined>> = {
  stdout: undefined,
  stderr: css["stderrStream"],
  error: css["errorStream"],
  warn: css["warnStream"],
  info: css["infoStream"],
  system: css["systemStream"],
};

function Text({ stream, text }: { readonly stream: OutputStream; readonly text: string }) {
  return (
    <span className={STREAM_CLASSES[stream]} data-stream={stream}>
      {text}
    </span>
  );
}

function EmptyOutput({ canRun }: { readonly canRun: boolean }) {
  return (
    <div className={panel["empty"]}>
      <strong>No output yet</strong>
      {canRun ? (
        <p>
          Press Run or <Kbd>{chord("Enter")}</Kbd>. Everyone here sees what is printed.
        </p>
      ) : (
        <p>When somebody runs the code, what it prints appears here.</p>
      )}
    </div>
  );
}

function Progress({ progress }: { readonly progress: LoadProgress }) {
  const { what, loadedBytes, totalBytes } = progress;
  const share = totalBytes > 0 ? Math.min(1, loadedBytes / totalBytes) : 0;
  return (
    <div className={cx(css["progress"], css["loading"])}>
      <span>
        Getting {what} ready: {megabytesOf(loadedBytes, totalBytes)}
      </span>
      <div
        className={css["track"]}
        role="progressbar"
        aria-label={`Loading ${what}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div className={css["bar"]} style={{ width: `${String(share * 100)}%` }} />
      </div>
    </div>
  );
}

function megabytesOf(loaded: number, total: number): string {
  const mb = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  return total > 0 ? `${mb(loaded)} of ${mb(total)} MB` : `${mb(loaded)} MB`;
}
