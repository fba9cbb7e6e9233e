/** One out of a few, each with a sentence about it: arrows move, the whole row can be pressed. */

import { RadioGroup } from "radix-ui";
import { useId } from "react";

import css from "./ChoiceList.module.css";

interface ChoiceListProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly sentence: string;
  }[];
}

export function ChoiceList<T extends string>(props: ChoiceListProps<T>) {
  const { label, value, onChange, options } = props;
  const id = useId();
  return (
    <div>
      <div className={css["legend"]} id={id}>
        {label}
      </div>
      <RadioGroup.Root
        className={css["group"]}
        aria-labelledby={id}
        value={value}
        orientation="vertical"
        onValueChange={(next) => {
          const option = options.find((candidate) => candidate.value === next);
          if (option) onChange(option.value);
        }}
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            className={css["option"]}
            value={option.value}
            aria-labelledby={`${id}-${option.value}`}
            aria-describedby={`${id}-${option.value}-about`}
          >
            <span className={css["mark"]} aria-hidden="true">
              <RadioGroup.Indicator className={css["dot"]} />
            </span>
            <span>
              <span className={css["name"]} id={`${id}-${option.value}`}>
                {option.label}
              </span>
              <span className={css["sentence"]} id={`${id}-${option.value}-about`}>
                {option.sentence}
              </span>
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
