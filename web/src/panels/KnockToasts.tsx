/** Somebody knocks: a card that stays until it is answered, or put away into the people panel. */

import { Check, X } from "lucide-react";
import { Toast } from "radix-ui";
import { useState } from "react";

import type { LobbyEntry } from "../collab/messages";
import { Avatar } from "../ui/Avatar";
import { Button, IconButton } from "../ui/Button";
import css from "./KnockToasts.module.css";

interface KnockToastsProps {
  readonly narrow: boolean;
  readonly lobby: readonly LobbyEntry[];
  readonly onAdmit: (id: string) => void;
  readonly onDecline: (id: string) => void;
}

/** More than this would cover the editor; the rest is in the people panel. */
const SHOWN = { narrow: 1, wide: 2 };

export function KnockToasts({ narrow, lobby, onAdmit, onDecline }: KnockToastsProps) {
  const [putAway, setPutAway] = useState<ReadonlySet<string>>(new Set());
  const open = lobby.filter((entry) => !putAway.has(entry.id));
  const shown = narrow ? SHOWN.narrow : SHOWN.wide;
  const more = open.length - shown;
  return (
    <Toast.Provider duration={Infinity} label="Notification" swipeDirection="right">
      {open.slice(0, shown).map((entry, index) => (
        <Toast.Root
          key={entry.id}
          className={css["toast"]}
          onOpenChange={(next) => {
            if (!next) setPutAway((ids) => new Set(ids).add(entry.id));
          }}
        >
          <div className={css["who"]}>
            <Avatar name={entry.name} presence={entry.presence} />
            <div className={css["words"]}>
              <Toast.Title className={css["title"]}>{entry.name}</Toast.Title>
              <Toast.Description className={css["text"]}>
                asks to join
                {index === shown - 1 && more > 0 && `, and ${String(more)} more in People`}
              </Toast.Description>
            </div>
            <Toast.Close asChild>
              <IconButton label="Decide later">
                <X size={16} />
              </IconButton>
            </Toast.Close>
          </div>
          <div className={css["actions"]}>
            <Toast.Action asChild altText={`Open People to admit ${entry.name}`}>
              <Button
                variant="primary"
                icon={<Check size={16} aria-hidden="true" />}
                onClick={() => {
                  onAdmit(entry.id);
                }}
              >
                Admit
              </Button>
            </Toast.Action>
            <Toast.Action asChild altText={`Open People to decline ${entry.name}`}>
              <Button
                onClick={() => {
                  onDecline(entry.id);
                }}
              >
                Decline
              </Button>
            </Toast.Action>
          </div>
        </Toast.Root>
      ))}
      <Toast.Viewport className={css["viewport"]} />
    </Toast.Provider>
  );
}
