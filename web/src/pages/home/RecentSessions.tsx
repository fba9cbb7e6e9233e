/** The host's sessions, newest first: search, open, delete. */

import {
  CircleCheck,
  Copy,
  Ellipsis,
  Flag,
  Hourglass,
  KeyRound,
  Radio,
  Search,
  Trash2,
} from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Link } from "react-router";

import { ApiError, sentenceOf } from "../../api/errors";
import type { SessionSummary } from "../../api/types";
import { useServices } from "../../app/services";
import { Button, IconButton } from "../../ui/Button";
import { copyText } from "../../ui/clipboard";
import { cx } from "../../ui/cx";
import { ConfirmDialog } from "../../ui/Dialog";
import { ago, plural } from "../../ui/format";
import { useNow } from "../../ui/hooks";
import { LanguageIcon, languageLabel } from "../../ui/languages";
import { Menu, MenuItem, MenuSeparator } from "../../ui/Menu";
import { Notice } from "../../ui/Notice";
import css from "./RecentSessions.module.css";

const PAGE = 20;
const SEARCH_DELAY_MS = 200;

interface RecentSessionsProps {
  readonly hostKey: string;
  /** Forgets a typed host key; null inside the desktop app. */
  readonly onForget: (() => void) | null;
  readonly onRefused: () => void;
}

interface Loaded {
  readonly sessions: readonly SessionSummary[];
  readonly total: number;
}

export function RecentSessions({ hostKey, onForget, onRefused }: RecentSessionsProps) {
  const { api, credentials } = useServices();
  const [query, setQuery] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [deleting, setDeleting] = useState<SessionSummary | null>(null);
  const now = useNow(60_000);

  useEffect(() => {
    const controller = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const page = await api.listSessions(
          hostKey,
          { query: query.trim(), limit },
          controller.signal,
        );
        setLoaded({ sessions: page.data, total: page.total });
        setProblem(null);
      } catch (error) {
        if (controller.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) onRefused();
        setProblem(sentenceOf(error));
      }
    };
    const timer = setTimeout(() => void load(), query === "" ? 0 : SEARCH_DELAY_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // `onRefused` only matters at the moment of a refusal.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, hostKey, query, limit, attempt]);

  const reload = useCallback(() => {
    setAttempt((count) => count + 1);
  }, []);

  return (
    <section className={css["section"]} aria-labelledby="recent">
      <div className={css["bar"]}>
        <h2 className={css["heading"]} id="recent">
          Recent sessions
        </h2>
        <div className={css["tools"]}>
          <div className={css["search"]}>
            <Search size={16} aria-hidden="true" />
            <input
              type="search"
              aria-label="Search sessions"
              placeholder="Search by title or code"
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setLimit(PAGE);
              }}
            />
          </div>
          {onForget && (
            <Button variant="ghost" icon={<KeyRound size={16} />} onClick={onForget}>
              Stop hosting
            </Button>
          )}
        </div>
      </div>
      {problem !== null && (
        <Notice kind="danger" announce>
          {problem}{" "}
          <Button variant="ghost" onClick={reload}>
            Try again
          </Button>
        </Notice>
      )}
      {loaded === null && problem === null && <Skeleton />}
      {loaded?.sessions.length === 0 && <Empty query={query} />}
      {loaded !== null && loaded.sessions.length > 0 && (
        <ul className={css["list"]}>
          {loaded.sessions.map((session) => (
            <Row key={session.id} session={session} now={now} onDelete={setDeleting} />
          ))}
        </ul>
      )}
      {loaded !== null && loaded.total > loaded.sessions.length && (
        <div className={css["more"]}>
          <Button
            onClick={() => {
              setLimit((count) => count + PAGE);
            }}
          >
            Show more ({loaded.total - loaded.sessions.length})
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={deleting !== null}
        onOpenChange={(open) => {
          if (!open) setDeleting(null);
        }}
        title={`Delete “${deleting?.title ?? ""}”?`}
        description="Its code, runs and history are deleted for everyone, and whoever is in it is sent out. This cannot be undone."
        action="Delete session"
        destructive
        onConfirm={async () => {
          if (deleting === null) return;
          await api.deleteSession(hostKey, deleting.id);
          credentials.forgetParticipant(deleting.id);
          reload();
        }}
      />
    </section>
  );
}

interface RowProps {
  readonly session: SessionSummary;
  readonly now: number;
  readonly onDelete: (session: SessionSummary) => void;
}

function Row({ session, now, onDelete }: RowProps) {
  return (
    <li className={css["row"]}>
      <span className={css["language"]}>
        <LanguageIcon language={session.language} size={18} />
      </span>
      <div style={{ minWidth: 0 }}>
        <Link className={css["title"]} to={`/s/${session.id}`} title={session.title}>
          {session.title}
        </Link>
        <p className={css["meta"]}>
          <span className={css["code"]}>{session.id}</span> · {languageLabel(session.language)} ·{" "}
          {plural(session.participant_count, "participant")} · created{" "}
          {ago(session.created_at, now)}
        </p>
      </div>
      <State session={session} now={now} />
      <div className={css["menu"]}>
        <Menu
          trigger={
            <IconButton label={`Actions for ${session.title}`}>
              <Ellipsis size={16} />
            </IconButton>
          }
        >
          <MenuItem icon={<Copy size={16} />} onSelect={() => void copyText(session.id)}>
            Copy code
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            danger
            icon={<Trash2 size={16} />}
            onSelect={() => {
              onDelete(session);
            }}
          >
            Delete…
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}

function State({ session, now }: { readonly session: SessionSummary; readonly now: number }) {
  if (session.phase === "ended") {
    return (
      <span className={cx(css["state"], css["over"])}>
        <Flag size={14} aria-hidden="true" />
        Ended
      </span>
    );
  }
  if (session.expires_at <= now) {
    return (
      <span className={cx(css["state"], css["over"])}>
        <Hourglass size={14} aria-hidden="true" />
        Expired
      </span>
    );
  }
  return session.online_count > 0 ? (
    <span className={cx(css["state"], css["live"])}>
      <Radio size={14} aria-hidden="true" />
      {session.online_count} online
    </span>
  ) : (
    <span className={cx(css["state"], css["over"])}>
      <CircleCheck size={14} aria-hidden="true" />
      Open
    </span>
  );
}

function Skeleton() {
  return (
    <div className={css["list"]} aria-hidden="true">
      {[0, 1, 2].map((row) => (
        <div key={row} className={cx(css["row"], css["skeleton"])}>
          <span style={{ width: 18, height: 18 }} />
          <span />
        </div>
      ))}
    </div>
  );
}

function Empty({ query }: { readonly query: string }) {
  return (
    <div className={css["empty"]}>
      <strong>{query === "" ? "No sessions yet" : "Nothing found"}</strong>
      <p>
        {query === ""
          ? "Host an interview above: it opens at once, and you get a link to send."
          : "Search looks at titles and codes. Try fewer letters."}
      </p>
    </div>
  );
}
