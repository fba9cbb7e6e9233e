/** The join form: name and colour, and what will happen when it is sent. */

import { Hand } from "lucide-react";
import { useState, type SubmitEvent } from "react";

import { newParticipantId } from "../../api/credentials";
import { ApiError, sentenceOf } from "../../api/errors";
import type { Preview } from "../../api/types";
import { useServices } from "../../app/services";
import { PRESENCE_NAMES } from "../../theme/presence";
import { Button, ButtonLink } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { LanguageIcon, languageLabel } from "../../ui/languages";
import { Notice } from "../../ui/Notice";
import { PresencePicker } from "../../ui/PresencePicker";
import { useInitialFocus } from "../../ui/useInitialFocus";
import { VisuallyHidden } from "../../ui/VisuallyHidden";
import { ConnectionCheck } from "../check/ConnectionCheck";
import { PageShell } from "../PageShell";
import { problemOf, type Problem } from "../problems";
import css from "./join.module.css";

interface JoinCardProps {
  readonly sessionId: string;
  readonly preview: Preview;
  readonly invite: string | null;
  /** Goes on without an invite that turned out to be worthless. */
  readonly onDropInvite: () => void;
  readonly onJoined: (status: "admitted" | "waiting") => void;
  readonly onProblem: (problem: Problem, error: unknown) => void;
}

export function JoinCard(props: JoinCardProps) {
  const { sessionId, preview, invite, onDropInvite, onJoined, onProblem } = props;
  const { api, credentials } = useServices();
  const [name, setName] = useState(() => credentials.profile().name);
  const [presence, setPresence] = useState(() => credentials.profile().presence ?? anyPresence());
  const [nameError, setNameError] = useState<string | null>(null);
  const [inviteRefused, setInviteRefused] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const nameField = useInitialFocus<HTMLInputElement>();
  const asHost = invite === null && credentials.hostKey() !== null;
  const policy = preview.join_policy;
  const asks = !asHost && (invite === null || policy === "knock");

  const join = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const stored = credentials.participant(sessionId);
    try {
      const answer = await api.join(
        sessionId,
        {
          user: {
            id: stored?.id ?? newParticipantId(),
            name: name.trim(),
            color: String(presence),
          },
          ...(invite === null ? {} : { invite }),
        },
        stored?.token ?? (asHost ? credentials.hostKey() : null),
      );
      credentials.rememberProfile({ name: name.trim(), presence });
      credentials.rememberParticipant(sessionId, {
        id: answer.participant.id,
        token: answer.token,
      });
      onJoined(answer.status);
    } catch (error) {
      show(error);
      setBusy(false);
    }
  };

  const show = (error: unknown): void => {
    if (error instanceof ApiError) {
      const field = error.fields.find((candidate) => candidate.field.endsWith("name"));
      if (field) {
        setNameError(field.error);
        return;
      }
      if (error.code === "INVALID_INVITE") {
        setInviteRefused(true);
        return;
      }
      if (error.code === "NOT_AUTHENTICATED" || error.code === "INVALID_TOKEN") {
        credentials.forgetParticipant(sessionId);
        setProblem("This browser was not known any more. Press the button once again.");
        return;
      }
    }
    const kind = problemOf(error);
    if (kind === "other" || kind === "unreachable") setProblem(sentenceOf(error));
    else onProblem(kind, error);
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() === "") {
      setNameError("Enter your name, so that others know who is typing.");
      return;
    }
    void join();
  };

  return (
    <PageShell centered>
      <Card className={css["card"]}>
        <div>
          <p className={css["overline"]}>
            {asHost ? "You are joining as interviewer" : "You are joining"}
          </p>
          <h1 className={css["title"]} title={preview.title}>
            {preview.title}
          </h1>
          <p className={css["facts"]}>
            <span className={css["fact"]}>
              <LanguageIcon language={preview.language} />
              {languageLabel(preview.language)}
            </span>
            <span className={css["fact"]}>
              Code <span className={css["code"]}>{sessionId}</span>
            </span>
          </p>
        </div>
        {inviteRefused ? (
          <RefusedInvite
            mayAsk={policy !== "invite_only"}
            onDrop={() => {
              setInviteRefused(false);
              onDropInvite();
              setBusy(false);
            }}
          />
        ) : (
          <form className={css["form"]} noValidate onSubmit={submit}>
            <TextField
              label="Your name"
              name="name"
              autoComplete="name"
              value={name}
              maxLength={255}
              error={nameError}
              ref={nameField}
              onChange={(event) => {
                setName(event.target.value);
                setNameError(null);
              }}
            />
            <PresencePicker value={presence} onChange={setPresence} />
            {asks && (
              <Notice kind="info">
                {policy === "knock"
                  ? "The host lets everybody in one by one: the interviewer is asked to let you in."
                  : "You have the code, not an invite link: the interviewer is asked to let you in."}
              </Notice>
            )}
            {problem !== null && (
              <Notice kind="danger" announce>
                {problem}
              </Notice>
            )}
            <Button
              className={css["submit"]}
              large
              variant="primary"
              type="submit"
              busy={busy}
              icon={asks ? <Hand size={16} aria-hidden="true" /> : undefined}
            >
              {asks ? "Ask to join" : "Join"}
            </Button>
          </form>
        )}
        <div className={css["foot"]}>
          <ConnectionCheck sessionId={sessionId} />
        </div>
      </Card>
    </PageShell>
  );
}

interface RefusedInviteProps {
  /** Whether the code alone may knock. */
  readonly mayAsk: boolean;
  readonly onDrop: () => void;
}

function RefusedInvite({ mayAsk, onDrop }: RefusedInviteProps) {
  return (
    <div className={css["form"]}>
      <Notice kind="warning" announce>
        This invite link is not valid any more: it was renewed or turned off, or it is not complete.
        Ask the interviewer for the new link{mayAsk ? ", or ask to be let in." : "."}
      </Notice>
      <div>
        {mayAsk ? (
          <Button large onClick={onDrop} icon={<Hand size={16} aria-hidden="true" />}>
            Ask to be let in
          </Button>
        ) : (
          <ButtonLink large to="/">
            Go to the start page
          </ButtonLink>
        )}
      </div>
    </div>
  );
}

/** The card's outline while the server is asked, so that nothing jumps. */
export function JoinSkeleton() {
  return (
    <PageShell centered>
      <VisuallyHidden>
        <h1>Loading the interview</h1>
      </VisuallyHidden>
      <Card className={css["card"]} aria-busy="true">
        <div style={{ display: "grid", gap: 8 }}>
          <div className={css["line"]} style={{ width: "30%" }} />
          <div className={css["line"]} style={{ width: "70%", height: 28 }} />
          <div className={css["line"]} style={{ width: "45%" }} />
        </div>
        <div className={css["line"]} style={{ height: 66 }} />
        <div className={css["line"]} style={{ height: 62 }} />
        <div className={css["line"]} style={{ height: 40 }} />
      </Card>
    </PageShell>
  );
}

/** Spreads people over the colours when they do not choose. */
function anyPresence(): number {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return byte % PRESENCE_NAMES.length;
}
