/** Words for screen readers alone. */

import { VisuallyHidden as Radix } from "radix-ui";

export const VisuallyHidden = Radix.Root;
