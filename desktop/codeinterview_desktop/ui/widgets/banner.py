"""A sentence with an icon and perhaps an action, in a bar of its own: no dialog, no pop-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import button, icon_button
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.status import IconLabel
from codeinterview_desktop.ui.widgets.styling import restyle

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

BannerTone = Literal["accent", "success", "warning", "danger"]

_ICONS: Final[dict[BannerTone, str]] = {
    "accent": "info",
    "success": "check-circle",
    "warning": "alert",
    "danger": "error",
}


class Banner(QFrame):
    """Says one thing until it is dismissed or replaced. Hidden at first.

    Signals:
        acted(): the action was chosen.
        dismissed(): the user closed it.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(
        self, theme: ThemeController, parent: QWidget | None = None, *, closable: bool = True
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = IconLabel(theme, "info")
        self._text = label("", wrap=True)
        self._action = button("")
        self._action.clicked.connect(self.acted)
        self._close = icon_button(theme, "close", "Dismiss", small=True)
        self._close.clicked.connect(self._dismiss)
        self._closable = closable
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self._close.setVisible(closable)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, tone: BannerTone = "accent", action: str = "") -> None:
        """Shows a sentence; `action` is the word of its button."""
        self._text.setText(text)
        self._icon.set_icon(_ICONS[tone], tone)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setProperty("tone", tone)
        restyle(self)
        self.setAccessibleName(text)
        self.show()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
