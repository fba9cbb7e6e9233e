/** A short label that appears beside a control on hover or keyboard focus. */

import { Tooltip as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";

import { layer } from "./layer";
import css from "./Tooltip.module.css";

interface TooltipProps {
  readonly text: ReactNode;
  /** One element that takes a ref and focus. */
  readonly children: ReactNode;
  readonly side?: "top" | "bottom" | "left" | "right";
}

export function Tooltip({ text, children, side = "bottom" }: TooltipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal container={layer()}>
        <Radix.Content className={css["tooltip"]} side={side} sideOffset={6} collisionPadding={8}>
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = Radix.Provider;
