/** A sentence in a tinted box: information, warning, error, or "this is private". */

import { CircleAlert, Info, LockKeyhole, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import css from "./Notice.module.css";
import { cx } from "./cx";

const ICONS = {
  info: Info,
  warning: TriangleAlert,
  danger: CircleAlert,
  private: LockKeyhole,
} as const;

interface NoticeProps {
  readonly kind: keyof typeof ICONS;
  readonly children: ReactNode;
  /** Read out when it appears. */
  readonly announce?: boolean;
}

export function Notice({ kind, children, announce = false }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <div className={cx(css["notice"], css[kind])} role={announce ? "alert" : undefined}>
      <Icon size={16} aria-hidden="true" />
      <div className={css["body"]}>{children}</div>
    </div>
  );
}
