"""What was found, as text to paste into a message; it holds addresses, and no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codeinterview_desktop.core.failure_details import details_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .findings import Check, Finding


def connection_details(found: Iterable[tuple[Check, Finding | None]]) -> str:
    """One line for each check; None is one that is still under way."""
    return details_of("\n".join(_line(check, finding) for check, finding in found))


def _line(check: Check, finding: Finding | None) -> str:
    where = f" {check.where}" if check.where else ""
    if finding is None:
        return f"[checking] {check.title}{where}"
    took = f", {time_word(finding.time_ms)}" if finding.time_ms is not None else ""
    command = f" {finding.command}" if finding.command else ""
    return f"[{finding.verdict}{took}] {check.title}{where}: {finding.sentence}{command}"


def time_word(time_ms: float) -> str:
    """`3 ms`, `1.2 s`."""
    return f"{time_ms:.0f} ms" if time_ms < 1000 else f"{time_ms / 1000:.1f} s"
