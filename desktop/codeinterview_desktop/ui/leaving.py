"""What closing means: asks while an interview goes on, and offers to keep hosting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from codeinterview_desktop.ui.dialogs.question import Answer, Question

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.theme.controller import ThemeController

_QUITTING: Final = (
    "Quitting disconnects everybody until you open the interview again; nothing is lost."
)


class Leaving(QObject):
    """Asks before the window or a page goes; one question at a time.

    Signals:
        quit_chosen(): the whole app shall end.
        keep_chosen(): the window goes, hosting goes on.
    """

    quit_chosen = Signal()
    keep_chosen = Signal()

    def __init__(self, theme: ThemeController, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._question: Question | None = None

    @property
    def question(self) -> Question | None:
        """The question that is open."""
        return self._question

    def ask_window(self, hosted: tuple[str, ...], joined: tuple[str, ...], *, tray: bool) -> None:
        """The window or the whole app shall go.

        Args:
            hosted: titles of open interviews that are hosted here.
            joined: titles of open interviews on other servers.
            tray: whether the app can be reached without its window.
        """
        if not hosted and not joined:
            self.quit_chosen.emit()
        elif not hosted:
            self._ask(
                f"Leave {_named(joined)}?",
                "It goes on without you. You find it under Recent."
                if len(joined) == 1
                else "They go on without you. You find them under Recent.",
                Answer("&Quit", self.quit_chosen.emit, "primary"),
            )
        else:
            keep = "Keep hosting moves the app to the tray" if tray else "Keep hosting minimizes it"
            self._ask(
                f"{_named(hosted)} {'are' if len(hosted) > 1 else 'is'} still open",
                f"{keep}, and people stay connected. {_QUITTING}",
                Answer("&Quit", self.quit_chosen.emit, "danger"),
                Answer("&Keep hosting", self.keep_chosen.emit, "primary"),
            )

    def ask_page(self, title: str, *answers: Answer) -> None:
        """A page with an open interview shall go."""
        self._ask(
            f"Close “{title}”?",
            "The interview is still open. Leave it open, and you can go on from Recent; people stay"
            " connected. Or end it for everyone.",
            *answers,
        )

    def _ask(self, title: str, sentence: str, *answers: Answer) -> None:
        if self._question is not None:
            self._question.raise_()
            self._question.activateWindow()
            return
        question = self._question = Question(
            self._theme, self._window, title=title, sentence=sentence, answers=answers
        )
        question.finished.connect(self._closed)
        question.open()

    def _closed(self, _result: int) -> None:
        self._question = None


def _named(titles: tuple[str, ...]) -> str:
    return f"“{titles[0]}”" if len(titles) == 1 else f"{len(titles)} interviews"
