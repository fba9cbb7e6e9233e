/** Who knocks, in one card that stays until they are answered, or put away until somebody new knocks. */

import { CheckCheck, Hand, X } from "lucide-react";
import {
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  type MouseEvent,
  type RefObject,
} from "react";

import type { LobbyEntry } from "../collab/messages";
import { Avatar, ROLE_LABELS } from "../ui/Avatar";
import { Button, IconButton } from "../ui/Button";
import { cx } from "../ui/cx";
import css from "./KnockList.module.css";
import { Waited } from "./Waited";

interface KnockListProps {
  readonly lobby: readonly LobbyEntry[];
  /** They are shown elsewhere already; who has been put away is remembered meanwhile. */
  readonly hidden: boolean;
  readonly clockOffsetMs: number;
  /**
   * Opens the place where they are answered. Where it is given, there is no room for a list beside
   * the editor: a bar above it says how many there are.
   */
  readonly onShow: (() => void) | null;
  readonly onAdmit: (id: string) => void;
  readonly onDecline: (id: string) => void;
}

/** Goes to the list from wherever the keyboard is, and back. */
export const KNOCKS_KEY = "F8";

export function KnockList({ hidden, ...rest }: KnockListProps) {
  const { lobby } = rest;
  const [putAway, setPutAway] = useState<ReadonlySet<string>>(new Set());
  const open = !hidden && lobby.some((entry) => !putAway.has(entry.id));
  return open ? (
    <Card
      {...rest}
      onPutAway={() => {
        setPutAway((ids) => new Set([...ids, ...lobby.map((entry) => entry.id)]));
      }}
    />
  ) : null;
}

interface CardProps extends Omit<KnockListProps, "hidden"> {
  readonly onPutAway: () => void;
}

function Card({ lobby, clockOffsetMs, onShow, onAdmit, onDecline, onPutAway }: CardProps) {
  const card = useRef<HTMLElement>(null);
  useKeys(card, lobby, onPutAway);
  const several = lobby.length > 1;
  return (
    <section
      ref={card}
      className={cx(css["card"], onShow !== null && css["bar"])}
      aria-label="People who ask to join"
      tabIndex={-1}
    >
      <header className={css["head"]}>
        <Hand size={16} aria-hidden="true" />
        <h2 className={css["title"]}>
          {several ? `${String(lobby.length)} people ask to join` : "One person asks to join"}
        </h2>
        {onShow !== null && <Button onClick={onShow}>Show</Button>}
        <IconButton label="Decide later" title="Decide later" onClick={onPutAway}>
          <X size={16} />
        </IconButton>
      </header>
      {onShow === null && (
        <ul className={css["list"]}>
          {lobby.map((entry) => (
            <li key={entry.id} className={css["row"]}>
              <Avatar name={entry.name} presence={entry.presence} />
              <div className={css["words"]}>
                <p className={css["name"]} title={entry.name}>
                  {entry.name}
                </p>
                <p className={css["role"]}>
                  {entry.role !== "candidate" && `as ${ROLE_LABELS[entry.role].toLowerCase()}, `}
                  <Waited sinceMs={entry.knocked_at} clockOffsetMs={clockOffsetMs} />
                </p>
              </div>
              <Button
                variant="primary"
                aria-label={`Admit ${entry.name}`}
                onClick={once(() => {
                  onAdmit(entry.id);
                })}
              >
                Admit
              </Button>
              <Button
                aria-label={`Decline ${entry.name}`}
                onClick={once(() => {
                  onDecline(entry.id);
                })}
              >
                Decline
              </Button>
            </li>
          ))}
        </ul>
      )}
      {onShow === null && several && (
        <footer className={css["foot"]}>
          <Button
            icon={<CheckCheck size={16} aria-hidden="true" />}
            onClick={once(() => {
              for (const entry of lobby) onAdmit(entry.id);
            })}
          >
            Admit all
          </Button>
        </footer>
      )}
    </section>
  );
}

/** The next row moves up under the pointer: a double click must not answer that person too. */
function once(act: () => void): (event: MouseEvent) => void {
  return ({ detail }) => {
    if (detail < 2) act();
  };
}

/** Brings the keyboard in and back, and keeps it in the card when its row is answered. */
function useKeys(
  card: RefObject<HTMLElement | null>,
  lobby: readonly LobbyEntry[],
  onPutAway: () => void,
): void {
  const inside = useRef(false);
  const cameFrom = useRef<HTMLElement | null>(null);
  const handle = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const now = document.activeElement;
    const within = card.current?.contains(now) ?? false;
    if (event.key === "Escape" && within) onPutAway();
    else if (event.key !== KNOCKS_KEY) return;
    else if (within) cameFrom.current?.focus();
    else {
      cameFrom.current = now instanceof HTMLElement ? now : null;
      card.current?.focus();
    }
    event.preventDefault();
  });
  useEffect(() => {
    const element = card.current;
    const onKey = (event: KeyboardEvent): void => {
      handle(event);
    };
    const onFocus = (event: FocusEvent): void => {
      inside.current = element?.contains(event.target as Node) ?? false;
    };
    // Before the editor, which knows the key too.
    window.addEventListener("keydown", onKey, { capture: true });
    document.addEventListener("focusin", onFocus);
    return () => {
      window.removeEventListener("keydown", onKey, { capture: true });
      document.removeEventListener("focusin", onFocus);
      if (inside.current) cameFrom.current?.focus();
    };
  }, [card]);
  useLayoutEffect(() => {
    // A button that is gone leaves the focus nowhere.
    if (inside.current && document.activeElement === document.body) card.current?.focus();
  }, [card, lobby]);
}
