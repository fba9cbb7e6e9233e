/** The session's first language, as three buttons of one radio group. */

import { RadioGroup } from "radix-ui";
import { useId } from "react";

import type { Language } from "../../api/types";
import { LANGUAGES, LanguageIcon } from "../../ui/languages";
import css from "./LanguagePicker.module.css";

interface LanguagePickerProps {
  readonly value: Language;
  readonly onChange: (language: Language) => void;
}

export function LanguagePicker({ value, onChange }: LanguagePickerProps) {
  const id = useId();
  return (
    <div>
      <div className={css["legend"]} id={id}>
        Language
      </div>
      <RadioGroup.Root
        className={css["group"]}
        aria-labelledby={id}
        value={value}
        orientation="horizontal"
        onValueChange={(next) => {
          const language = LANGUAGES.find((candidate) => candidate.id === next);
          if (language) onChange(language.id);
        }}
      >
        {LANGUAGES.map((language) => (
          <RadioGroup.Item key={language.id} className={css["option"]} value={language.id}>
            <LanguageIcon language={language.id} />
            {language.label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
