/** A line across the room: lost connection, refused edits, why nothing can be typed. */

import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cx } from "../ui/cx";
import css from "./Banner.module.css";

interface BannerProps {
  readonly icon: LucideIcon;
  readonly tone: "warning" | "danger" | "neutral";
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function Banner({ icon: Icon, tone, children, actions }: BannerProps) {
  return (
    <div className={cx(css["banner"], css[tone])} role={tone === "neutral" ? undefined : "alert"}>
      <Icon size={16} aria-hidden="true" />
      <span className={css["text"]}>{children}</span>
      {actions}
    </div>
  );
}
