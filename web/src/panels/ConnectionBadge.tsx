/** By which way this page comes to the server, and how fast the line is; the figures behind a click. */

import { useEffect, useState, useSyncExternalStore } from "react";

import type { Approach } from "../api/connection";
import { useServices } from "../app/services";
import type { ConnectionState, Room } from "../collab/room";
import type { RoundTripReading } from "../collab/roundTrip";
import { Button } from "../ui/Button";
import { cx } from "../ui/cx";
import { Popover } from "../ui/Popover";
import css from "./ConnectionBadge.module.css";
import {
  adviceOn,
  LONGEST_QUALITY,
  LONGEST_WAY,
  qualityOf,
  secrecyOf,
  tripTime,
  wayOf,
} from "./connectionWords";

const UNKNOWN = "–";

interface ConnectionBadgeProps {
  readonly room: Pick<Room, "roundTrip">;
  readonly connection: ConnectionState;
}

/**
 * Draws itself anew with each figure, alone of the room. Where the window is small, words give way,
 * and stay in its name. That changes with them, and is no announcement: the room has one for that.
 */
export function ConnectionBadge({ room, connection }: ConnectionBadgeProps) {
  const [open, setOpen] = useState(false);
  const reading = useSyncExternalStore(room.roundTrip.subscribe, room.roundTrip.getSnapshot);
  const approach = useApproach(connection === "connected", open);
  const way = wayOf(approach);
  const line = qualityOf(connection, reading);
  const name = `Your connection: ${way.word}, ${line.word}`;
  return (
    <Popover
      label="Your connection"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button
          variant="ghost"
          className={css["badge"]}
          data-quality={line.quality}
          data-path={approach?.path ?? "unknown"}
          aria-label={name}
          title={name}
        >
          <span className={cx(css["part"], css["way"])}>
            <way.icon size={16} aria-hidden="true" />
            <Word word={way.word} longest={LONGEST_WAY} />
          </span>
          <span className={cx(css["part"], css["line"], css[line.quality])}>
            <line.icon size={16} aria-hidden="true" />
            <Word word={line.word} longest={LONGEST_QUALITY} />
          </span>
        </Button>
      }
    >
      <Details connection={connection} approach={approach} reading={reading} />
    </Popover>
  );
}

interface WordProps {
  readonly word: string;
  /** The place is as wide as this one, so that nothing beside it moves. */
  readonly longest: string;
}

function Word({ word, longest }: WordProps) {
  return (
    <span className={css["word"]} data-longest={longest}>
      {word}
    </span>
  );
}

interface DetailsProps {
  readonly connection: ConnectionState;
  readonly approach: Approach | null;
  readonly reading: RoundTripReading | null;
}

function Details({ connection, approach, reading }: DetailsProps) {
  const way = wayOf(approach);
  const line = qualityOf(connection, reading);
  const advice = adviceOn(line.quality, approach?.path ?? null);
  const secrecy = approach && secrecyOf(approach);
  const measured = reading === null || reading.count === 0 ? null : reading;
  return (
    <div className={css["details"]}>
      <h2 className={css["title"]}>Your connection</h2>
      <div className={css["lead"]}>
        <p className={css["fact"]}>
          <way.icon size={16} aria-hidden="true" />
          <span>
            <strong>{way.word}.</strong> {way.meaning} {secrecy?.advice}
          </span>
        </p>
        <p className={css["fact"]}>
          <line.icon className={css[line.quality]} size={16} aria-hidden="true" />
          <span>
            <strong className={css[line.quality]}>{line.word}.</strong> {line.meaning} {advice}
          </span>
        </p>
      </div>
      <dl className={css["figures"]}>
        <dt>Round trip now</dt>
        <dd>{measured === null ? UNKNOWN : tripTime(measured.lastMs)}</dd>
        <dt>Usual, of the last few</dt>
        <dd>{measured === null ? UNKNOWN : tripTime(measured.medianMs)}</dd>
        <dt>Slowest of these</dt>
        <dd>{measured === null ? UNKNOWN : tripTime(measured.worstMs)}</dd>
        <dt>Without an answer</dt>
        <dd>{measured === null ? UNKNOWN : `${measured.lost} of ${measured.count}`}</dd>
        <dt>Encrypted</dt>
        <dd>{secrecy?.word ?? UNKNOWN}</dd>
        <dt>Address that the server sees</dt>
        <dd className={css["address"]}>{approach?.address ?? UNKNOWN}</dd>
      </dl>
    </div>
  );
}

/**
 * Asked anew with each connection, which may go another way, and with each look at the details.
 * Null while nobody has said, or what was said made no sense.
 */
function useApproach(connected: boolean, looking: boolean): Approach | null {
  const { api } = useServices();
  const [approach, setApproach] = useState<Approach | null>(null);
  useEffect(() => {
    if (!connected) return;
    const controller = new AbortController();
    const { signal } = controller;
    api.connection(signal).then(
      (found) => {
        if (!signal.aborted) setApproach(found);
      },
      () => {
        if (!signal.aborted) setApproach(null);
      },
    );
    return () => {
      controller.abort();
    };
  }, [api, connected, looking]);
  return approach;
}
