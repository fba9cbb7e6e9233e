/** A bordered surface that holds one thing to do. */

import type { ComponentProps } from "react";

import css from "./Card.module.css";
import { cx } from "./cx";

export function Card({ className, ...rest }: ComponentProps<"section">) {
  return <section {...rest} className={cx(css["card"], className)} />;
}

export function CardTitle({ className, children, ...rest }: ComponentProps<"h2">) {
  return (
    <h2 {...rest} className={cx(css["title"], className)}>
      {children}
    </h2>
  );
}
