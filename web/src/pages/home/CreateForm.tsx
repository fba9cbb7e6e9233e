/** Hosting: title, the interviewer's name, the first language; leads straight into the room. */

import { Plus } from "lucide-react";
import { useId, useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";

import { newParticipantId } from "../../api/credentials";
import { ApiError, sentenceOf } from "../../api/errors";
import type { Language } from "../../api/types";
import { useServices } from "../../app/services";
import { Button } from "../../ui/Button";
import { Card, CardTitle } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { LanguagePicker } from "./LanguagePicker";
import css from "./form.module.css";

const NAME_LIMIT = 255;

export function CreateForm({ hostKey }: { readonly hostKey: string }) {
  const { api, credentials } = useServices();
  const navigate = useNavigate();
  const profile = credentials.profile();
  const [title, setTitle] = useState("");
  const [name, setName] = useState(profile.name);
  const [language, setLanguage] = useState<Language>("javascript");
  const [nameError, setNameError] = useState<string | null>(null);
  const [titleError, setTitleError] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const headingId = useId();

  const create = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await api.createSession(hostKey, {
        creator: {
          id: newParticipantId(),
          name: name.trim(),
          color: String(profile.presence ?? 0),
        },
        language,
        ...(title.trim() === "" ? {} : { title: title.trim() }),
      });
      credentials.rememberProfile({ ...profile, name: name.trim() });
      credentials.rememberParticipant(answer.data.id, {
        id: answer.participant.id,
        token: answer.token,
      });
      await navigate(`/s/${answer.data.id}`, { state: { created: true } });
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      const field = (suffix: string): string | null =>
        fields.find((candidate) => candidate.field.endsWith(suffix))?.error ?? null;
      setNameError(field("name"));
      setTitleError(field("title"));
      if (field("name") === null && field("title") === null) setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() === "") {
      setNameError("Enter your name, so that others know who is typing.");
      return;
    }
    void create();
  };

  return (
    <Card aria-labelledby={headingId}>
      <div className={css["heading"]}>
        <Plus size={18} aria-hidden="true" />
        <CardTitle id={headingId}>Host an interview</CardTitle>
      </div>
      <form className={css["form"]} noValidate onSubmit={submit}>
        <TextField
          label="Title"
          optional
          name="title"
          placeholder="Backend interview"
          value={title}
          maxLength={NAME_LIMIT}
          error={titleError}
          onChange={(event) => {
            setTitle(event.target.value);
            setTitleError(null);
          }}
        />
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          value={name}
          maxLength={NAME_LIMIT}
          error={nameError}
          onChange={(event) => {
            setName(event.target.value);
            setNameError(null);
          }}
        />
        <LanguagePicker value={language} onChange={setLanguage} />
        {problem !== null && (
          <Notice kind="danger" announce>
            {problem}
          </Notice>
        )}
        <Button className={css["submit"]} large variant="primary" type="submit" busy={busy}>
          Create and open
        </Button>
      </form>
    </Card>
  );
}
