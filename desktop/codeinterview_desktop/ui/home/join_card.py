"""Home's second action: join somebody's interview by link or code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.fields import Field
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from codeinterview_desktop.theme.controller import ThemeController

NOTHING_PASTED = "Paste the link or type the code that the interviewer gave you."


class JoinCard(QFrame):
    """Asks for a link or a code. Enter joins.

    Signals:
        join_requested(str): the text, not yet understood.
    """

    join_requested = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName("Join an interview")
        self.text = QLineEdit()
        self.text.setMaxLength(2048)
        self.text.setPlaceholderText("http://192.168.1.20:8765/i/… or 1a2b-3c4d")
        self.submit = button("&Join", theme=theme, icon="join", large=True)
        self.submit.clicked.connect(self._send)
        self.field = Field("L&ink or code", self.text)
        self.text.textEdited.connect(lambda _text: self.field.set_error(""))

        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(IconLabel(theme, "join", "accent", 20))
        heading.addWidget(label("Join an interview", "heading"), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 20)
        layout.setSpacing(12)
        layout.addLayout(heading)
        layout.addWidget(self.field)
        layout.addWidget(self.submit)

    def set_busy(self, busy: bool) -> None:
        """Keeps the form from being sent twice."""
        self.submit.setEnabled(not busy)
        self.submit.setText("Looking…" if busy else "&Join")

    def set_error(self, sentence: str) -> None:
        """Says below the field why joining did not work."""
        self.field.set_error(sentence)
        if sentence:
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Makes the form ready for the next link."""
        self.text.clear()
        self.field.set_error("")

    def offer(self, text: str) -> None:
        """Fills in what came from elsewhere; the user presses Join, or does not."""
        self.text.setText(text)
        self.field.set_error("")
        self.submit.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_form(self) -> None:
        """Puts the cursor where typing starts."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sends the form with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.submit.isEnabled():
            self.submit.click()
            return
        super().keyPressEvent(event)

    def _send(self) -> None:
        text = self.text.text().strip()
        if not text:
            self.set_error(NOTHING_PASTED)
            return
        self.field.set_error("")
        self.join_requested.emit(text)
