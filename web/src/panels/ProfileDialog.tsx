/** Changing how the others see me: my name and my colour. */

import { useState, type SubmitEvent } from "react";

import { ApiError, sentenceOf } from "../api/errors";
import { Button } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { PresencePicker } from "../ui/PresencePicker";
import css from "./ProfileDialog.module.css";

export interface Profile {
  readonly name: string;
  /** Index (0–7) of the presence colour. */
  readonly presence: number;
}

interface ProfileFormProps {
  readonly profile: Profile;
  /** Rejects with an `ApiError` when the server says no. */
  readonly onSave: (profile: Profile) => Promise<void>;
  readonly onDone: () => void;
}

interface ProfileDialogProps extends Omit<ProfileFormProps, "onDone"> {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ProfileDialog({ open, onOpenChange, ...form }: ProfileDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Your name and colour">
      <ProfileForm
        {...form}
        onDone={() => {
          onOpenChange(false);
        }}
      />
    </Dialog>
  );
}

function ProfileForm({ profile, onSave, onDone }: ProfileFormProps) {
  const [name, setName] = useState(profile.name);
  const [presence, setPresence] = useState(profile.presence);
  const [nameError, setNameError] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await onSave({ name: name.trim(), presence });
      onDone();
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      const field = fields.find((candidate) => candidate.field.endsWith("name"));
      if (field) setNameError(field.error);
      else setProblem(sentenceOf(error));
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() === "") {
      setNameError("Enter your name, so that others know who is typing.");
    } else if (name.trim() === profile.name && presence === profile.presence) onDone();
    else void save();
  };

  return (
    <form className={css["form"]} noValidate onSubmit={submit}>
      <TextField
        label="Your name"
        name="name"
        autoComplete="name"
        value={name}
        maxLength={255}
        error={nameError}
        onChange={(event) => {
          setName(event.target.value);
          setNameError(null);
        }}
      />
      <PresencePicker value={presence} onChange={setPresence} />
      {problem !== null && (
        <Notice kind="danger" announce>
          {problem}
        </Notice>
      )}
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button variant="primary" type="submit" busy={busy}>
          Save
        </Button>
      </DialogActions>
    </form>
  );
}
