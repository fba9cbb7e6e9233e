/** The room's outline while code and session arrive, with a word when that takes long. */

import { Button, Spinner } from "../../ui/Button";
import { Mark } from "../../ui/Mark";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { ConnectionCheck } from "../check/ConnectionCheck";
import css from "./RoomSkeleton.module.css";

interface RoomSkeletonProps {
  readonly message?: string | null;
  readonly onRetry?: () => void;
  /** The session whose connection can be checked. */
  readonly sessionId?: string;
}

const LINES = [34, 52, 46, 28, 60, 40, 22];

export function RoomSkeleton({ message = null, onRetry, sessionId }: RoomSkeletonProps) {
  return (
    <main className={css["room"]} aria-busy="true">
      <VisuallyHidden>
        <h1>Opening the interview</h1>
      </VisuallyHidden>
      <div className={css["top"]}>
        <Mark size={20} />
        <div className={css["line"]} style={{ width: 160 }} />
      </div>
      <div className={css["body"]}>
        {LINES.map((width) => (
          <div key={width} className={css["line"]} style={{ width: `${String(width)}%` }} />
        ))}
      </div>
      <div className={css["status"]}>
        <Spinner size={14} />
        Connecting
      </div>
      {message !== null && (
        <div className={css["message"]}>
          <p role="alert">{message}</p>
          {onRetry && <Button onClick={onRetry}>Try now</Button>}
          {sessionId !== undefined && <ConnectionCheck sessionId={sessionId} />}
        </div>
      )}
    </main>
  );
}
