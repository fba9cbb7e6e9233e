"""What this program is, and which version of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from codeinterview_desktop.core.third_party import third_party
from codeinterview_desktop.theme.icons import application_icon
from codeinterview_desktop.ui.dialogs.licences import LicencesDialog
from codeinterview_desktop.ui.widgets.buttons import CopyFeedback, button
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController


class AboutDialog(QDialog):
    """Names program, version and licence."""

    def __init__(self, theme: ThemeController, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About CodeInterview")
        self.setMinimumWidth(360)
        mark = QLabel()
        mark.setPixmap(application_icon().pixmap(64, 64))
        self.version = label(f"Version {__version__}", "muted")
        self.version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = button("&Copy version", theme=theme, icon="copy")
        CopyFeedback(copy, theme, lambda: f"CodeInterview {__version__}")
        close = button("Close", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        words = label(
            "Hosts a live coding interview from your own machine. Nothing leaves the computers of"
            " those who take part.",
            wrap=True,
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 28, 32, 24)
        layout.setSpacing(10)
        for widget in (mark, label("CodeInterview", "page"), self.version):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        layout.addWidget(words)
        layout.addWidget(label("MIT licence", "meta"), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        licences = button("Third-party &licences")
        licences.clicked.connect(lambda: LicencesDialog(third_party(), self).open())
        layout.addWidget(licences)
        layout.addWidget(copy)
        layout.addWidget(close)
        close.setFocus()
