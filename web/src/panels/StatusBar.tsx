/** The line that is always there: my role, the connection, whether the work is saved. */

import {
  CircleAlert,
  CloudAlert,
  CloudCheck,
  CloudUpload,
  Keyboard,
  Wifi,
  WifiOff,
  type LucideIcon,
} from "lucide-react";

import type { Participant } from "../collab/messages";
import type { RoomSnapshot } from "../collab/room";
import { ROLE_ICONS, ROLE_LABELS } from "../ui/Avatar";
import { Spinner } from "../ui/Button";
import { cx } from "../ui/cx";
import { Tooltip } from "../ui/Tooltip";
import { connectionWord, savedWord, type StateWord } from "./states";
import css from "./StatusBar.module.css";

interface StatusBarProps {
  readonly snapshot: RoomSnapshot;
  readonly me: Participant;
  /** Such as the language runtime that is being loaded. */
  readonly progress: string | null;
  readonly compact: boolean;
  readonly onHelp: () => void;
}

export function StatusBar({ snapshot, me, progress, compact, onHelp }: StatusBarProps) {
  const RoleIcon = ROLE_ICONS[me.role];
  const hidden = me.role === "observer" && snapshot.session?.observers_listed === false;
  const connection = connectionWord(snapshot);
  const saved = savedWord(snapshot);
  return (
    <footer className={css["bar"]}>
      <Tooltip
        text={`You are here as ${ROLE_LABELS[me.role].toLowerCase()}${hidden ? ". Candidates do not learn that you are here" : ""}`}
        side="top"
      >
        <span className={cx(css["item"], css[me.role])} data-status="role">
          <RoleIcon size={14} aria-hidden="true" />
          {ROLE_LABELS[me.role]}
          {hidden && ", hidden"}
        </span>
      </Tooltip>
      <State
        name="connection"
        state={connection}
        icon={connection.tone === "good" ? Wifi : connection.tone === "bad" ? CircleAlert : WifiOff}
      />
      <State
        name="saved"
        state={saved}
        icon={
          saved.tone === "good" ? CloudCheck : saved.tone === "busy" ? CloudUpload : CloudAlert
        }
      />
      <span className={css["spacer"]} />
      {progress !== null && !compact && (
        <span className={cx(css["item"], css["progress"])}>
          <Spinner size={12} />
          {progress}
        </span>
      )}
      {!compact && (
        <button type="button" className={cx(css["item"], css["help"])} onClick={onHelp}>
          <Keyboard size={14} aria-hidden="true" />
          Shortcuts
        </button>
      )}
    </footer>
  );
}

interface StateProps {
  readonly name: string;
  readonly state: StateWord;
  readonly icon: LucideIcon;
}

function State({ name, state, icon: Icon }: StateProps) {
  const spins = state.tone === "busy" && name === "connection";
  return (
    <Tooltip text={state.meaning} side="top">
      <span className={cx(css["item"], css[state.tone])} data-status={name}>
        {spins ? <Spinner size={14} /> : <Icon size={14} aria-hidden="true" />}
        {state.word}
      </span>
    </Tooltip>
  );
}
