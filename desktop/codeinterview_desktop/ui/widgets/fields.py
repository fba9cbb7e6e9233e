"""Form controls: a labelled field with its error, a drop-down, a check box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from codeinterview_desktop.theme.tokens import RADIUS_CONTROL_PX
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.styling import restyle

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_BOX_PX: Final = 16
_GAP_PX: Final = 8


class Field(QWidget):
    """A control under its name; an error or a hint stands below it.

    Args:
        name: the control's name; `&` marks its mnemonic.
        hint: what helps to fill it in.
    """

    def __init__(self, name: str, control: QWidget, hint: str = "") -> None:
        super().__init__()
        self.control = control
        self._hint = hint
        self._error = ""
        self._name = label(name)
        # Only this format knows mnemonics; the names are our own words.
        self._name.setTextFormat(Qt.TextFormat.AutoText)
        self._name.setBuddy(control)
        self._below = label(hint, "meta", wrap=True)
        plain = name.replace("&&", "\0").replace("&", "").replace("\0", "&")
        control.setAccessibleName(plain)
        control.setAccessibleDescription(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._name)
        layout.addWidget(control)
        layout.addWidget(self._below)
        self._below.setVisible(bool(hint))

    @property
    def error(self) -> str:
        """What is wrong with the value, empty when nothing is."""
        return self._error

    def set_hint(self, hint: str) -> None:
        """Says something else that helps to fill it in."""
        self._hint = hint
        self.set_error(self._error)

    def set_error(self, sentence: str) -> None:
        """Says what is wrong and marks the control; an empty sentence takes it back."""
        self._error = sentence
        self._below.setText(sentence or self._hint)
        self._below.setVisible(bool(sentence or self._hint))
        self._below.setProperty("role", "error" if sentence else "meta")
        self.control.setProperty("invalid", bool(sentence))
        self.control.setAccessibleDescription(sentence or self._hint)
        restyle(self._below)
        restyle(self.control)


class Select(QComboBox):
    """A drop-down whose arrow follows the theme."""

    def __init__(self, theme: ThemeController, *, large: bool = False) -> None:
        super().__init__()
        self._theme = theme
        if large:
            self.setProperty("scale", "large")
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the control, then the arrow that the style sheet leaves out."""
        super().paintEvent(_event)
        painter = QPainter(self)
        box = QRect(self.width() - 26, (self.height() - 16) // 2, 16, 16)
        self._theme.icons.paint(
            painter, box, "chevron-down", "muted" if self.isEnabled() else "divider"
        )
        painter.end()


class CheckBox(QCheckBox):
    """A check box painted from the tokens."""

    def __init__(self, theme: ThemeController, text: str) -> None:
        super().__init__(text)
        self._theme = theme

    def sizeHint(self) -> QSize:
        """Room for box, gap and text."""
        metrics = self.fontMetrics()
        text = metrics.size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(_BOX_PX + _GAP_PX + text.width() + 4, max(24, text.height()))

    def minimumSizeHint(self) -> QSize:
        """The same: the text is never cut."""
        return self.sizeHint()

    def hitButton(self, _pos: object) -> bool:
        """Text and gap count as the box."""
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints box, check mark and text."""
        colors = self._theme.theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(1, (self.height() - _BOX_PX) // 2, _BOX_PX, _BOX_PX)
        checked, enabled = self.isChecked(), self.isEnabled()
        fill = colors.accent if checked else colors.surface
        edge = colors.accent if checked else colors.border
        if not enabled:
            fill, edge = (colors.border if checked else colors.inset), colors.divider
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, RADIUS_CONTROL_PX, RADIUS_CONTROL_PX)
        if checked:
            self._theme.icons.paint(painter, box.adjusted(1, 1, 0, 0), "check", "on_accent")
        painter.setPen(QColor(colors.text if enabled else colors.muted))
        painter.drawText(
            self.rect().adjusted(_BOX_PX + _GAP_PX, 0, 0, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            | int(Qt.TextFlag.TextShowMnemonic),
            self.text(),
        )
        painter.end()
