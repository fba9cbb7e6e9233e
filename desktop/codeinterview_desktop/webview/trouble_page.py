"""What stands in for the room when its page cannot be shown, with a way on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the page cannot be shown and what to do."""

    icon: str
    title: str
    sentence: str

    @classmethod
    def unreachable(cls, where: str) -> Trouble:
        """The server did not answer."""
        return cls(
            "network",
            "The interview cannot be reached",
            f"Nothing answers at {where}. Check that the host’s app is running and that both "
            "computers are on the same network, then try again.",
        )

    @classmethod
    def certificate(cls, host: str) -> Trouble:
        """The server cannot prove that it is who it says."""
        return cls(
            "lock",
            "This connection is not safe",
            f"{host} cannot prove that it is the server it says it is. Ask the host for a new "
            "link; do not go on over this one.",
        )

    @classmethod
    def crashed(cls) -> Trouble:
        """The page's process ended again and again."""
        return cls(
            "crash",
            "The room’s page stops again and again",
            "Nothing typed was lost, and everybody else goes on. Try again; if it keeps stopping, "
            "open the link in your browser instead.",
        )


class TroublePage(QWidget):
    """Explains a `Trouble`.

    Signals:
        retry_requested(): the user wants to try again.
    """

    retry_requested = Signal()

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = IconLabel(theme, "network", "muted", 40)
        self.title = label("", "page")
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.setWordWrap(True)
        self.sentence = label("", "muted", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.retry = button("&Try again", "primary", theme=theme, icon="renew", large=True)
        self.retry.clicked.connect(self.retry_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 32, 48, 32)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence)
        layout.addSpacing(8)
        layout.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def explain(self, trouble: Trouble) -> None:
        """Shows another trouble."""
        self._icon.set_icon(trouble.icon, "muted")
        self.title.setText(trouble.title)
        self.sentence.setText(trouble.sentence)
