/** A labelled text field with hint and error, tied together for screen readers. */

import { CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";

import css from "./Field.module.css";
import { cx } from "./cx";

interface TextFieldProps extends Omit<ComponentProps<"input">, "id"> {
  readonly label: string;
  readonly optional?: boolean;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly mono?: boolean;
}

export function TextField({
  label,
  optional = false,
  hint,
  error = null,
  mono = false,
  className,
  ...rest
}: TextFieldProps) {
  const id = useId();
  const about =
    error !== null ? `${id}-error` : hint !== undefined ? `${id}-hint` : undefined;
  return (
    <div className={cx(css["field"], className)}>
      <label className={css["label"]} htmlFor={id}>
        {label}
        {optional && <span className={css["optional"]}> (optional)</span>}
      </label>
      <input
        autoComplete="off"
        {...rest}
        id={id}
        className={cx(css["input"], mono && css["mono"])}
        aria-invalid={error !== null || undefined}
        aria-describedby={about}
      />
      {error !== null && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {hint !== undefined && error === null && (
        <p className={css["hint"]} id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Announced when it appears. */
export function FieldError({ id, children }: { readonly id?: string; readonly children: ReactNode }) {
  return (
    <p className={css["error"]} id={id} role="alert">
      <CircleAlert size={16} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
