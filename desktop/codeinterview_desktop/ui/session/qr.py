"""A link as a QR code: always dark on white, because readers expect it in either theme."""

from __future__ import annotations

from typing import Final

import segno
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from codeinterview_desktop.theme.tokens import RADIUS_CARD_PX

_QUIET_ZONE_MODULES: Final = 4
_SIDE_PX: Final = 176
_DARK: Final = QColor("#000000")
_LIGHT: Final = QColor("#FFFFFF")


def qr_image(text: str) -> QImage:
    """One pixel for each module, with the quiet zone that the standard asks for."""
    code = segno.make(text, error="m", micro=False)
    rows = tuple(tuple(row) for row in code.matrix)
    side = len(rows) + 2 * _QUIET_ZONE_MODULES
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(_LIGHT)
    for y, row in enumerate(rows, _QUIET_ZONE_MODULES):
        for x, module in enumerate(row, _QUIET_ZONE_MODULES):
            if module:
                image.setPixelColor(x, y, _DARK)
    return image


class QrCode(QWidget):
    """Shows a text as a QR code, sharp at any density."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("QR code of the link")

    @property
    def text(self) -> str:
        """What the code says."""
        return self._text

    def show_text(self, text: str) -> None:
        """Shows another text; an empty one leaves the square blank."""
        if text == self._text:
            return
        self._text = text
        self._image = qr_image(text) if text else None
        self.setToolTip("Scan it with a phone’s camera to join" if text else "")
        self.update()

    def sizeHint(self) -> QSize:
        """A square that a phone reads from an arm's length."""
        return QSize(_SIDE_PX, _SIDE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints whole pixels for each module, so that edges stay sharp."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_LIGHT)
        painter.drawRoundedRect(self.rect(), RADIUS_CARD_PX, RADIUS_CARD_PX)
        if self._image is None:
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        modules = self._image.width()
        scale = max(1, int(_SIDE_PX * ratio) // modules)
        pixmap = QPixmap.fromImage(self._image.scaled(modules * scale, modules * scale))
        pixmap.setDevicePixelRatio(ratio)
        side = round(modules * scale / ratio)
        place = QRect(0, 0, side, side)
        place.moveCenter(self.rect().center())
        painter.drawPixmap(place, pixmap)
        painter.end()
