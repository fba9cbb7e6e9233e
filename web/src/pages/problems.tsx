/** The pages for sessions that cannot be entered, one per reason. */

import {
  CircleAlert,
  DoorClosed,
  HeartHandshake,
  Hourglass,
  Link2,
  SearchX,
  ServerOff,
  UserX,
  UsersRound,
} from "lucide-react";
import type { ReactNode } from "react";

import { ApiError, sentenceOf } from "../api/errors";
import { Button, ButtonLink } from "../ui/Button";
import { MessagePage } from "./MessagePage";

export type Problem =
  | "not_found"
  | "expired"
  | "ended"
  | "full"
  | "invite_only"
  | "declined"
  | "removed"
  | "left"
  | "not_allowed"
  | "unreachable"
  | "other";

/** Which page a failed request leads to. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof ApiError)) return "other";
  switch (error.code) {
    case "SESSION_NOT_FOUND":
    case "NOT_FOUND":
    case "BAD_REQUEST":
      return "not_found";
    case "SESSION_EXPIRED":
      return "expired";
    case "SESSION_ENDED":
      return "ended";
    case "SESSION_FULL":
      return "full";
    case "INVITE_REQUIRED":
      return "invite_only";
    case "DECLINED":
      return "declined";
    case "REMOVED":
      return "removed";
    case "NOT_ALLOWED":
      return "not_allowed";
    default:
      return error.temporary ? "unreachable" : "other";
  }
}

interface ProblemPageProps {
  readonly problem: Problem;
  readonly error?: unknown;
  readonly onRetry?: (() => void) | undefined;
  /** Forgets who this browser was in the session and starts over. */
  readonly onJoinAgain?: (() => void) | undefined;
}

export function ProblemPage({ problem, error, onRetry, onJoinAgain }: ProblemPageProps) {
  const home = (
    <ButtonLink large variant="secondary" to="/">
      Go to the start page
    </ButtonLink>
  );
  const retry = onRetry && (
    <Button large variant="primary" onClick={onRetry}>
      Try again
    </Button>
  );
  const again: ReactNode = (
    <>
      {onJoinAgain && (
        <Button large variant="primary" onClick={onJoinAgain}>
          Ask again
        </Button>
      )}
      {home}
    </>
  );
  const both: ReactNode = (
    <>
      {retry}
      {home}
    </>
  );
  switch (problem) {
    case "not_found":
      return (
        <MessagePage icon={SearchX} title="There is no such interview" actions={home}>
          The code or link may have a typing mistake, or the interview was deleted. Ask your
          interviewer to send the link again.
        </MessagePage>
      );
    case "expired":
      return (
        <MessagePage icon={Hourglass} title="This interview has expired" actions={home}>
          Interviews close some time after they were created. Ask your interviewer for a new link.
        </MessagePage>
      );
    case "ended":
      return (
        <MessagePage
          icon={HeartHandshake}
          tone="good"
          title="Thank you, the interview has ended"
          actions={home}
        >
          What was written is saved with your interviewer. You can close this page.
        </MessagePage>
      );
    case "full":
      return (
        <MessagePage icon={UsersRound} tone="wait" title="This interview is full" actions={both}>
          As many people as it can hold are in it. Ask your interviewer to make room, then try
          again.
        </MessagePage>
      );
    case "invite_only":
      return (
        <MessagePage
          icon={Link2}
          tone="wait"
          title="This interview is open by link only"
          actions={both}
        >
          Its code alone opens nothing. Ask the interviewer for the link.
        </MessagePage>
      );
    case "declined":
      return (
        <MessagePage icon={DoorClosed} tone="bad" title="You were not let in" actions={again}>
          The interviewer declined your request to join. If that was a mistake, tell them before you
          ask again.
        </MessagePage>
      );
    case "removed":
      return (
        <MessagePage icon={UserX} tone="bad" title="You were removed" actions={again}>
          An interviewer removed you from this interview. If that was a mistake, ask them for a new
          invite link.
        </MessagePage>
      );
    case "left":
      return (
        <MessagePage icon={DoorClosed} title="You have left the interview" actions={home}>
          To come back, open the link you were sent again.
        </MessagePage>
      );
    case "not_allowed":
      return (
        <MessagePage icon={DoorClosed} tone="bad" title="You cannot enter here" actions={again}>
          This browser’s access to the interview is not valid any more. Open the link you were sent
          again, or ask your interviewer for a new one.
        </MessagePage>
      );
    case "unreachable":
      return (
        <MessagePage icon={ServerOff} tone="bad" title="The server does not answer" actions={both}>
          {error === undefined
            ? "Check your network, or ask your host whether the app is still open."
            : sentenceOf(error)}
        </MessagePage>
      );
    case "other":
      return (
        <MessagePage icon={CircleAlert} tone="bad" title="This did not work" actions={both}>
          {sentenceOf(error)}
        </MessagePage>
      );
  }
}

/** For addresses that lead nowhere. */
export function NoSuchPage() {
  return (
    <MessagePage
      icon={SearchX}
      title="There is no such page"
      actions={
        <ButtonLink large variant="primary" to="/">
          Go to the start page
        </ButtonLink>
      }
    >
      Interview links look like /i/1a2b3c4d. Check the address, or enter the code on the start page.
    </MessagePage>
  );
}
