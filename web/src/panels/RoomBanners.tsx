/** Which banners the room's state calls for, most urgent first. */

import {
  CircleAlert,
  CloudAlert,
  Copy,
  Eye,
  Flag,
  LockKeyhole,
  RefreshCw,
  WifiOff,
  X,
} from "lucide-react";
import { useEffect, useState } from "react";

import type { Participant, SessionInfo } from "../collab/messages";
import type { RoomSnapshot } from "../collab/room";
import { Button, IconButton } from "../ui/Button";
import { useNow } from "../ui/hooks";
import { useCopy } from "../ui/useCopy";
import { Banner } from "./Banner";

interface RoomBannersProps {
  readonly snapshot: RoomSnapshot;
  readonly session: SessionInfo;
  readonly me: Participant;
  /** The files of the session’s language, as they are on this page. */
  readonly texts: () => Readonly<Record<string, string>>;
  readonly onReconnect: () => void;
  readonly onDismissRefusal: () => void;
}

/** A connection that comes back sooner than this is not worth moving the page for. */
const PATIENCE_MS = 800;

export function RoomBanners(props: RoomBannersProps) {
  const { snapshot, session, me, texts, onReconnect, onDismissRefusal } = props;
  const { connection, failure, refusal, saved } = snapshot;
  const away = connection === "reconnecting" || connection === "disconnected";
  return (
    <>
      {failure !== null && <FailureBanner kind={failure.kind} texts={texts} />}
      {away && <LostBanner retryAtMs={snapshot.retryAtMs} onReconnect={onReconnect} />}
      {connection === "connected" && saved === "unsaved" && (
        <Banner icon={CloudAlert} tone="warning">
          Not saved yet: the host cannot store changes right now. You can go on; they are stored as
          soon as that works again.
        </Banner>
      )}
      {refusal !== null && (
        <RefusalBanner
          sentence={refusal.error}
          rescued={refusal.rescued}
          onDismiss={onDismissRefusal}
        />
      )}
      <ReadOnlyBanner session={session} me={me} />
    </>
  );
}

interface FailureBannerProps {
  readonly kind: string;
  readonly texts: () => Readonly<Record<string, string>>;
}

function FailureBanner({ kind, texts }: FailureBannerProps) {
  return (
    <Banner
      icon={CircleAlert}
      tone="danger"
      actions={
        <>
          <CopyTexts texts={texts} />
          <Button
            icon={<RefreshCw size={16} aria-hidden="true" />}
            onClick={() => {
              window.location.reload();
            }}
          >
            Reload
          </Button>
        </>
      }
    >
      {kind === "too_large"
        ? "Your changes and the others’ are together more than the interview can hold, so the connection was ended. Copy your text, reload, and put in what fits."
        : "The connection ended because something unexpected was received. Copy your text, then reload."}
    </Banner>
  );
}

interface LostBannerProps {
  readonly retryAtMs: number | null;
  readonly onReconnect: () => void;
}

function LostBanner({ retryAtMs, onReconnect }: LostBannerProps) {
  const [shown, setShown] = useState(false);
  const now = useNow(retryAtMs === null ? null : 500);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(true);
    }, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  if (!shown) return null;
  const seconds = retryAtMs === null ? 0 : Math.ceil((retryAtMs - now) / 1000);
  return (
    <Banner
      icon={WifiOff}
      tone="warning"
      actions={<Button onClick={onReconnect}>Try now</Button>}
    >
      <strong>Connection lost.</strong> You can go on typing: your changes are kept here and merged
      when it is back. <span aria-hidden="true">
        {seconds > 0 ? `Next attempt in ${String(seconds)} s.` : "Trying now."}
      </span>
    </Banner>
  );
}

interface RefusalBannerProps {
  readonly sentence: string;
  readonly rescued: Readonly<Record<string, string>> | null;
  readonly onDismiss: () => void;
}

function RefusalBanner({ sentence, rescued, onDismiss }: RefusalBannerProps) {
  return (
    <Banner
      icon={CircleAlert}
      tone="danger"
      actions={
        <>
          {rescued !== null && <CopyTexts texts={() => rescued} />}
          <IconButton label="Dismiss" onClick={onDismiss}>
            <X size={16} />
          </IconButton>
        </>
      }
    >
      {sentence}
      {rescued !== null && " The editor shows the interview’s text again."}
    </Banner>
  );
}

function CopyTexts({ texts }: { readonly texts: () => Readonly<Record<string, string>> }) {
  const [state, copy] = useCopy();
  return (
    <Button
      icon={<Copy size={16} aria-hidden="true" />}
      onClick={() => {
        copy(inOne(texts()));
      }}
    >
      {state === "copied" ? "Copied" : state === "failed" ? "Not copied" : "Copy my text"}
    </Button>
  );
}

/** One file as it is, several under their names; empty ones say nothing. */
function inOne(texts: Readonly<Record<string, string>>): string {
  const written = Object.entries(texts).filter(([, text]) => text !== "");
  return written.length === 1
    ? (written[0]?.[1] ?? "")
    : written.map(([path, text]) => `--- ${path} ---\n${text}`).join("\n\n");
}

function ReadOnlyBanner({
  session,
  me,
}: {
  readonly session: SessionInfo;
  readonly me: Participant;
}) {
  if (session.phase === "ended") {
    return (
      <Banner icon={Flag} tone="neutral">
        <strong>This interview has ended.</strong> You can go on reading and copying; nothing can be
        changed.
      </Banner>
    );
  }
  if (me.role === "observer") {
    return (
      <Banner icon={Eye} tone="neutral">
        You are watching. Observers see everything live but cannot type or run.{" "}
        {session.observers_listed
          ? "Candidates see that you are here."
          : "Candidates do not see that you are here."}
      </Banner>
    );
  }
  if (session.locked && me.role === "candidate") {
    return (
      <Banner icon={LockKeyhole} tone="neutral">
        The interviewer has locked the editor. You can read until they unlock it.
      </Banner>
    );
  }
  return null;
}
