"""The bar at the window's foot: the server's state, and the newest notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.labels import ElidedLabel
from codeinterview_desktop.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from codeinterview_desktop.core.supervisor import ServerStatus
    from codeinterview_desktop.theme.controller import ThemeController

NOTICE_FOR_MS: Final = 15_000


class StatusBar(QFrame):
    """Shows progress and notices where they disturb nobody."""

    def __init__(self, theme: ThemeController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "bar")
        self.setProperty("edge", "top")
        self.setFixedHeight(30)
        self.server = StatusLabel(theme)
        self.notice = ElidedLabel("", "meta")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_FOR_MS)
        self._timer.timeout.connect(lambda: self.notice.setText(""))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(20)
        layout.addWidget(self.server)
        layout.addWidget(self.notice, 1)

    def show_server(self, status: ServerStatus) -> None:
        """Say where the server stands."""
        self.server.show_status(wording.server_word(status))

    def say(self, sentence: str) -> None:
        """Show a notice for a while; a newer one takes its place."""
        self.notice.setText(sentence)
        self._timer.start()
