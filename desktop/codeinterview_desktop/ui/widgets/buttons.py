"""Buttons, in the kinds that the style sheet knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.theme.controller import ThemeController

ButtonKind = Literal["secondary", "primary", "danger", "quiet"]

_ICON_ROLES: Final[dict[ButtonKind, str]] = {
    "secondary": "text",
    "primary": "on_accent",
    "danger": "danger",
    "quiet": "text",
}
_COPIED_FOR_MS: Final = 1600


def button(
    text: str,
    kind: ButtonKind = "secondary",
    *,
    theme: ThemeController | None = None,
    icon: str | None = None,
    large: bool = False,
) -> QPushButton:
    """A button with a word on it, and an icon when `theme` is given with its name."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    if large:
        made.setProperty("scale", "large")
    if theme is not None and icon is not None:
        made.setIcon(theme.icons.icon(icon, _ICON_ROLES[kind]))
        # Wider than the drawing: Qt leaves too little room between icon and word.
        made.setIconSize(QSize(24, 16))
    made.setAutoDefault(False)
    return made


def icon_button(
    theme: ThemeController, icon: str, name: str, *, role: str = "muted", small: bool = False
) -> QToolButton:
    """A button with an icon alone; `name` is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(theme.icons.icon(icon, role))
    made.setIconSize(QSize(16, 16) if small else QSize(18, 18))
    made.setProperty("kind", "small-icon" if small else "icon")
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


class CopyFeedback(QObject):
    """Copies a text and lets a button say so for a moment. Lives as long as the button.

    Args:
        target: the button; its text, icon and tooltip change while it says `Copied`.
        text: answers what to copy when the button is pressed; an empty text copies nothing.
    """

    def __init__(
        self,
        target: QPushButton | QToolButton,
        theme: ThemeController,
        text: Callable[[], str],
    ) -> None:
        super().__init__(target)
        self._target = target
        self._theme = theme
        self._text = text
        self._label = target.text()
        self._tooltip = target.toolTip()
        self._icon = target.icon()
        self._timer = QTimer(target)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COPIED_FOR_MS)
        self._timer.timeout.connect(self._restore)
        target.clicked.connect(self.copy)

    def copy(self) -> None:
        """Copies now, as if the button had been pressed."""
        text = self._text()
        if not text:
            return
        QGuiApplication.clipboard().setText(text)
        primary = self._target.property("kind") == "primary"
        self._target.setIcon(self._theme.icons.icon("check", "on_accent" if primary else "success"))
        if self._label:
            self._target.setText("Copied")
        self._target.setToolTip("Copied")
        self._timer.start()

    def _restore(self) -> None:
        self._target.setIcon(self._icon)
        if self._label:
            self._target.setText(self._label)
        self._target.setToolTip(self._tooltip)


def copy_button(
    theme: ThemeController,
    text: Callable[[], str],
    name: str,
    parent: QWidget | None = None,
) -> QToolButton:
    """A small icon button that copies; `name` says what."""
    made = icon_button(theme, "copy", name, small=True)
    made.setParent(parent)
    CopyFeedback(made, theme, text)
    return made
