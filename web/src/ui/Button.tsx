/** The one button of the client, and the link that looks like it. */

import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Link } from "react-router";

import css from "./Button.module.css";
import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger" | "dangerSolid";

interface Look {
  readonly variant?: ButtonVariant;
  /** 40 px, for a page's main action; the rest are 32 px. */
  readonly large?: boolean;
}

interface ButtonProps extends ComponentProps<"button">, Look {
  /** Shows a spinner and refuses clicks, keeping focus and width. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
}

export function Button({
  variant = "secondary",
  large = false,
  busy = false,
  icon,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={cx(css["button"], css[variant], large && css["large"], className)}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<"button"> {
  /** What pressing it does; also its tooltip where no `Tooltip` is around it. */
  readonly label: string;
  readonly variant?: ButtonVariant;
}

export function IconButton({
  label,
  variant = "ghost",
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className={cx(css["button"], css[variant], css["iconOnly"], className)}
    >
      {children}
    </button>
  );
}

interface ButtonLinkProps extends ComponentProps<typeof Link>, Look {
  readonly icon?: ReactNode;
}

export function ButtonLink({
  variant = "secondary",
  large = false,
  icon,
  className,
  children,
  ...rest
}: ButtonLinkProps) {
  return (
    <Link {...rest} className={cx(css["button"], css[variant], large && css["large"], className)}>
      {icon}
      {children}
    </Link>
  );
}

export function Spinner({ size = 16 }: { readonly size?: number }) {
  return <LoaderCircle className={css["spinner"]} size={size} aria-hidden="true" />;
}
