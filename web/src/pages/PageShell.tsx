/** The frame of every page but the room: product name, theme, one column of content. */

import type { ReactNode } from "react";
import { Link } from "react-router";

import { Mark } from "../ui/Mark";
import { ThemeMenu } from "../ui/ThemeMenu";
import { cx } from "../ui/cx";
import css from "./PageShell.module.css";

interface PageShellProps {
  readonly children: ReactNode;
  readonly width?: "wide" | "narrow";
  /** In the middle of the window, for pages that are one card. */
  readonly centered?: boolean;
}

export function PageShell({ children, width = "narrow", centered = false }: PageShellProps) {
  return (
    <div className={css["shell"]}>
      <header className={css["header"]}>
        <Link className={css["brand"]} to="/">
          <Mark size={24} />
          CodeInterview
        </Link>
        <ThemeMenu />
      </header>
      <main
        className={cx(
          css["main"],
          width === "narrow" && css["narrow"],
          centered && css["centered"],
        )}
      >
        {children}
      </main>
    </div>
  );
}
