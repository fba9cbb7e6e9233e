"""What a fault did, as one row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADINGS = (
    "fault", "times", "clients", "keystrokes typed", "keystrokes lost", "longest pause",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One fault, and what became of what was typed meanwhile."""

    fault: str
    times: int
    clients: int
    typed: int
    lost: int
    longest_pause_s: float | None
    """The longest time from a keystroke to another person's screen."""

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        pause = "" if self.longest_pause_s is None else f"{self.longest_pause_s:.2f} s"
        return (
            self.fault, str(self.times), str(self.clients), str(self.typed), str(self.lost), pause,
        )  # fmt: skip


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    return columns([HEADINGS, *(row.cells() for row in rows)])


def columns(cells: Sequence[Sequence[str]]) -> str:
    """Lines of cells as a Markdown table, the first line its headings; figures to the right."""
    count = len(cells[0])
    widths = [max(len(line[n]) for line in cells) for n in range(count)]
    lines = []
    for line in cells:
        first, *figures = (text.ljust(widths[n]) for n, text in enumerate(line))
        right = (text.strip().rjust(widths[n]) for n, text in enumerate(figures, 1))
        lines.append("| " + " | ".join((first, *right)) + " |")
    rule = "|" + "|".join("-" * (width + 1) + ("-" if n == 0 else ":")
                          for n, width in enumerate(widths)) + "|"  # fmt: skip
    return "\n".join((lines[0], rule, *lines[1:]))
