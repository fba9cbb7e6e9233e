/** Drop-down menus: actions, and choices out of a few. */

import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";

import css from "./Menu.module.css";
import { cx } from "./cx";
import { layer } from "./layer";

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: "start" | "end";
}

export function Menu({ trigger, children, align = "end" }: MenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root modal={false} open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={layer()}>
        <Radix.Content className={css["menu"]} align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps {
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly hint?: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

export function MenuItem({
  icon,
  children,
  hint,
  danger = false,
  disabled = false,
  onSelect,
}: MenuItemProps) {
  return (
    <Radix.Item
      className={cx(css["item"], danger && css["danger"])}
      disabled={disabled}
      onSelect={onSelect}
    >
      {icon}
      <span className={css["text"]}>{children}</span>
      {hint !== undefined && <span className={css["hint"]}>{hint}</span>}
    </Radix.Item>
  );
}

interface MenuChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly icon?: ReactNode;
  }[];
}

export function MenuChoice<T extends string>({
  label,
  value,
  onChange,
  options,
}: MenuChoiceProps<T>) {
  return (
    <Radix.RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
    >
      {options.map((option) => (
        <Radix.RadioItem key={option.value} className={css["item"]} value={option.value}>
          {option.icon}
          <span className={css["text"]}>{option.label}</span>
          <Radix.ItemIndicator className={css["check"]}>
            <Check size={16} aria-hidden="true" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return <Radix.Label className={css["label"]}>{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className={css["separator"]} />;
}
