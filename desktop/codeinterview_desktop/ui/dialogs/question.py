"""A question with a few answers, asked without stopping the event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.widgets.buttons import ButtonKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton, QWidget

    from codeinterview_desktop.theme.controller import ThemeController


@dataclass(frozen=True, slots=True)
class Answer:
    """One button: its word, and what choosing it does."""

    word: str
    act: Callable[[], None]
    kind: ButtonKind = "secondary"


class Question(DialogFrame):
    """Asks; Escape is Cancel. The answer's act runs after the dialog closed."""

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        *,
        title: str,
        sentence: str,
        answers: tuple[Answer, ...],
        icon: str = "alert",
        tone: str = "warning",
        cancel: str = "Cancel",
    ) -> None:
        super().__init__(theme, parent, title=title, sentence=sentence, icon=icon, tone=tone)
        self.cancel = self.add_button(cancel)
        self.cancel.clicked.connect(self.reject)
        self.buttons: dict[str, QPushButton] = {}
        for answer in answers:
            made = self.add_button(answer.word, answer.kind)
            made.clicked.connect(lambda _checked=False, chosen=answer: self._choose(chosen))
            self.buttons[answer.word.replace("&", "")] = made
        # Return must not do what cannot be taken back.
        self.cancel.setDefault(True)
        self.cancel.setFocus()

    def _choose(self, answer: Answer) -> None:
        self.accept()
        answer.act()
