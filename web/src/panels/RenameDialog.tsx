/** Changing the session's title for everyone. */

import { useState, type SubmitEvent } from "react";

import { sentenceOf } from "../api/errors";
import { Button } from "../ui/Button";
import { Dialog, DialogActions } from "../ui/Dialog";
import { TextField } from "../ui/Field";

interface RenameDialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onRename: (title: string) => Promise<void>;
}

export function RenameDialog({ title, open, onOpenChange, onRename }: RenameDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Rename the interview">
      <RenameForm
        title={title}
        onRename={onRename}
        onDone={() => {
          onOpenChange(false);
        }}
      />
    </Dialog>
  );
}

interface RenameFormProps {
  readonly title: string;
  readonly onRename: (title: string) => Promise<void>;
  readonly onDone: () => void;
}

function RenameForm({ title, onRename, onDone }: RenameFormProps) {
  const [text, setText] = useState(title);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await onRename(text.trim());
      onDone();
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() === "") setProblem("Enter a title.");
    else if (text.trim() === title) onDone();
    else void save();
  };

  return (
    <form noValidate onSubmit={submit}>
      <TextField
        label="Title"
        value={text}
        maxLength={255}
        error={problem}
        onChange={(event) => {
          setText(event.target.value);
          setProblem(null);
        }}
      />
      <DialogActions>
        <Button onClick={onDone}>Cancel</Button>
        <Button variant="primary" type="submit" busy={busy}>
          Rename
        </Button>
      </DialogActions>
    </form>
  );
}
