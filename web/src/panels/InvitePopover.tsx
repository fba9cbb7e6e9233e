/** Who may come in, interviewers' links, one per role, and the code that leads to the lobby. */

import { CircleOff, LockKeyhole, RefreshCw, UserPlus } from "lucide-react";
import { useEffect, useState } from "react";

import { sentenceOf } from "../api/errors";
import { inviteLink, isLoopback } from "../api/links";
import type { InvitesAnswer, JoinPolicy, Role } from "../api/types";
import { useServices } from "../app/services";
import type { SessionInfo } from "../collab/messages";
import { ROLE_ICONS, ROLE_LABELS } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { CopyField } from "../ui/CopyField";
import { ConfirmDialog } from "../ui/Dialog";
import { FieldError } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { Popover } from "../ui/Popover";
import { ObserversRule, PolicyRule } from "./AdmissionRules";
import css from "./InvitePopover.module.css";

interface InvitePopoverProps extends InviteContentProps {
  /** Icon only, for tight bars. */
  readonly compact: boolean;
  readonly initiallyOpen: boolean;
}

export function InvitePopover({ compact, initiallyOpen, ...content }: InvitePopoverProps) {
  const [open, setOpen] = useState(initiallyOpen);
  return (
    <Popover
      label="Invite people"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button icon={<UserPlus size={16} aria-hidden="true" />} aria-label="Invite">
          {!compact && "Invite"}
        </Button>
      }
    >
      <InviteContent {...content} />
    </Popover>
  );
}

const ROLES: readonly Role[] = ["candidate", "observer", "interviewer"];

const ROLE_HINTS: Readonly<Record<Role, string>> = {
  candidate: "Types and runs code.",
  observer: "Watches only.",
  interviewer: "May do all that you may, also end the interview.",
};

const AT_ONCE = "Whoever opens a link comes in at once, in that role.";

const LINK_HINTS: Readonly<Record<JoinPolicy, string>> = {
  invite: AT_ONCE,
  knock: "Whoever opens a link asks to join in that role, and waits until you admit them.",
  invite_only: AT_ONCE,
};

const CODE_HINTS: Readonly<Record<JoinPolicy, string>> = {
  invite: "With the code alone people ask to join, and you let them in. It is safe to say aloud.",
  knock: "With the code alone people ask to join, too. It is safe to say aloud.",
  invite_only: "The code alone opens nothing, and does not let anybody ask to join: send a link.",
};

interface InviteContentProps {
  readonly session: SessionInfo;
  readonly token: string;
  /** Another number when the links may be others than before. */
  readonly invitesRevision: number;
}

interface Asking {
  readonly about: "renew" | "revoke";
  readonly role: Role;
}

export function InviteContent({ session, token, invitesRevision }: InviteContentProps) {
  const { api, credentials, server } = useServices();
  const [answer, setAnswer] = useState<InvitesAnswer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [asking, setAsking] = useState<Asking | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    api.invites(session.id, token, controller.signal).then(
      (heard) => {
        setAnswer(heard);
        setProblem(null);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(sentenceOf(error));
      },
    );
    return () => {
      controller.abort();
    };
  }, [api, session.id, token, invitesRevision, attempt]);

  const renew = async (role: Role): Promise<void> => {
    setAnswer(await api.renewInvite(session.id, token, role));
  };

  const invites = answer?.invites ?? null;
  // Whoever came by an inner address still hands out the one that others can open.
  const linked = answer?.public_url ?? server;
  return (
    <div className={css["content"]}>
      <h2 className={css["title"]}>Invite people</h2>
      <PolicyRule session={session} token={token} />
      <div>
        <div className={css["head"]}>
          <h3 className={css["subtitle"]}>Links by role</h3>
          <span className={css["private"]}>
            <LockKeyhole size={12} aria-hidden="true" />
            Private links
          </span>
        </div>
        <p className={css["hint"]}>
          {LINK_HINTS[session.join_policy]} Send each only to the person it is for.
        </p>
      </div>
      {isLoopback(new URL(linked).hostname) && (
        <Notice kind="warning">
          {credentials.insideDesktop
            ? "These links work on this computer only. The app’s share panel has the ones for others."
            : "You opened this page by an address of this computer only. For others, open it by the computer’s name or network address and copy the links there."}
        </Notice>
      )}
      {problem !== null && (
        <Notice kind="danger" announce>
          <p>{problem}</p>
          <Button
            onClick={() => {
              setAttempt((count) => count + 1);
            }}
          >
            Try again
          </Button>
        </Notice>
      )}
      {problem === null && invites === null && (
        <>
          {ROLES.map((role) => (
            <div key={role} className={css["skeleton"]} aria-hidden="true" />
          ))}
        </>
      )}
      {invites !== null &&
        ROLES.map((role) => {
          const invite = invites[role];
          return (
            <InviteRow
              key={role}
              role={role}
              link={invite === null ? null : inviteLink(linked, session.id, invite)}
              onAsk={(about) => {
                setAsking({ about, role });
              }}
              onMake={() => renew(role)}
            />
          );
        })}
      <div className={css["section"]}>
        <p className={css["label"]}>Session code</p>
        <CopyField label="Session code" value={session.id} />
        <p className={css["hint"]}>{CODE_HINTS[session.join_policy]}</p>
      </div>
      <div className={css["section"]}>
        <ObserversRule session={session} token={token} />
      </div>
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => {
          if (!open) setAsking(null);
        }}
        {...wordsOf(asking)}
        onConfirm={async () => {
          if (asking === null) return;
          if (asking.about === "renew") await renew(asking.role);
          else setAnswer(await api.revokeInvite(session.id, token, asking.role));
        }}
      />
    </div>
  );
}

function wordsOf(asking: Asking | null) {
  const role = asking === null ? "" : ROLE_LABELS[asking.role].toLowerCase();
  return asking?.about === "revoke"
    ? {
        title: `Turn the ${role} link off?`,
        description:
          "Links for this role that you sent before open nothing, until you make a new one. Whoever is in the interview already stays.",
        action: "Turn off",
        destructive: true,
      }
    : {
        title: `Make a new ${role} link?`,
        description:
          "The link you sent before stops working. Whoever is in the interview already stays.",
        action: "Make a new link",
      };
}

interface InviteRowProps {
  readonly role: Role;
  /** Null once it was turned off. */
  readonly link: string | null;
  readonly onAsk: (about: Asking["about"]) => void;
  /** Makes a link where there is none; rejects with an `ApiError` when the server says no. */
  readonly onMake: () => Promise<void>;
}

function InviteRow({ role, link, onAsk, onMake }: InviteRowProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const Icon = ROLE_ICONS[role];
  const word = ROLE_LABELS[role].toLowerCase();
  const isOn = link !== null;

  const make = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await onMake();
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div role="group" aria-label={`${ROLE_LABELS[role]} link`}>
      <div className={css["head"]}>
        <span className={css["label"]}>
          <Icon size={14} aria-hidden="true" />
          {ROLE_LABELS[role]}
        </span>
        <span className={css["acts"]}>
          {isOn && (
            <Button
              variant="ghost"
              className={css["act"]}
              icon={<RefreshCw size={12} aria-hidden="true" />}
              aria-label={`New link for ${word}s`}
              onClick={() => {
                onAsk("renew");
              }}
            >
              New link
            </Button>
          )}
          {/* One button with two uses, so that the keyboard stays where it was. */}
          <Button
            variant={isOn ? "ghost" : "secondary"}
            className={css["act"]}
            busy={busy}
            icon={
              isOn ? (
                <CircleOff size={12} aria-hidden="true" />
              ) : (
                <RefreshCw size={12} aria-hidden="true" />
              )
            }
            aria-label={isOn ? `Turn off the ${word} link` : `Make a new ${word} link`}
            onClick={() => {
              if (isOn) onAsk("revoke");
              else void make();
            }}
          >
            {isOn ? "Turn off" : "Make a new link"}
          </Button>
        </span>
      </div>
      {isOn ? (
        <>
          <CopyField label={`${ROLE_LABELS[role]} link`} value={link} />
          <p className={css["hint"]}>{ROLE_HINTS[role]}</p>
        </>
      ) : (
        <p className={css["off"]}>
          <CircleOff size={14} aria-hidden="true" />
          <span>
            <strong>This link is off.</strong> Links that were sent before open nothing.
          </span>
        </p>
      )}
      {problem !== null && <FieldError>{problem}</FieldError>}
    </div>
  );
}
