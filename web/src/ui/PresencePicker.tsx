/** The eight presence colours as a radio group: arrows move, names are said and shown. */

import { Check } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { useId, type CSSProperties } from "react";

import { PRESENCE_NAMES, presenceColor } from "../theme/presence";
import css from "./PresencePicker.module.css";

interface PresencePickerProps {
  readonly value: number;
  readonly onChange: (presence: number) => void;
}

export function PresencePicker({ value, onChange }: PresencePickerProps) {
  const id = useId();
  return (
    <div>
      <div className={css["legend"]} id={id}>
        Your colour <span className={css["name"]}>{PRESENCE_NAMES[value]}</span>
      </div>
      <RadioGroup.Root
        className={css["group"]}
        aria-labelledby={id}
        value={String(value)}
        orientation="horizontal"
        onValueChange={(next) => {
          onChange(Number(next));
        }}
      >
        {PRESENCE_NAMES.map((name, index) => (
          <RadioGroup.Item
            key={name}
            className={css["swatch"]}
            style={{ "--swatch": presenceColor(index) } as CSSProperties}
            value={String(index)}
            aria-label={name}
            title={name}
          >
            <RadioGroup.Indicator>
              <Check size={18} strokeWidth={3} aria-hidden="true" style={{ display: "block" }} />
            </RadioGroup.Indicator>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
