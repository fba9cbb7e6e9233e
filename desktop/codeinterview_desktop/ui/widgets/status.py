"""A state as word, icon and colour; an icon that stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.styling import restyle

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

Tone = Literal["text", "muted", "accent", "success", "warning", "danger"]


@dataclass(frozen=True, slots=True)
class Status:
    """How a state is told: `detail` is the tooltip."""

    word: str
    icon: str
    tone: Tone
    detail: str = ""


class IconLabel(QWidget):
    """An icon that only decorates: what it means stands beside it in words."""

    def __init__(
        self, theme: ThemeController, icon: str, role: str = "muted", size_px: int = 16
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._role = role
        self.setFixedSize(size_px, size_px)

    def set_icon(self, icon: str, role: str) -> None:
        """Shows another icon."""
        self._icon, self._role = icon, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the icon in the colour that the theme has now."""
        painter = QPainter(self)
        self._theme.icons.paint(painter, self.rect(), self._icon, self._role)
        painter.end()


class StatusLabel(QWidget):
    """Shows one `Status`; word and icon carry it, colour only repeats it."""

    def __init__(self, theme: ThemeController, status: Status | None = None) -> None:
        super().__init__()
        self._status: Status | None = None
        self._icon = IconLabel(theme, "dot")
        self._word = label("", "meta")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._icon)
        layout.addWidget(self._word, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        if status is None:
            self.hide()
        else:
            self._apply(status)

    @property
    def status(self) -> Status | None:
        """What is shown, None while nothing is."""
        return self._status

    def show_status(self, status: Status | None) -> None:
        """Shows another state, or nothing."""
        if status == self._status:
            return
        if status is None:
            self._status = None
            self.hide()
            return
        self._apply(status)
        # Without a parent this would open a window of its own.
        if self.parentWidget() is not None:
            self.show()

    def _apply(self, status: Status) -> None:
        self._status = status
        self._icon.set_icon(status.icon, status.tone)
        self._word.setText(status.word)
        self._word.setProperty("tone", status.tone)
        restyle(self._word)
        self.setToolTip(status.detail)
        self.setAccessibleName(status.word)
        self.setAccessibleDescription(status.detail)
