/** A page that is one message: what happened, in a sentence, and a way on. */

import type { LucideIcon } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";

import { Card } from "../ui/Card";
import { cx } from "../ui/cx";
import { useDocumentTitle } from "../ui/hooks";
import css from "./MessagePage.module.css";
import { PageShell } from "./PageShell";

interface MessagePageProps {
  readonly icon: LucideIcon;
  readonly tone?: "neutral" | "good" | "bad" | "wait";
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function MessagePage({ icon: Icon, tone = "neutral", title, children, actions }: MessagePageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useDocumentTitle(title);
  useEffect(() => {
    // The page changed under the person: screen readers go on from the new heading.
    heading.current?.focus();
  }, []);
  return (
    <PageShell centered>
      <Card className={css["card"]}>
        <span className={cx(css["icon"], tone !== "neutral" && css[tone])}>
          <Icon size={20} aria-hidden="true" />
        </span>
        <h1 className={css["title"]} ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <div className={css["text"]}>{children}</div>
        {actions !== undefined && <div className={css["actions"]}>{actions}</div>}
      </Card>
    </PageShell>
  );
}
