/** The lobby: the person has knocked and waits for an interviewer, live and across reloads. */

import { LogOut, Wifi, WifiOff } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";

import type { Preview } from "../../api/types";
import { useServices } from "../../app/services";
import { Avatar } from "../../ui/Avatar";
import { Button, Spinner } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { cx } from "../../ui/cx";
import { useDocumentTitle } from "../../ui/hooks";
import { PageShell } from "../PageShell";
import type { Problem } from "../problems";
import { failureProblem } from "../room/failures";
import { useRoom } from "../room/useRoom";
import css from "./join.module.css";

interface WaitingProps {
  readonly sessionId: string;
  readonly preview: Preview;
  readonly onAdmitted: () => void;
  readonly onRefused: (problem: Problem) => void;
  readonly onCancelled: () => void;
}

export function Waiting(props: WaitingProps) {
  const { credentials } = useServices();
  const stored = credentials.participant(props.sessionId);
  return stored === null ? null : <Knocking {...props} id={stored.id} token={stored.token} />;
}

function Knocking(props: WaitingProps & { readonly id: string; readonly token: string }) {
  const { sessionId, preview, id, token } = props;
  const { api, credentials, server } = useServices();
  const live = useRoom({ sessionId, token, server });
  const [leaving, setLeaving] = useState(false);
  useDocumentTitle("Waiting to join");

  const admission = live?.snapshot.admission ?? "unknown";
  const failure = live?.snapshot.failure ?? null;
  const settle = useEffectEvent(() => {
    if (failure !== null) props.onRefused(failureProblem(failure));
    else if (admission === "admitted") props.onAdmitted();
  });
  useEffect(() => {
    settle();
  }, [admission, failure]);

  const cancel = async (): Promise<void> => {
    setLeaving(true);
    try {
      await api.removeParticipant(sessionId, id, token);
    } catch {
      // The socket closes with the page; the lobby forgets who is not there.
    }
    props.onCancelled();
  };

  const me = live?.snapshot.me;
  const profile = credentials.profile();
  const connected = live?.snapshot.connection === "connected";
  const lost = live?.snapshot.everConnected === true && !connected;
  return (
    <PageShell centered>
      <Card className={css["card"]}>
        <div className={css["waitingHead"]}>
          <h1 className={css["title"]}>Waiting for the host</h1>
          <p className={css["steps"]}>
            You asked to join, and an interviewer lets you in. Keep this page open: it goes on by
            itself.
          </p>
        </div>
        <div className={css["pulse"]}>
          <Avatar
            name={me?.name ?? profile.name}
            presence={me?.presence ?? profile.presence ?? 0}
          />
          <div className={css["who"]}>
            <strong>{preview.title}</strong>
            <span title={me?.name ?? profile.name}>as {me?.name ?? profile.name}</span>
          </div>
          <Spinner size={18} />
        </div>
        <p className={cx(css["state"], lost && css["warn"])} role="status">
          {lost ? (
            <>
              <WifiOff size={16} aria-hidden="true" />
              Connection lost. Trying again; you keep your place.
            </>
          ) : connected ? (
            <>
              <Wifi size={16} aria-hidden="true" />
              Connected, waiting for the interviewer
            </>
          ) : (
            <>
              <Spinner />
              Connecting
            </>
          )}
        </p>
        <div>
          <Button
            icon={<LogOut size={16} aria-hidden="true" />}
            busy={leaving}
            onClick={() => {
              void cancel();
            }}
          >
            Stop waiting
          </Button>
        </div>
      </Card>
    </PageShell>
  );
}
