"""Whether what a server takes stays what it is: a line through measurements, and a tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, linear_regression
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Tolerance:
    """By how much something may be more than it was and still count as flat."""

    share: float
    """Of what it was."""
    least: float
    """What is allowed in any case: single connections, a few pages of memory."""

    def allows(self, rise: float, level: float) -> bool:
        """Tell whether a rise from a level is within it. Less than before is always."""
        return rise <= max(self.least, self.share * level)


def drift(times_s: Sequence[float], values: Sequence[float]) -> float:
    """By how much values rise over their second half: the regression line's rise, not a difference.

    Single measurements go up and down with the people who come and go.
    """
    middle_s = (times_s[0] + times_s[-1]) / 2
    half = [(at_s, value) for at_s, value in zip(times_s, values, strict=True) if at_s >= middle_s]
    if len(half) < 2:
        raise ValueError("Too few measurements to see a line.")
    late_s, late = zip(*half, strict=True)
    risen: float = linear_regression(late_s, late).slope * (late_s[-1] - late_s[0])
    return risen


def level(values: Sequence[float]) -> float:
    """The mean over the second half."""
    return fmean(values[len(values) // 2 :])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
