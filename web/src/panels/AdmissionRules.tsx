/** Who may come in, and whether candidates learn of observers: rules of the session. */

import type { JoinPolicy } from "../api/types";
import { useServices } from "../app/services";
import { JOIN_POLICIES, type SessionInfo } from "../collab/messages";
import { ChoiceList } from "../ui/ChoiceList";
import { Notice } from "../ui/Notice";
import { Switch } from "../ui/Switch";
import { useSetting } from "./useSetting";

interface RuleProps {
  readonly session: SessionInfo;
  readonly token: string;
}

const NAMES: Readonly<Record<JoinPolicy, string>> = {
  invite: "Links let in, the code knocks",
  knock: "Everybody knocks",
  invite_only: "Links only",
};

const SENTENCES: Readonly<Record<JoinPolicy, string>> = {
  invite:
    "Whoever has a link comes in at once. Whoever types the code waits until you admit them.",
  knock: "Everybody waits until you admit them, also those who have a link.",
  invite_only: "Whoever has a link comes in at once. The code alone opens nothing.",
};

const POLICIES = JOIN_POLICIES.map((policy) => ({
  value: policy,
  label: NAMES[policy],
  sentence: SENTENCES[policy],
}));

export function PolicyRule({ session, token }: RuleProps) {
  const { api } = useServices();
  const policy = useSetting(session.join_policy, session.updated_at, async (value) => {
    const { updated_at } = await api.updateSession(session.id, token, { join_policy: value });
    return updated_at;
  });
  return (
    <div>
      <ChoiceList
        label="Who may come in"
        value={policy.value}
        onChange={policy.choose}
        options={POLICIES}
      />
      <Problem sentence={policy.problem} />
    </div>
  );
}

export function ObserversRule({ session, token }: RuleProps) {
  const { api } = useServices();
  const listed = useSetting(session.observers_listed, session.updated_at, async (value) => {
    const { updated_at } = await api.updateSession(session.id, token, {
      observers_listed: value,
    });
    return updated_at;
  });
  return (
    <div>
      <Switch
        label="Show observers to candidates"
        hint={
          listed.value
            ? "Candidates see observers’ names and cursors."
            : "Candidates do not learn that an observer is here. Interviewers and observers see everybody."
        }
        checked={listed.value}
        onChange={listed.choose}
      />
      <Problem sentence={listed.problem} />
    </div>
  );
}

function Problem({ sentence }: { readonly sentence: string | null }) {
  return (
    sentence !== null && (
      <div style={{ marginTop: "var(--space-2)" }}>
        <Notice kind="danger" announce>
          {sentence}
        </Notice>
      </div>
    )
  );
}
