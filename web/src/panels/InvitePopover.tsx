/** Interviewers' links, one per role, and the code that leads to the lobby. */

import { LockKeyhole, RefreshCw, UserPlus } from "lucide-react";
import { useEffect, useState } from "react";

import { sentenceOf } from "../api/errors";
import { inviteLink, isLoopback } from "../api/links";
import type { Invites, Role } from "../api/types";
import { useServices } from "../app/services";
import { ROLE_ICONS, ROLE_LABELS } from "../ui/Avatar";
import { Button } from "../ui/Button";
import { CopyField } from "../ui/CopyField";
import { ConfirmDialog } from "../ui/Dialog";
import { Notice } from "../ui/Notice";
import { Popover } from "../ui/Popover";
import css from "./InvitePopover.module.css";

interface InvitePopoverProps {
  readonly sessionId: string;
  readonly token: string;
  /** Icon only, for tight bars. */
  readonly compact: boolean;
  readonly initiallyOpen: boolean;
}

export function InvitePopover({ sessionId, token, compact, initiallyOpen }: InvitePopoverProps) {
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
      <InviteContent sessionId={sessionId} token={token} />
    </Popover>
  );
}

const HINTS: Readonly<Record<Role, string>> = {
  candidate: "Types and runs code.",
  observer: "Watches only.",
  interviewer: "May do all that you may, also end the interview.",
};

const ROLES: readonly Role[] = ["candidate", "observer", "interviewer"];

interface InviteContentProps {
  readonly sessionId: string;
  readonly token: string;
}

export function InviteContent({ sessionId, token }: InviteContentProps) {
  const { api, credentials, origin } = useServices();
  const [invites, setInvites] = useState<Invites | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [renewing, setRenewing] = useState<Role | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    api.invites(sessionId, token, controller.signal).then(
      (answer) => {
        setInvites(answer);
        setProblem(null);
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(sentenceOf(error));
      },
    );
    return () => {
      controller.abort();
    };
  }, [api, sessionId, token, attempt]);

  const linkOf = (invite: string | null): string | null =>
    invite === null ? null : inviteLink(origin, sessionId, invite);

  return (
    <div className={css["content"]}>
      <div>
        <div className={css["head"]}>
          <h2 className={css["title"]}>Invite people</h2>
          <span className={css["private"]}>
            <LockKeyhole size={12} aria-hidden="true" />
            Private links
          </span>
        </div>
        <p className={css["hint"]}>
          Whoever opens a link comes in at once, in that role. Send each only to the person it is
          for.
        </p>
      </div>
      {isLoopback(new URL(origin).hostname) && (
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
        ROLES.map((role) => (
          <InviteRow
            key={role}
            role={role}
            link={linkOf(invites[role])}
            onRenew={() => {
              setRenewing(role);
            }}
          />
        ))}
      <div className={css["codeRow"]}>
        <p className={css["label"]}>Session code</p>
        <CopyField label="Session code" value={sessionId} />
        <p className={css["hint"]}>
          With the code alone people ask to join, and you let them in. It is safe to say aloud.
        </p>
      </div>
      <ConfirmDialog
        open={renewing !== null}
        onOpenChange={(open) => {
          if (!open) setRenewing(null);
        }}
        title={`Make a new ${renewing === null ? "" : ROLE_LABELS[renewing].toLowerCase()} link?`}
        description="The link you sent before stops working. Whoever is in the interview already stays."
        action="Make a new link"
        onConfirm={async () => {
          if (renewing !== null) setInvites(await api.renewInvite(sessionId, token, renewing));
        }}
      />
    </div>
  );
}

interface InviteRowProps {
  readonly role: Role;
  /** Null once it was turned off. */
  readonly link: string | null;
  readonly onRenew: () => void;
}

function InviteRow({ role, link, onRenew }: InviteRowProps) {
  const Icon = ROLE_ICONS[role];
  return (
    <div>
      <div className={css["head"]}>
        <span className={css["label"]}>
          <Icon size={14} aria-hidden="true" />
          {ROLE_LABELS[role]}
        </span>
        <Button
          variant="ghost"
          className={css["renew"]}
          icon={<RefreshCw size={12} aria-hidden="true" />}
          aria-label={`New link for ${ROLE_LABELS[role].toLowerCase()}s`}
          onClick={onRenew}
        >
          New link
        </Button>
      </div>
      {link === null ? (
        <p className={css["hint"]}>This link is off</p>
      ) : (
        <CopyField label={`${ROLE_LABELS[role]} link`} value={link} />
      )}
      <p className={css["hint"]}>{HINTS[role]}</p>
    </div>
  );
}
