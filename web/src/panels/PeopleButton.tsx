/** The faces of those who are here; opens the people panel. */

import type { Participant } from "../collab/messages";
import { Avatar, ROLE_LABELS } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { plural } from "../ui/format";
import { Tooltip } from "../ui/Tooltip";
import { VisuallyHidden } from "../ui/VisuallyHidden";
import css from "./TopBar.module.css";

interface PeopleButtonProps {
  readonly participants: readonly Participant[];
  /** How many ask to join. */
  readonly waiting: number;
  readonly pressed: boolean;
  readonly faces: number;
  readonly onClick: () => void;
}

export function PeopleButton({ participants, waiting, pressed, faces, onClick }: PeopleButtonProps) {
  const sorted = participants.toSorted(
    (a, b) => Number(b.is_online) - Number(a.is_online) || a.joined_at - b.joined_at,
  );
  const shown = sorted.slice(0, faces);
  const online = participants.filter((person) => person.is_online).length;
  return (
    <Tooltip
      text={
        <>
          {shown.map((person) => (
            <span key={person.id} style={{ display: "block" }}>
              {person.name} · {ROLE_LABELS[person.role]} ·{" "}
              {person.is_online ? "online" : "offline"}
            </span>
          ))}
          {sorted.length > shown.length && `and ${String(sorted.length - shown.length)} more`}
        </>
      }
    >
      <Button
        variant="ghost"
        className={css["people"]}
        aria-pressed={pressed}
        onClick={onClick}
      >
        <VisuallyHidden>
          People: {online} of {plural(participants.length, "participant")} online
          {waiting > 0 && `, ${String(waiting)} waiting to join`}
        </VisuallyHidden>
        <span className={css["faces"]} aria-hidden="true">
          {shown.map((person) => (
            <Avatar
              key={person.id}
              name={person.name}
              presence={person.presence}
              online={person.is_online}
              role={person.role}
            />
          ))}
        </span>
        {sorted.length > shown.length && (
          <span className={css["count"]} aria-hidden="true">
            +{sorted.length - shown.length}
          </span>
        )}
        {waiting > 0 && (
          <span className={css["badge"]} aria-hidden="true">
            {waiting}
          </span>
        )}
      </Button>
    </Tooltip>
  );
}
