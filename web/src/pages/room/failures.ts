/** Which page a socket's final refusal leads to. */

import type { Failure } from "../../collab/room";
import type { Problem } from "../problems";

export function failureProblem(failure: Failure): Problem {
  switch (failure.kind) {
    case "declined":
    case "removed":
    case "not_found":
    case "ended":
    case "expired":
    case "not_allowed":
      return failure.kind;
    case "unauthenticated":
      return "not_allowed";
    case "malformed":
    case "too_large":
      return "other";
  }
}
