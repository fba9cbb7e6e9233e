"""Icons: small line drawings, painted in the colour that the theme gives their role right now."""

from __future__ import annotations

from dataclasses import fields
from importlib import resources
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from codeinterview_desktop.theme.tokens import Colors, Theme

if TYPE_CHECKING:
    from collections.abc import Callable

COLOR_ROLES: Final = frozenset(field.name for field in fields(Colors))

DISABLED_OPACITY: Final = 0.4


class Icons:
    """Gives icons by name; they follow the theme because colour is looked up when they are painted.

    Args:
        current: answers the theme that is in force.
    """

    def __init__(self, current: Callable[[], Theme]) -> None:
        self._current = current
        self._sources: dict[str, str] = {}

    def icon(self, name: str, role: str = "text") -> QIcon:
        """An icon in the colour of `role`, one of the tokens' colour names.

        Raises:
            ValueError: the role is not a colour of the tokens.
            FileNotFoundError: there is no drawing of that name.
        """
        if role not in COLOR_ROLES:
            raise ValueError(f"{role!r} is not a colour of the theme")
        self._source(name)
        return QIcon(_LineIconEngine(self, name, role))

    def pixmap(self, name: str, role: str, size_px: int, ratio: float = 1.0) -> QPixmap:
        """The icon as a picture of `size_px` device-independent pixels, at `ratio` pixels each."""
        pixmap = QPixmap(QSize(size_px, size_px) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size_px, size_px), name, role)
        painter.end()
        return pixmap

    def paint(self, painter: QPainter, rect: QRect, name: str, role: str) -> None:
        """Paints the icon as large as fits, in the middle of `rect`."""
        color: str = getattr(self._current().colors, role)
        renderer = QSvgRenderer(
            QByteArray(self._source(name).replace("currentColor", color).encode())
        )
        side = min(rect.width(), rect.height())
        box = QRectF(0, 0, side, side)
        box.moveCenter(QRectF(rect).center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, box)

    def _source(self, name: str) -> str:
        if name not in self._sources:
            self._sources[name] = _read(f"{name}.svg")
        return self._sources[name]


def application_icon() -> QIcon:
    """The program's mark, for windows, the task bar and the tray."""
    renderer = QSvgRenderer(QByteArray(_read("mark.svg").encode()))
    icon = QIcon()
    for side_px in (16, 22, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side_px, side_px)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def _read(name: str) -> str:
    folder = resources.files("codeinterview_desktop.theme").joinpath("icons")
    return folder.joinpath(name).read_text(encoding="utf-8")


class _LineIconEngine(QIconEngine):
    """Paints one drawing; a theme switch needs no new icons, only a repaint."""

    def __init__(self, icons: Icons, name: str, role: str) -> None:
        super().__init__()
        self._icons = icons
        self._name = name
        self._role = role

    def clone(self) -> QIconEngine:
        return _LineIconEngine(self._icons, self._name, self._role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        painter.save()
        if mode is QIcon.Mode.Disabled:
            painter.setOpacity(painter.opacity() * DISABLED_OPACITY)
        self._icons.paint(painter, rect, self._name, self._role)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, _scale: float
    ) -> QPixmap:
        # Qt asks in device pixels here and sets the ratio of what it gets itself.
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def device_ratio() -> float:
    """The pixel density of the sharpest screen, for pictures made before they have a window."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
