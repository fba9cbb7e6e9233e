/** Modal dialogs: one to read or fill in, one that asks before something that cannot be undone. */

import { X } from "lucide-react";
import { AlertDialog, Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";

import { sentenceOf } from "../api/errors";
import { Button, IconButton } from "./Button";
import css from "./Dialog.module.css";
import { Notice } from "./Notice";
import { cx } from "./cx";
import { useFocusReturn } from "./useFocusReturn";

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, wide, children }: DialogProps) {
  const focusReturn = useFocusReturn();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={css["overlay"]} />
        <Radix.Content
          {...focusReturn}
          className={cx(css["dialog"], wide && css["wide"])}
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <Radix.Title className={css["title"]}>{title}</Radix.Title>
          {description !== undefined && (
            <Radix.Description className={css["description"]}>{description}</Radix.Description>
          )}
          <div className={css["body"]}>{children}</div>
          <Radix.Close asChild>
            <IconButton label="Close" className={css["close"]}>
              <X size={16} />
            </IconButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: ReactNode;
  /** The action as a verb phrase, such as "End interview". */
  readonly action: string;
  readonly destructive?: boolean;
  /** The dialog stays open with the sentence when this rejects, and closes otherwise. */
  readonly onConfirm: () => Promise<void> | void;
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  action,
  destructive = false,
  onConfirm,
}: ConfirmDialogProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const focusReturn = useFocusReturn();
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        setProblem(null);
        onOpenChange(next);
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={css["overlay"]} />
        <AlertDialog.Content className={css["dialog"]} {...focusReturn}>
          <AlertDialog.Title className={css["title"]}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={css["description"]}>
            {description}
          </AlertDialog.Description>
          {problem !== null && (
            <div className={css["body"]}>
              <Notice kind="danger" announce>
                {problem}
              </Notice>
            </div>
          )}
          <div className={css["actions"]}>
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <Button
              variant={destructive ? "dangerSolid" : "primary"}
              busy={busy}
              onClick={() => {
                void confirm();
              }}
            >
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The row of buttons at a dialog's end. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={css["actions"]}>{children}</div>;
}
