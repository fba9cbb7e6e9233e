"""Shows problems as dialogs, one after the other, each with what can be done about it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from codeinterview_desktop.core.supervisor import PORT_BUSY, ServerState
from codeinterview_desktop.ui.dialogs.problem import ProblemDialog
from codeinterview_desktop.ui.dialogs.question import Answer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.reports import Problem
    from codeinterview_desktop.core.supervisor import ServerSupervisor
    from codeinterview_desktop.theme.controller import ThemeController

# What another try with the same settings cannot mend, but other settings can.
_BY_SETTINGS: Final = frozenset({PORT_BUSY, "DATABASE", "CONFIG"})
_FOR_GOOD: Final = frozenset({"SCHEMA_NEWER"})


class Problems(QObject):
    """Owns the problem dialog of a window.

    Signals:
        shown(): a dialog came up; the window must be visible.
        settings_wanted(str): the settings are wanted, because of this problem's code.
    """

    shown = Signal()
    settings_wanted = Signal(str)

    def __init__(
        self, theme: ThemeController, window: QWidget, supervisor: ServerSupervisor
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._supervisor = supervisor
        self._waiting: deque[Problem] = deque()
        self._dialog: ProblemDialog | None = None

    @property
    def dialog(self) -> ProblemDialog | None:
        """The dialog that is open."""
        return self._dialog

    def show_problem(self, problem: Problem) -> None:
        """Show a problem now, or after those before it. The same one twice is shown once."""
        known = [*self._waiting, *([self._dialog.problem] if self._dialog is not None else [])]
        if problem in known:
            return
        self._waiting.append(problem)
        self._next()

    def _next(self) -> None:
        if self._dialog is not None or not self._waiting:
            return
        problem = self._waiting.popleft()
        dialog = self._dialog = ProblemDialog(
            self._theme, self._window, problem, self._answers(problem)
        )
        dialog.finished.connect(self._closed)
        self.shown.emit()
        dialog.open()

    def _closed(self, _result: int) -> None:
        self._dialog = None
        self._next()

    def _answers(self, problem: Problem) -> tuple[Answer, ...]:
        status = self._supervisor.status
        if status.state is not ServerState.FAILED or status.problem != problem.sentence:
            return ()
        code = status.problem_code or ""
        close = Answer("&Close", lambda: None)
        settings = Answer("&Settings…", lambda: self.settings_wanted.emit(code))
        again = Answer("&Try again", self._supervisor.start, "primary")
        if code in _FOR_GOOD:
            return (Answer("&Close", lambda: None, "primary"),)
        return (close, settings, again) if code in _BY_SETTINGS else (close, again)
