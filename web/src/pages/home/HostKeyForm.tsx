/** For servers without the app: the host key is typed here, checked, and kept for this tab. */

import { ChevronRight } from "lucide-react";
import { Collapsible } from "radix-ui";
import { useState, type SubmitEvent } from "react";

import { ApiError, sentenceOf } from "../../api/errors";
import { useServices } from "../../app/services";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import css from "./HostKeyForm.module.css";

interface HostKeyFormProps {
  /** Whether a key that was in use has just stopped being accepted. */
  readonly refused: boolean;
  readonly onAccepted: (key: string) => void;
}

export function HostKeyForm({ refused, onAccepted }: HostKeyFormProps) {
  const { api } = useServices();
  const [open, setOpen] = useState(refused);
  const [key, setKey] = useState("");
  const [error, setError] = useState<string | null>(
    refused ? "The server does not accept this host key any more. Enter the current one." : null,
  );
  const [busy, setBusy] = useState(false);

  const check = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const me = await api.me(key.trim());
      if (me.host) onAccepted(key.trim());
      else setError("This is not a host key. It is in the file host.key of the data directory.");
    } catch (reason) {
      setError(
        reason instanceof ApiError && reason.status === 401
          ? "The server does not know this host key. Copy it again, whole."
          : sentenceOf(reason),
      );
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (key.trim() === "") setError("Enter the host key.");
    else void check();
  };

  return (
    <Collapsible.Root open={open} onOpenChange={setOpen}>
      <Collapsible.Trigger className={css["summary"]}>
        <ChevronRight size={16} aria-hidden="true" />I am hosting
      </Collapsible.Trigger>
      <Collapsible.Content>
        <Card className={css["content"]} style={{ marginTop: 12 }}>
          <form style={{ display: "grid", gap: 16 }} noValidate onSubmit={submit}>
            <TextField
              label="Host key"
              mono
              type="password"
              name="host-key"
              value={key}
              error={error}
              hint="In the file host.key of the server’s data directory. Inside the desktop app you never need it."
              spellCheck={false}
              onChange={(event) => {
                setKey(event.target.value);
                setError(null);
              }}
            />
            <Notice kind="private">
              The host key opens every interview on this server. It is kept until you close this
              tab; do not enter it on somebody else’s computer.
            </Notice>
            <div>
              <Button large type="submit" busy={busy}>
                Continue as host
              </Button>
            </div>
          </form>
        </Card>
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
