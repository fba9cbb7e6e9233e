"""What was found of one way, in words for somebody who knows nothing of networks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How it stands with one way."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        verdict: how it stands.
        sentence: what that means, and what to do.
        time_ms: how long the answer took, when one came.
        command: what to type into a terminal, when that may help.
    """

    verdict: Verdict
    sentence: str
    time_ms: float | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to find out.

    Attributes:
        title: what it is about, a few words.
        where: the address that is asked, or empty.
        run: finds out; never raises for what is wrong with the way. Safe to cancel.
    """

    title: str
    where: str
    run: Callable[[], Coroutine[Any, Any, Finding]]


def known(title: str, finding: Finding, where: str = "") -> Check:
    """A check whose outcome is known without asking anybody."""

    async def run() -> Finding:
        return finding

    return Check(title, where, run)
