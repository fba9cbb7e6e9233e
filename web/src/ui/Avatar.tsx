/** Initials on the person's presence colour; hollow while they are offline. */

import { Code, Eye, ShieldCheck, type LucideIcon } from "lucide-react";
import type { CSSProperties } from "react";

import type { Role } from "../api/types";
import { presenceColor } from "../theme/presence";
import css from "./Avatar.module.css";
import { cx } from "./cx";

export const ROLE_LABELS: Readonly<Record<Role, string>> = {
  interviewer: "Interviewer",
  candidate: "Candidate",
  observer: "Observer",
};

export const ROLE_ICONS: Readonly<Record<Role, LucideIcon>> = {
  interviewer: ShieldCheck,
  candidate: Code,
  observer: Eye,
};

interface AvatarProps {
  readonly name: string;
  readonly presence: number;
  readonly online?: boolean;
  readonly role?: Role;
}

/** Decoration: whatever shows it says the name, role and state in words too. */
export function Avatar({ name, presence, online = true, role }: AvatarProps) {
  const Icon = role && ROLE_ICONS[role];
  const color = { "--avatar-color": presenceColor(presence) } as CSSProperties;
  return (
    <span className={cx(css["avatar"], !online && css["offline"])} style={color} aria-hidden="true">
      {initialsOf(name)}
      {Icon && (
        <span className={css["dot"]}>
          <Icon size={10} strokeWidth={2.5} />
        </span>
      )}
    </span>
  );
}

/** First letters of the first and last word, by whole characters (also for emoji). */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = Array.from(words[0] ?? "")[0] ?? "?";
  const last = words.length > 1 ? (Array.from(words[words.length - 1] ?? "")[0] ?? "") : "";
  return (first + last).toUpperCase();
}
