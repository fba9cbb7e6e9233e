/** The room's head: what this is, language and Run, who is here, inviting, leaving, ending. */

import {
  ChevronDown,
  Check,
  Copy,
  Flag,
  LogOut,
  Play,
  RotateCw,
  Square,
} from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Participant, SessionInfo } from "../collab/messages";
import { Button } from "../ui/Button";
import { cx } from "../ui/cx";
import { LANGUAGES, LanguageIcon, languageLabel } from "../ui/languages";
import { Mark } from "../ui/Mark";
import { Menu, MenuChoice, MenuLabel } from "../ui/Menu";
import { chord } from "../ui/platform";
import { ThemeMenu } from "../ui/ThemeMenu";
import { Tooltip } from "../ui/Tooltip";
import { useCopy } from "../ui/useCopy";
import { VisuallyHidden } from "../ui/VisuallyHidden";
import { MoreMenu } from "./MoreMenu";
import { PeopleButton } from "./PeopleButton";
import css from "./TopBar.module.css";

export type RunControl = "run" | "run_again" | "stop" | "stopping";

interface TopBarProps {
  readonly session: SessionInfo;
  readonly me: Participant;
  readonly participants: readonly Participant[];
  readonly waiting: number;
  readonly narrow: boolean;
  /** Where words have to give way to icons. */
  readonly tight: boolean;
  /** Where icons have to give way to the menu. */
  readonly cramped: boolean;
  readonly canEdit: boolean;
  readonly canRun: boolean;
  readonly run: RunControl;
  readonly peopleShown: boolean;
  readonly connection: ReactNode;
  readonly invite: ReactNode;
  readonly onLanguage: (language: string) => void;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onPeople: () => void;
  readonly onLeave: () => void;
  readonly onEnd: () => void;
  readonly onRename: () => void;
  readonly onLock: (locked: boolean) => void;
  readonly onHelp: () => void;
}

export function TopBar(props: TopBarProps) {
  const { session, me, narrow, tight, cramped } = props;
  const ended = session.phase === "ended";
  const title = (
    <>
      <Link className={css["home"]} to="/" aria-label="Start page" title="Start page">
        <Mark size={22} />
      </Link>
      <h1 className={css["title"]} title={session.title}>
        {session.title}
      </h1>
    </>
  );
  const code = <CodeChip code={session.id} />;
  const end = me.role === "interviewer" && !ended && (
    <Button
      variant="danger"
      icon={<Flag size={16} aria-hidden="true" />}
      aria-label="End interview"
      title="End interview"
      onClick={props.onEnd}
    >
      {!tight && "End"}
    </Button>
  );

  if (narrow) {
    return (
      <header className={cx(css["bar"], css["narrow"])}>
        <div className={css["row"]}>
          {title}
          {code}
          {props.connection}
          <MoreMenu {...props} full />
        </div>
        <div className={css["row"]}>
          <LanguageMenu {...props} />
          <RunButton {...props} />
          <span className={css["spacer"]} />
          {props.invite}
        </div>
      </header>
    );
  }
  return (
    <header className={css["bar"]}>
      {title}
      {code}
      <span className={css["divider"]} />
      <LanguageMenu {...props} />
      <RunButton {...props} />
      <span className={css["spacer"]} />
      {props.connection}
      <PeopleButton
        participants={props.participants}
        waiting={props.waiting}
        pressed={props.peopleShown}
        faces={cramped ? 2 : tight ? 3 : 5}
        onClick={props.onPeople}
      />
      {props.invite}
      {!cramped && <ThemeMenu />}
      <MoreMenu {...props} full={cramped} />
      {!cramped && (
        <Button
          icon={<LogOut size={16} aria-hidden="true" />}
          aria-label="Leave"
          title="Leave"
          onClick={props.onLeave}
        >
          {!tight && "Leave"}
        </Button>
      )}
      {!cramped && end}
    </header>
  );
}

function CodeChip({ code }: { readonly code: string }) {
  const [state, copy] = useCopy();
  return (
    <Tooltip
      text={
        state === "copied"
          ? "Copied"
          : state === "failed"
            ? `Select and copy: ${code}`
            : "Copy the session code"
      }
    >
      <Button
        variant="ghost"
        className={cx(css["code"], state === "copied" && css["copied"])}
        aria-label={
          state === "copied" ? `Session code ${code} copied` : `Copy the session code ${code}`
        }
        onClick={() => {
          copy(code);
        }}
      >
        <span style={{ userSelect: "text" }}>{code}</span>
        {state === "copied" ? (
          <Check size={14} aria-hidden="true" />
        ) : (
          <Copy size={14} aria-hidden="true" />
        )}
      </Button>
    </Tooltip>
  );
}

function LanguageMenu({ session, canEdit, onLanguage }: TopBarProps) {
  const label = languageLabel(session.language);
  return (
    <Menu
      align="start"
      trigger={
        <Button
          disabled={!canEdit}
          icon={<LanguageIcon language={session.language} />}
        >
          <VisuallyHidden>Language: </VisuallyHidden>
          {label}
          <ChevronDown className={css["chevron"]} size={14} aria-hidden="true" />
        </Button>
      }
    >
      <MenuLabel>Language for everyone</MenuLabel>
      <MenuChoice<string>
        label="Language"
        value={session.language}
        onChange={(language) => {
          if (language !== session.language) onLanguage(language);
        }}
        options={LANGUAGES.map((language) => ({
          value: language.id,
          label: language.label,
          icon: <LanguageIcon language={language.id} />,
        }))}
      />
    </Menu>
  );
}

function RunButton({ run, canRun, narrow, tight, onRun, onStop }: TopBarProps) {
  if (run === "stop" || run === "stopping") {
    return (
      <Tooltip text={`Stop the program (${chord(".")})`}>
        <Button
          className={css["run"]}
          variant="dangerSolid"
          icon={<Square size={14} fill="currentColor" aria-hidden="true" />}
          busy={run === "stopping"}
          onClick={onStop}
        >
          Stop
        </Button>
      </Tooltip>
    );
  }
  const again = run === "run_again";
  return (
    <Tooltip text={`Run the code (${chord("Enter")})`}>
      <Button
        className={css["run"]}
        variant="primary"
        disabled={!canRun}
        aria-keyshortcuts="Control+Enter Meta+Enter"
        icon={
          again ? (
            <RotateCw size={14} aria-hidden="true" />
          ) : (
            <Play size={14} fill="currentColor" aria-hidden="true" />
          )
        }
        onClick={onRun}
      >
        Run
        {!narrow && !tight && (
          <span className={css["key"]} aria-hidden="true">
            {chord("↵")}
          </span>
        )}
      </Button>
    </Tooltip>
  );
}
