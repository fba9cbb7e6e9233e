"""What stands where a list would be: an icon, what is missing, and how it comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_SENTENCE_WIDTH_PX: Final = 220


class EmptyState(QWidget):
    """Explains an empty list."""

    def __init__(self, theme: ThemeController, icon: str, title: str, sentence: str) -> None:
        super().__init__()
        self._icon = IconLabel(theme, icon, "muted", 28)
        self._title = label(title, "strong")
        self._sentence = label(sentence, "muted", wrap=True)
        # Its least height is that at its least width, and everything around it makes room for it.
        self._sentence.setMinimumWidth(_SENTENCE_WIDTH_PX)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 8, 24, 8)
        layout.setSpacing(6)
        layout.addStretch(1)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._sentence)
        layout.addStretch(1)

    def explain(self, title: str, sentence: str, icon: str) -> None:
        """Explains something else."""
        self._icon.set_icon(icon, "muted")
        self._title.setText(title)
        self._sentence.setText(sentence)

    @property
    def title(self) -> str:
        """What is missing."""
        return self._title.text()
