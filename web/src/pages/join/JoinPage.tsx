/** `/i/<session>#<invite>`: who wants to join what, the lobby, and why joining may not be possible. */

import { useEffect, useState } from "react";
import { Navigate, useLocation, useNavigate, useParams } from "react-router";

import { ApiError } from "../../api/errors";
import { inviteFromHash, isSessionId } from "../../api/links";
import type { Preview } from "../../api/types";
import { useServices } from "../../app/services";
import { useDocumentTitle } from "../../ui/hooks";
import { prepareRoom } from "../loadRoom";
import { ProblemPage, problemOf, type Problem } from "../problems";
import { JoinCard, JoinSkeleton } from "./JoinCard";
import { Waiting } from "./Waiting";

/** Where a visitor of this page stands. */
type Standing =
  | { readonly kind: "loading" }
  | { readonly kind: "form"; readonly preview: Preview }
  | { readonly kind: "waiting"; readonly preview: Preview }
  | { readonly kind: "admitted" }
  | { readonly kind: "problem"; readonly problem: Problem; readonly error?: unknown };

export function JoinPage() {
  const { sessionId: given = "" } = useParams();
  const sessionId = given.toLowerCase();
  if (!isSessionId(sessionId)) return <ProblemPage problem="not_found" />;
  // One visit per session: nothing of another session's state may stay.
  return <JoinVisit key={sessionId} sessionId={sessionId} />;
}

function JoinVisit({ sessionId }: { readonly sessionId: string }) {
  const { api, credentials } = useServices();
  const { hash } = useLocation();
  const navigate = useNavigate();
  const given = inviteFromHash(hash);
  const [invite, setInvite] = useState(given);
  const [lastGiven, setLastGiven] = useState(given);
  const [standing, setStanding] = useState<Standing>({ kind: "loading" });
  const [attempt, setAttempt] = useState(0);
  // A link opened where the page stands already changes nothing but the address.
  if (given !== lastGiven) {
    setLastGiven(given);
    if (given !== null) {
      setInvite(given);
      setStanding({ kind: "loading" });
      setAttempt((count) => count + 1);
    }
  }
  useDocumentTitle(standing.kind === "form" ? `Join ${standing.preview.title}` : "Join");

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const look = async (): Promise<Standing> => {
      const stored = credentials.participant(sessionId);
      const [preview, before] = await Promise.all([
        api.preview(sessionId, invite, signal),
        stored === null ? null : standingOf(stored.token),
      ]);
      if (before === "admitted") return { kind: "admitted" };
      if (before === "waiting" && invite === null) return { kind: "waiting", preview };
      if ((before === "declined" || before === "removed") && invite === null) {
        return { kind: "problem", problem: before };
      }
      if (before !== null && before !== "waiting") credentials.forgetParticipant(sessionId);
      if (preview.phase === "ended" && credentials.hostKey() === null) {
        return { kind: "problem", problem: "ended" };
      }
      if (
        preview.join_policy === "invite_only" &&
        invite === null &&
        credentials.hostKey() === null
      ) {
        return { kind: "problem", problem: "invite_only" };
      }
      return { kind: "form", preview };
    };
    const standingOf = async (
      token: string,
    ): Promise<"admitted" | "waiting" | "declined" | "removed" | "unknown"> => {
      try {
        const { participant } = await api.me(token, signal);
        const status = participant?.status;
        return status === undefined || status === "left" ? "unknown" : status;
      } catch (error) {
        if (!(error instanceof ApiError) || error.temporary) throw error;
        if (error.code === "DECLINED") return "declined";
        if (error.code === "REMOVED") return "removed";
        return "unknown";
      }
    };
    look().then(
      (found) => {
        if (!signal.aborted) setStanding(found);
      },
      (error: unknown) => {
        if (!signal.aborted) setStanding({ kind: "problem", problem: problemOf(error), error });
      },
    );
    return () => {
      controller.abort();
    };
  }, [api, credentials, sessionId, invite, attempt]);

  const mayEnter = standing.kind === "form" || standing.kind === "waiting";
  useEffect(() => {
    if (mayEnter) prepareRoom();
  }, [mayEnter]);

  const startAgain = (): void => {
    setStanding({ kind: "loading" });
    setAttempt((count) => count + 1);
  };

  switch (standing.kind) {
    case "loading":
      return <JoinSkeleton />;
    case "admitted":
      return <Navigate to={`/s/${sessionId}`} replace />;
    case "waiting":
      return (
        <Waiting
          sessionId={sessionId}
          preview={standing.preview}
          onAdmitted={() => void navigate(`/s/${sessionId}`, { replace: true })}
          onRefused={(problem) => {
            setStanding({ kind: "problem", problem });
          }}
          onCancelled={() => {
            credentials.forgetParticipant(sessionId);
            setStanding({ kind: "form", preview: standing.preview });
          }}
        />
      );
    case "problem":
      return (
        <ProblemPage
          problem={standing.problem}
          error={standing.error}
          onRetry={startAgain}
          onJoinAgain={() => {
            credentials.forgetParticipant(sessionId);
            startAgain();
          }}
        />
      );
    case "form":
      return (
        <JoinCard
          sessionId={sessionId}
          preview={standing.preview}
          invite={invite}
          onDropInvite={() => {
            setInvite(null);
          }}
          onProblem={(problem, error) => {
            setStanding({ kind: "problem", problem, error });
          }}
          onJoined={(status) => {
            // The invite leaves the address, and with it the history.
            if (status === "admitted") void navigate(`/s/${sessionId}`, { replace: true });
            else {
              void navigate(`/i/${sessionId}`, { replace: true });
              setInvite(null);
              setStanding({ kind: "waiting", preview: standing.preview });
            }
          }}
        />
      );
  }
}
