/** Who is here, in which role, and who asks to come in. */

import {
  Check,
  CheckCheck,
  CircleDashed,
  CircleDot,
  Ellipsis,
  Eye,
  EyeOff,
  Hand,
  Pencil,
  UserMinus,
  X,
} from "lucide-react";
import { useState, type ReactNode } from "react";

import type { Role } from "../api/types";
import type { LobbyEntry, Participant } from "../collab/messages";
import { Avatar, ROLE_ICONS, ROLE_LABELS } from "../ui/Avatar";
import { Button, IconButton } from "../ui/Button";
import { cx } from "../ui/cx";
import { ConfirmDialog } from "../ui/Dialog";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from "../ui/Menu";
import panel from "./panel.module.css";
import css from "./PeoplePanel.module.css";
import { ProfileDialog, type Profile } from "./ProfileDialog";
import { Waited } from "./Waited";

interface PeoplePanelProps {
  readonly participants: readonly Participant[];
  readonly lobby: readonly LobbyEntry[];
  readonly clockOffsetMs: number;
  /** Whether candidates are told of observers. */
  readonly observersListed: boolean;
  readonly myId: string;
  /** Whether the viewer may admit, remove and change roles. */
  readonly manages: boolean;
  /** Hides the panel, where it can be hidden. */
  readonly onClose?: (() => void) | undefined;
  readonly onAdmit: (id: string) => void;
  readonly onDecline: (id: string) => void;
  /** Both reject with an `ApiError` when the server says no; without it nothing can be changed. */
  readonly onProfile?: ((profile: Profile) => Promise<void>) | undefined;
  readonly onRemove: (id: string) => Promise<void>;
  readonly onRole: (id: string, role: Role) => void;
}

const ORDER: Readonly<Record<Role, number>> = { interviewer: 0, candidate: 1, observer: 2 };

export function PeoplePanel(props: PeoplePanelProps) {
  const { participants, lobby, clockOffsetMs, observersListed, myId, manages, onProfile } = props;
  const { onClose, onAdmit, onDecline, onRemove, onRole } = props;
  const [changing, setChanging] = useState(false);
  const me = participants.find((person) => person.id === myId);
  const [removing, setRemoving] = useState<Participant | null>(null);
  const sorted = participants.toSorted(
    (a, b) =>
      Number(b.is_online) - Number(a.is_online) ||
      ORDER[a.role] - ORDER[b.role] ||
      a.joined_at - b.joined_at,
  );
  return (
    <section className={panel["panel"]} aria-label="People">
      <header className={panel["header"]}>
        <h2 className={panel["title"]}>People</h2>
        {onClose && (
          <IconButton label="Hide people" onClick={onClose}>
            <X size={16} />
          </IconButton>
        )}
      </header>
      <div className={css["scroller"]}>
        {manages && lobby.length > 0 && (
          <div className={cx(css["group"], css["lobby"])}>
            <h3 className={css["groupTitle"]}>
              <Hand size={14} aria-hidden="true" />
              Waiting to join ({lobby.length})
            </h3>
            {lobby.length > 1 && (
              <div className={css["all"]}>
                <Button
                  icon={<CheckCheck size={16} aria-hidden="true" />}
                  onClick={() => {
                    for (const entry of lobby) onAdmit(entry.id);
                  }}
                >
                  Admit all
                </Button>
              </div>
            )}
            <ul className={css["list"]}>
              {lobby.map((entry) => (
                <li key={entry.id} className={cx(css["person"], css["knock"])}>
                  <Avatar name={entry.name} presence={entry.presence} />
                  <div className={css["words"]}>
                    <p className={css["name"]} title={entry.name}>
                      {entry.name}
                    </p>
                    <p className={css["facts"]}>
                      asks to join as {ROLE_LABELS[entry.role].toLowerCase()}
                    </p>
                    <p className={css["facts"]}>
                      <Waited sinceMs={entry.knocked_at} clockOffsetMs={clockOffsetMs} />
                    </p>
                  </div>
                  <div className={css["answer"]}>
                    <Button
                      variant="primary"
                      icon={<Check size={16} aria-hidden="true" />}
                      aria-label={`Admit ${entry.name}`}
                      onClick={() => {
                        onAdmit(entry.id);
                      }}
                    >
                      Admit
                    </Button>
                    <Button
                      icon={<X size={16} aria-hidden="true" />}
                      aria-label={`Decline ${entry.name}`}
                      onClick={() => {
                        onDecline(entry.id);
                      }}
                    >
                      Decline
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className={css["group"]}>
          <h3 className={css["groupTitle"]}>In the interview ({participants.length})</h3>
          <ul className={css["list"]}>
            {sorted.map((person) => (
              <Person
                key={person.id}
                person={person}
                mine={person.id === myId}
                observersListed={observersListed}
              >
                {onProfile && person.id === myId && (
                  <IconButton
                    label="Change name and colour…"
                    title="Change name and colour…"
                    onClick={() => {
                      setChanging(true);
                    }}
                  >
                    <Pencil size={16} />
                  </IconButton>
                )}
                {manages && person.id !== myId && (
                  <Menu
                    trigger={
                      <IconButton label={`Actions for ${person.name}`}>
                        <Ellipsis size={16} />
                      </IconButton>
                    }
                  >
                    <MenuLabel>Role</MenuLabel>
                    <MenuChoice<Role>
                      label="Role"
                      value={person.role}
                      onChange={(role) => {
                        if (role !== person.role) onRole(person.id, role);
                      }}
                      options={ROLE_OPTIONS}
                    />
                    <MenuSeparator />
                    <MenuItem
                      danger
                      icon={<UserMinus size={16} aria-hidden="true" />}
                      onSelect={() => {
                        setRemoving(person);
                      }}
                    >
                      Remove…
                    </MenuItem>
                  </Menu>
                )}
              </Person>
            ))}
          </ul>
        </div>
      </div>
      {onProfile && me && (
        <ProfileDialog
          open={changing}
          onOpenChange={setChanging}
          profile={me}
          onSave={onProfile}
        />
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={`Remove ${removing?.name ?? ""}?`}
        description="They are sent out at once. What they typed stays. To come back they need an invite link, or you let them in again."
        action="Remove"
        destructive
        onConfirm={async () => {
          if (removing !== null) await onRemove(removing.id);
        }}
      />
    </section>
  );
}

const ROLE_OPTIONS = (["interviewer", "candidate", "observer"] as const).map((role) => {
  const Icon = ROLE_ICONS[role];
  return {
    value: role,
    label: ROLE_LABELS[role],
    icon: <Icon size={16} aria-hidden="true" />,
  };
});

interface PersonProps {
  readonly person: Participant;
  readonly mine: boolean;
  readonly observersListed: boolean;
  readonly children: ReactNode;
}

function Person({ person, mine, observersListed, children }: PersonProps) {
  const Icon = ROLE_ICONS[person.role];
  return (
    <li className={css["person"]}>
      <Avatar name={person.name} presence={person.presence} online={person.is_online} />
      <div className={css["words"]}>
        <p className={css["name"]} title={person.name}>
          {person.name}
          {mine && <span className={css["you"]}> (you)</span>}
        </p>
        <p className={css["facts"]}>
          <span className={css["fact"]}>
            <Icon size={12} aria-hidden="true" />
            {ROLE_LABELS[person.role]}
          </span>
          {person.is_online ? (
            <span className={cx(css["fact"], css["online"])}>
              <CircleDot size={12} aria-hidden="true" />
              Online
            </span>
          ) : (
            <span className={css["fact"]}>
              <CircleDashed size={12} aria-hidden="true" />
              Offline
            </span>
          )}
        </p>
        {person.role === "observer" && (mine || !observersListed) && (
          <p className={css["facts"]}>
            <span className={cx(css["fact"], !observersListed && css["hidden"])}>
              {observersListed ? (
                <Eye size={12} aria-hidden="true" />
              ) : (
                <EyeOff size={12} aria-hidden="true" />
              )}
              {observersListed ? "Shown to candidates" : "Hidden from candidates"}
            </span>
          </p>
        )}
      </div>
      {children}
    </li>
  );
}
