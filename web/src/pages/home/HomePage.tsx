/** The start page: join by code or link; host and see recent sessions with the host credential. */

import { useState } from "react";

import { useServices } from "../../app/services";
import { cx } from "../../ui/cx";
import { useDocumentTitle } from "../../ui/hooks";
import { PageShell } from "../PageShell";
import { CreateForm } from "./CreateForm";
import css from "./HomePage.module.css";
import { HostKeyForm } from "./HostKeyForm";
import { JoinForm } from "./JoinForm";
import { ListedSessions } from "./ListedSessions";
import { RecentSessions } from "./RecentSessions";

export function HomePage() {
  const { credentials } = useServices();
  const [hostKey, setHostKey] = useState(() => credentials.hostKey());
  const [refused, setRefused] = useState(false);
  useDocumentTitle(null);

  if (hostKey === null) {
    return (
      <PageShell>
        <div className={cx(css["page"], css["alone"])}>
          <div>
            <h1 className={css["title"]}>Join an interview</h1>
            <p className={css["lead"]}>
              Write and run code together, live, in this browser. No account needed.
            </p>
          </div>
          <JoinForm titled={false} />
          <ListedSessions />
          <HostKeyForm
            refused={refused}
            onAccepted={(key) => {
              credentials.rememberHostKey(key);
              setRefused(false);
              setHostKey(key);
            }}
          />
        </div>
      </PageShell>
    );
  }

  const forget = (): void => {
    credentials.forgetHostKey();
    setHostKey(null);
  };
  return (
    <PageShell width="wide">
      <div className={css["page"]}>
        <h1 className={css["title"]}>Interviews</h1>
        <div className={css["actions"]}>
          <CreateForm hostKey={hostKey} />
          <JoinForm titled />
        </div>
        <RecentSessions
          hostKey={hostKey}
          onForget={credentials.hostKeyIsTyped ? forget : null}
          onRefused={() => {
            if (!credentials.hostKeyIsTyped) return;
            setRefused(true);
            forget();
          }}
        />
      </div>
    </PageShell>
  );
}
