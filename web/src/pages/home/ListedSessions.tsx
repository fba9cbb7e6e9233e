/** The interviews that their hosts show to this network, by title; each leads to its lobby. */

import { ChevronRight, DoorOpen } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Link } from "react-router";

import type { ListedSession } from "../../api/types";
import { useServices } from "../../app/services";
import css from "./ListedSessions.module.css";

const EVERY_MS = 5_000;

export function ListedSessions() {
  const sessions = useListed();
  const headingId = useId();
  // A server that cannot say it just now is no reason to alarm somebody who has a link.
  if (sessions === null) return null;
  return (
    <section className={css["section"]} aria-labelledby={headingId}>
      <h2 className={css["heading"]} id={headingId}>
        Open on this network
      </h2>
      {sessions.length === 0 ? (
        <p className={css["empty"]}>
          No interview is listed here just now. Interviewers choose whether theirs is; with its
          code or link you can join any.
        </p>
      ) : (
        <>
          <ul className={css["list"]}>
            {sessions.map((session) => (
              <li key={session.id} className={css["row"]}>
                <DoorOpen className={css["icon"]} size={18} aria-hidden="true" />
                <Link className={css["title"]} to={`/i/${session.id}`} title={session.title}>
                  <bdi>{session.title}</bdi>
                </Link>
                <ChevronRight className={css["icon"]} size={16} aria-hidden="true" />
              </li>
            ))}
          </ul>
          <p className={css["hint"]}>You wait there until the interviewer lets you in.</p>
        </>
      )}
    </section>
  );
}

/** What is listed now; null until the server has said it. */
function useListed(): readonly ListedSession[] | null {
  const { api } = useServices();
  const [sessions, setSessions] = useState<readonly ListedSession[] | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    const load = async (): Promise<void> => {
      if (document.visibilityState === "hidden") return;
      try {
        setSessions(await api.listed(controller.signal));
      } catch {
        // What was listed stays: opening it tells what is wrong.
      }
    };
    const look = (): void => void load();
    look();
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      controller.abort();
    };
  }, [api]);

  return sessions;
}
