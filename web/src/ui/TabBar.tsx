/** Tabs whose panel is elsewhere and stays mounted: arrows move, the chosen one is in tab order. */

import { useRef, type KeyboardEvent, type ReactNode } from "react";

import css from "./TabBar.module.css";
import { VisuallyHidden } from "./VisuallyHidden";
import { cx } from "./cx";

export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  /** A number that wants attention. */
  readonly badge?: number;
  /** Something new that was not looked at. */
  readonly news?: string | null;
}

interface TabBarProps {
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** The element that the tabs switch. */
  readonly panelId: (id: string) => string;
  readonly stretch?: boolean;
}

export function TabBar({ label, items, value, onChange, panelId, stretch = false }: TabBarProps) {
  const bar = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const current = items.findIndex((item) => item.id === value);
    const last = items.length - 1;
    const next = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current === 0 ? last : current - 1,
      Home: 0,
      End: last,
    }[event.key];
    const item = next === undefined ? undefined : items[next];
    if (item === undefined) return;
    event.preventDefault();
    onChange(item.id);
    bar.current?.querySelectorAll<HTMLButtonElement>("button")[next ?? 0]?.focus();
  };

  return (
    <div
      ref={bar}
      className={cx(css["bar"], stretch && css["stretch"])}
      role="tablist"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role="tab"
          id={`tab-${panelId(item.id)}-${item.id}`}
          className={css["tab"]}
          aria-selected={item.id === value}
          aria-controls={panelId(item.id)}
          tabIndex={item.id === value ? 0 : -1}
          onClick={() => {
            onChange(item.id);
          }}
        >
          {item.icon}
          {item.label}
          {item.badge !== undefined && item.badge > 0 && (
            <span className={css["badge"]}>
              {item.badge}
              <VisuallyHidden> waiting</VisuallyHidden>
            </span>
          )}
          {item.news && (
            <>
              <span className={css["dot"]} />
              <VisuallyHidden>, {item.news}</VisuallyHidden>
            </>
          )}
        </button>
      ))}
    </div>
  );
}
