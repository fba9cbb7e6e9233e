/** "Check my connection": closed at first; what is found, in plain words, and details to hand on. */

import {
  Activity,
  Check,
  ChevronDown,
  CircleCheck,
  CircleX,
  Copy,
  Info,
  RotateCw,
  type LucideIcon,
} from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";

import { useServices } from "../../app/services";
import { socketUrl } from "../../collab/socketUrl";
import { Button, Spinner } from "../../ui/Button";
import { cx } from "../../ui/cx";
import { useCopy } from "../../ui/useCopy";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import css from "./ConnectionCheck.module.css";
import { conclude, report, verdict, type Conclusion, type Tone } from "./conclusions";
import { browserFacts, examine, type Examination } from "./examine";

const ICONS: Readonly<Record<Tone, LucideIcon>> = { good: CircleCheck, note: Info, bad: CircleX };
/** What the icon says, for those who do not see it. */
const TONE_WORDS: Readonly<Record<Tone, string>> = {
  good: "Works: ",
  note: "To know: ",
  bad: "In the way: ",
};

export function ConnectionCheck({ sessionId }: { readonly sessionId: string }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <section className={css["check"]} aria-label="Check of the connection">
      <Button
        variant="ghost"
        className={css["toggle"]}
        icon={<Activity size={16} aria-hidden="true" />}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => {
          setOpen(!open);
        }}
      >
        Check my connection
        <ChevronDown
          className={cx(css["chevron"], open && css["turned"])}
          size={16}
          aria-hidden="true"
        />
      </Button>
      {open && (
        <div id={id}>
          <Results sessionId={sessionId} />
        </div>
      )}
    </section>
  );
}

function Results({ sessionId }: { readonly sessionId: string }) {
  const { api, server } = useServices();
  const [found, setFound] = useState<Examination | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const lab = {
      api,
      openSocket: () => new WebSocket(socketUrl(server, sessionId)),
      browser: browserFacts,
    };
    examine(lab, signal).then(
      (examination) => {
        if (!signal.aborted) setFound(examination);
      },
      () => {
        // Nobody wants to know any more.
      },
    );
    return () => {
      controller.abort();
    };
  }, [api, server, sessionId, attempt]);

  const conclusions = found === null ? [] : conclude(found);
  const overall = found === null ? null : verdict(conclusions);
  return (
    <div className={css["results"]}>
      <p className={css["verdict"]} role="status">
        {overall === null ? (
          <>
            <Spinner />
            Checking; this takes a few seconds
          </>
        ) : (
          overall.title
        )}
      </p>
      {found !== null && (
        <>
          <ul className={css["list"]}>
            {conclusions.map((conclusion) => (
              <Line key={conclusion.about} {...conclusion} />
            ))}
          </ul>
          <div className={css["actions"]}>
            <Button
              icon={<RotateCw size={16} aria-hidden="true" />}
              onClick={() => {
                setFound(null);
                setAttempt((count) => count + 1);
              }}
            >
              Check again
            </Button>
            <CopyDetails text={report(found, server, navigator.userAgent)} />
          </div>
        </>
      )}
    </div>
  );
}

function Line({ about, tone, title, text }: Conclusion) {
  const Icon = ICONS[tone];
  return (
    <li className={css["line"]} data-about={about} data-tone={tone}>
      <Icon className={css[tone]} size={16} aria-hidden="true" />
      <div>
        <p className={css["lineTitle"]}>
          <VisuallyHidden>{TONE_WORDS[tone]}</VisuallyHidden>
          {title}
        </p>
        {text !== null && <p className={css["lineText"]}>{text}</p>}
      </div>
    </li>
  );
}

function CopyDetails({ text }: { readonly text: string }) {
  const [state, copy] = useCopy();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // The way that always works: the text is selected, Ctrl+C is up to the person.
    if (state === "failed") field.current?.select();
  }, [state]);
  return (
    <>
      <Button
        icon={
          state === "copied" ? (
            <Check size={16} aria-hidden="true" />
          ) : (
            <Copy size={16} aria-hidden="true" />
          )
        }
        onClick={() => {
          copy(text);
        }}
      >
        {state === "copied" ? "Details copied" : "Copy details"}
      </Button>
      {state === "failed" && (
        <div className={css["byHand"]}>
          <p className={css["lineText"]} role="alert">
            The browser did not allow copying. The text is selected: press Ctrl+C (⌘C on a Mac).
          </p>
          <textarea
            ref={field}
            className={css["details"]}
            aria-label="Details"
            rows={6}
            value={text}
            readOnly
          />
        </div>
      )}
    </>
  );
}
