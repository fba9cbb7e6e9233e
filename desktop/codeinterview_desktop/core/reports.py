"""What the logic tells the user, without knowing a window."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

_PENDING_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that needs the user: shown as a dialog.

    Attributes:
        title: a few words, without a full stop.
        sentence: what happened and what to try next.
        log_path: where details are, when there are any.
        details: what a report of it to its authors needs; empty when there is nothing to report.
    """

    title: str
    sentence: str
    log_path: Path | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth a line in the status bar."""

    sentence: str


class Reports:
    """Carries problems and notices to whoever shows them.

    What is reported before anybody listens is kept and handed to the first listener, because the
    server starts before the window.
    """

    def __init__(self) -> None:
        self._problem: Signal[Problem] = Signal()
        self._notice: Signal[Notice] = Signal()
        self._early: deque[Problem | Notice] = deque(maxlen=_PENDING_LIMIT)
        self._heard = False

    def listen(
        self, on_problem: Callable[[Problem], None], on_notice: Callable[[Notice], None]
    ) -> None:
        """Hear problems and notices from now on, after those that nobody heard yet."""
        self._problem.connect(on_problem)
        self._notice.connect(on_notice)
        self._heard = True
        early = tuple(self._early)
        self._early.clear()
        for report in early:
            if isinstance(report, Problem):
                on_problem(report)
            else:
                on_notice(report)

    def problem(
        self, title: str, sentence: str, log_path: Path | None = None, details: str = ""
    ) -> None:
        """Report something that needs the user."""
        problem = Problem(title, sentence, log_path, details)
        if self._heard:
            self._problem.emit(problem)
        else:
            self._early.append(problem)

    def notice(self, sentence: str) -> None:
        """Report something worth a line in the status bar."""
        notice = Notice(sentence)
        if self._heard:
            self._notice.emit(notice)
        else:
            self._early.append(notice)
