/** What the keyboard can do here. */

import { Dialog } from "../ui/Dialog";
import { Kbd } from "../ui/Kbd";
import { chord, isApple } from "../ui/platform";
import { KNOCKS_KEY } from "./KnockList";
import css from "./ShortcutsDialog.module.css";

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const rows: readonly (readonly [string, string])[] = [
    ["Run the code", chord("Enter")],
    ["Stop the program", chord(".")],
    ["Undo your own last edit", chord("Z")],
    ["Find in the file", chord("F")],
    ["Toggle a comment", chord("/")],
    ["Editor commands", "F1"],
    ["Let Tab leave the editor, or indent again", isApple() ? "⌃ ⇧ M" : "Ctrl+M"],
    ["Next area of the window", "F6"],
    ["To those who ask to join, and back", KNOCKS_KEY],
    ["This list, outside the editor", "?"],
  ];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <dl className={css["list"]}>
        {rows.map(([what, keys]) => (
          <div key={what} className={css["row"]}>
            <dt>{what}</dt>
            <dd>
              <Kbd>{keys}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
