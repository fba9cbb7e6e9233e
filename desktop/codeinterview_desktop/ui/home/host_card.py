"""Home's first action: host an interview on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.fields import Field, Select
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel
from codeinterview_server.domain.languages import LANGUAGES

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from codeinterview_desktop.theme.controller import ThemeController

TITLE_LENGTH = 200
NAME_LENGTH = 255
_INTRO_WIDTH_PX = 280


class HostCard(QFrame):
    """Asks for a title, a candidate and a language. Enter hosts.

    Signals:
        host_requested(HostRequest): the form was sent.
    """

    host_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setAccessibleName("Host an interview")
        self.title = QLineEdit()
        self.title.setMaxLength(TITLE_LENGTH)
        self.title.setPlaceholderText("Backend interview")
        self.candidate = QLineEdit()
        self.candidate.setMaxLength(NAME_LENGTH)
        self.candidate.setPlaceholderText("Optional")
        self.language = Select(theme)
        for language in LANGUAGES.values():
            self.language.addItem(language.label, language.id)
        self.select_language("python")
        self.submit = button("&Host interview", "primary", theme=theme, icon="host", large=True)
        self.submit.clicked.connect(self._send)
        self._error = label("", "error", wrap=True)

        intro = label(
            "It runs on this computer. Candidates join from any browser with a link.",
            "muted",
            wrap=True,
        )
        # Its least height is that at its least width, and the column makes room for it.
        intro.setMinimumWidth(_INTRO_WIDTH_PX)
        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(IconLabel(theme, "host", "accent", 20))
        heading.addWidget(label("Host an interview", "heading"), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 20)
        layout.setSpacing(12)
        layout.addLayout(heading)
        layout.addWidget(intro)
        layout.addWidget(Field("&Title", self.title))
        # Beside each other, so that both cards fit a small laptop's screen.
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(Field("&Candidate’s name", self.candidate), 1)
        pair.addWidget(Field("&Language", self.language), 1)
        layout.addLayout(pair)
        layout.addWidget(self._error)
        self._error.hide()
        layout.addWidget(self.submit)

    @property
    def error(self) -> str:
        """Why the last attempt did not work, empty when there is nothing to say."""
        return "" if self._error.isHidden() else self._error.text()

    def select_language(self, language: str) -> None:
        """Selects the language to start with."""
        index = self.language.findData(language)
        if index >= 0:
            self.language.setCurrentIndex(index)

    def set_busy(self, busy: bool) -> None:
        """Keeps the form from being sent twice."""
        self.submit.setEnabled(not busy)
        self.submit.setText("Opening…" if busy else "&Host interview")

    def set_error(self, sentence: str) -> None:
        """Says why hosting did not work; an empty sentence takes it back."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def clear(self) -> None:
        """Makes the form ready for the next interview."""
        self.title.clear()
        self.candidate.clear()
        self.set_error("")

    def focus_form(self) -> None:
        """Puts the cursor where typing starts."""
        self.title.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.title.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Sends the form with Enter, from whatever field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.submit.isEnabled():
            self.submit.click()
            return
        super().keyPressEvent(event)

    def _send(self) -> None:
        self.set_error("")
        self.host_requested.emit(
            HostRequest(
                title=self.title.text(),
                candidate_name=self.candidate.text(),
                language=str(self.language.currentData()),
            )
        )
