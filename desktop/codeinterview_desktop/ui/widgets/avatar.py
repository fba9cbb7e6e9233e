"""A person's initial on their presence colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController


class Avatar(QWidget):
    """A disc in the presence colour; hollow while its person is offline."""

    def __init__(
        self, theme: ThemeController, name: str, presence: int, *, online: bool = True
    ) -> None:
        super().__init__()
        self._theme = theme
        self._initial = initial_of(name)
        self._presence = presence
        self._online = online
        self.setFixedSize(28, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints disc and initial."""
        theme = self._theme.theme
        color = QColor(theme.presence[self._presence % len(theme.presence)])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self._online:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(disc)
            painter.setPen(QColor(theme.presence_label))
        else:
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(disc.adjusted(0.5, 0.5, -0.5, -0.5))
        font = painter.font()
        font.setPixelSize(13)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._initial)
        painter.end()


def initial_of(name: str) -> str:
    """The first letter or digit of a name, in capitals; a dot where there is none."""
    return next((sign.upper() for sign in name if sign.isalnum()), "·")[:1]
