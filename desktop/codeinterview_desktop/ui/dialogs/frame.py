"""What every dialog looks like: icon, title, sentence, its own controls, its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import ButtonKind, button
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

WIDTH_PX: Final = 460
_ICON_PX: Final = 28


class DialogFrame(QDialog):
    """A dialog that is opened, never executed: the event loop goes on beneath it.

    Subclasses put their controls into `body`.
    """

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        *,
        title: str,
        sentence: str = "",
        icon: str = "info",
        tone: str = "accent",
        width_px: int = WIDTH_PX,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setFixedWidth(width_px)
        self.title = label(title, "heading", wrap=True)
        # One line stands in the middle of the icon beside it.
        self.title.setMinimumHeight(_ICON_PX)
        self.sentence = label(sentence, wrap=True)
        self.sentence.setVisible(bool(sentence))
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleDescription(sentence)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconLabel(theme, icon, tone, _ICON_PX), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(18)
        layout.addLayout(head)
        layout.addLayout(self.body)
        layout.addLayout(self._buttons)

    def event(self, event: QEvent) -> bool:
        """Be as high as the words and controls need at this width, whatever is shown or said."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            layout = self.layout()
            if layout is not None:
                self.setFixedHeight(layout.totalHeightForWidth(self.maximumWidth()))
        return handled

    def add_button(self, word: str, kind: ButtonKind = "secondary") -> QPushButton:
        """Add a button at the right end."""
        made = button(word, kind)
        made.setMinimumWidth(88)
        self._buttons.addWidget(made)
        return made

    def add_side_button(self, word: str) -> QPushButton:
        """Add a quiet button at the left end, for what does not answer the dialog."""
        made = button(word, "quiet")
        self._buttons.insertWidget(0, made)
        return made
