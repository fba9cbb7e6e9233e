"""What a run found, as tables: medians, the spread, and ratios to the best of the peers."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

OWN = "CodeInterview"
_MORE_IS_BETTER = ("updates/s",)
_NOTES = ("server's CPU", "crowd's CPU", "crowd late ms")

Rounds = Mapping[str, Sequence[Mapping[str, float]]]
"""Figures by server, one mapping for each round."""


def table(title: str, rounds: Rounds) -> str:
    """Return one scenario's figures as a Markdown table."""
    names = list(dict.fromkeys(name for each in rounds.values() for one in each for name in one))
    lines = [f"### {title}", "", "| server | " + " | ".join(names) + " |"]
    lines.append("|---|" + "---:|" * len(names))
    for server, figures in rounds.items():
        cells = [_cell([one[name] for one in figures if name in one]) for name in names]
        lines.append(f"| {server} | " + " | ".join(cells) + " |")
    ratios = [_ratio(name, rounds) for name in names]
    if any(ratios):
        cells = [ratio or "" for ratio in ratios]
        lines.append("| **ours / best peer** | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def median(name: str, figures: Sequence[Mapping[str, float]]) -> float | None:
    """Return the median of a figure over the rounds that have it."""
    values = [one[name] for one in figures if name in one]
    return statistics.median(values) if values else None


def _ratio(name: str, rounds: Rounds) -> str | None:
    if name in _NOTES:
        return None
    own = [median(name, each) for server, each in rounds.items() if server.startswith(OWN)]
    peers = [median(name, each) for server, each in rounds.items() if not server.startswith(OWN)]
    known = [value for value in peers if value is not None]
    if not own or own[0] is None or not known:
        return None
    best = max(known) if name in _MORE_IS_BETTER else min(known)
    return f"{own[0] / best:.2f}" if best > 0 else None


def _cell(values: Sequence[float]) -> str:
    if not values:
        return ""
    middle = _number(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_number(min(values))}–{_number(max(values))})"


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
