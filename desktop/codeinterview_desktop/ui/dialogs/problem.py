"""Something that needs the user, said in a sentence with what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.dialogs.question import Answer
from codeinterview_desktop.ui.widgets.buttons import CopyFeedback

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QPushButton, QWidget

    from codeinterview_desktop.core.reports import Problem
    from codeinterview_desktop.theme.controller import ThemeController


class ProblemDialog(DialogFrame):
    """Shows a `Problem`; the last of `answers` is what Return does."""

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        problem: Problem,
        answers: tuple[Answer, ...] = (),
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(
            theme,
            parent,
            title=problem.title,
            sentence=problem.sentence,
            icon="error",
            tone="danger",
        )
        self.problem = problem
        self.buttons: dict[str, QPushButton] = {}
        log_path = problem.log_path
        if log_path is not None:
            show_log = self.add_side_button("Show &log")
            show_log.setToolTip(str(log_path))
            show_log.clicked.connect(lambda: open_url(QUrl.fromLocalFile(str(log_path))))
            self.buttons["Show log"] = show_log
        if problem.details:
            copy = self.add_side_button("Copy &details")
            CopyFeedback(copy, theme, lambda: problem.details)
            self.buttons["Copy details"] = copy
        for answer in answers or (Answer("&Close", lambda: None, "primary"),):
            made = self.add_button(answer.word, answer.kind)
            made.clicked.connect(lambda _checked=False, chosen=answer: self._choose(chosen))
            self.buttons[answer.word.replace("&", "")] = made
            made.setDefault(True)
            made.setFocus()

    def _choose(self, answer: Answer) -> None:
        self.accept()
        answer.act()
