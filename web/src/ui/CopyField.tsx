/** A value to hand on: readable, selectable, with a Copy button that says what happened. */

import { Check, Copy } from "lucide-react";
import { useEffect, useRef } from "react";

import { Button } from "./Button";
import css from "./CopyField.module.css";
import { cx } from "./cx";
import { useCopy } from "./useCopy";

interface CopyFieldProps {
  /** What the value is, such as "Candidate link". */
  readonly label: string;
  readonly value: string;
}

export function CopyField({ label, value }: CopyFieldProps) {
  const [state, copy] = useCopy();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The way that always works: the text is selected, Ctrl+C is up to the person.
    if (state === "failed") input.current?.select();
  }, [state]);
  return (
    <div>
      <div className={css["row"]}>
        <input
          ref={input}
          className={css["text"]}
          aria-label={label}
          value={value}
          readOnly
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        <Button
          className={cx(css["copy"], state === "copied" && css["copied"])}
          icon={state === "copied" ? <Check size={16} /> : <Copy size={16} />}
          aria-label={state === "copied" ? `${label} copied` : `Copy ${label.toLowerCase()}`}
          onClick={() => {
            copy(value);
          }}
        >
          {state === "copied" ? "Copied" : "Copy"}
        </Button>
      </div>
      {state === "failed" && (
        <p className={css["failed"]} role="alert">
          The browser did not allow copying. The text is selected: press Ctrl+C (⌘C on a Mac).
        </p>
      )}
    </div>
  );
}
