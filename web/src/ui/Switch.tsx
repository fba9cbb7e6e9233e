/** An on/off setting with its name and a sentence about what it is now. */

import { Switch as Radix } from "radix-ui";
import { useId } from "react";

import css from "./Switch.module.css";

interface SwitchProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={css["field"]}>
      <div className={css["words"]}>
        <label className={css["label"]} htmlFor={id}>
          {label}
        </label>
        <p className={css["hint"]} id={`${id}-hint`}>
          {hint}
        </p>
      </div>
      <Radix.Root
        className={css["switch"]}
        id={id}
        aria-describedby={`${id}-hint`}
        checked={checked}
        onCheckedChange={onChange}
      >
        <Radix.Thumb className={css["thumb"]} />
      </Radix.Root>
    </div>
  );
}
