/** `/s/<session>`: connects with the stored token and decides between room, lobby and problem. */

import { useState } from "react";
import { Navigate, useParams } from "react-router";

import type { StoredParticipant } from "../../api/credentials";
import { ApiError } from "../../api/errors";
import { isSessionId } from "../../api/links";
import { useServices } from "../../app/services";
import type { RoomSnapshot } from "../../collab/room";
import { useDocumentTitle } from "../../ui/hooks";
import { ProblemPage } from "../problems";
import { failureProblem } from "./failures";
import { RoomSkeleton } from "./RoomSkeleton";
import { RoomView } from "./RoomView";
import { useRoom } from "./useRoom";

export function RoomPage() {
  const { sessionId: given = "" } = useParams();
  const { credentials } = useServices();
  const sessionId = given.toLowerCase();
  if (!isSessionId(sessionId)) return <ProblemPage problem="not_found" />;
  const stored = credentials.participant(sessionId);
  if (stored === null) return <Navigate to={`/i/${sessionId}`} replace />;
  return <Visit key={`${sessionId} ${stored.id}`} sessionId={sessionId} stored={stored} />;
}

interface VisitProps {
  readonly sessionId: string;
  readonly stored: StoredParticipant;
}

function Visit({ sessionId, stored }: VisitProps) {
  const { credentials, server } = useServices();
  const [left, setLeft] = useState(false);
  return left ? (
    <ProblemPage problem="left" />
  ) : (
    <Inside
      sessionId={sessionId}
      token={stored.token}
      server={server}
      onLeft={() => {
        credentials.forgetParticipant(sessionId);
        setLeft(true);
      }}
    />
  );
}

interface InsideProps {
  readonly sessionId: string;
  readonly token: string;
  readonly server: string;
  readonly onLeft: () => void;
}

function Inside({ sessionId, token, server, onLeft }: InsideProps) {
  const { api, credentials } = useServices();
  const live = useRoom({ sessionId, token, server });
  const [again, setAgain] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const [troubled, setTroubled] = useState(false);
  // Sticks, so that the message does not come and go with each attempt.
  const retryAtMs = live?.snapshot.retryAtMs ?? null;
  if (retryAtMs !== null && !troubled) setTroubled(true);
  useDocumentTitle(live === null ? "Interview" : titleOf(live.snapshot));

  if (again) return <Navigate to={`/i/${sessionId}`} replace />;
  if (live === null) return <RoomSkeleton />;
  const { room, snapshot } = live;
  const { failure, session, me } = snapshot;

  if (failure !== null && leaving) return <RoomSkeleton />;
  if (failure !== null) {
    if (failure.kind === "unauthenticated") {
      credentials.forgetParticipant(sessionId);
      return <Navigate to={`/i/${sessionId}`} replace />;
    }
    // A mishap with data leaves what was typed on the screen, with a banner.
    const readable = failure.kind === "malformed" || failure.kind === "too_large";
    if (!readable || session === null) {
      return (
        <ProblemPage
          problem={failureProblem(failure)}
          onRetry={() => {
            window.location.reload();
          }}
          onJoinAgain={() => {
            credentials.forgetParticipant(sessionId);
            setAgain(true);
          }}
        />
      );
    }
  }
  if (snapshot.admission === "waiting") return <Navigate to={`/i/${sessionId}`} replace />;
  if (session === null || me === null) {
    return (
      <RoomSkeleton
        sessionId={sessionId}
        message={
          troubled
            ? "The server does not answer yet. Trying again; check that the host’s app is open."
            : null
        }
        onRetry={() => {
          room.reconnectNow();
        }}
      />
    );
  }
  return (
    <RoomView
      room={room}
      snapshot={snapshot}
      session={session}
      me={me}
      token={token}
      onLeave={async () => {
        // The server ends the socket of whoever leaves: no reason to call that a removal.
        setLeaving(true);
        try {
          await api.removeParticipant(sessionId, me.id, token);
        } catch (error) {
          if (!(error instanceof ApiError) || !error.temporary) {
            setLeaving(false);
            throw error;
          }
        }
        onLeft();
      }}
    />
  );
}

/** Says in the window's title when somebody knocks, for those who look elsewhere. */
function titleOf(snapshot: RoomSnapshot): string {
  const title = snapshot.session?.title ?? "Interview";
  const knocking = snapshot.lobby.length;
  return knocking === 0 ? title : `(${String(knocking)} waiting) ${title}`;
}
