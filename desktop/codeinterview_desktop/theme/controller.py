"""The theme in force: light or dark, by the system or by setting, switched live."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory

from codeinterview_desktop.theme.icons import Icons, application_icon
from codeinterview_desktop.theme.palette import palette_of
from codeinterview_desktop.theme.stylesheet import stylesheet_of
from codeinterview_desktop.theme.tokens import DARK, LIGHT, TYPE_UI, Theme

ThemeChoice = Literal["system", "light", "dark"]

_SCHEMES: Final[dict[ThemeChoice, Qt.ColorScheme]] = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class ThemeController(QObject):
    """Dresses the application and says when the dress changes.

    Signals:
        changed(): another theme is in force; palette and style sheet are already applied.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice: ThemeChoice = choice
        self._theme = LIGHT
        self._dressed = False
        self.icons = Icons(lambda: self._theme)
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setWindowIcon(application_icon())
        font = app.font()
        font.setPixelSize(TYPE_UI.size_px)
        app.setFont(font)
        hints = app.styleHints()
        hints.setColorScheme(_SCHEMES[choice])
        hints.colorSchemeChanged.connect(self._refresh)
        self._refresh()

    @property
    def choice(self) -> ThemeChoice:
        """What the user chose."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """The tokens in force."""
        return self._theme

    def choose(self, choice: ThemeChoice) -> None:
        """Follows the system from now on, or keeps to one mode."""
        self._choice = choice
        self._app.styleHints().setColorScheme(_SCHEMES[choice])
        self._refresh()

    def _refresh(self) -> None:
        if self._choice == "system":
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._choice == "dark"
        theme = DARK if dark else LIGHT
        if theme is self._theme and self._dressed:
            return
        self._theme = theme
        self._dressed = True
        self._app.setPalette(palette_of(theme))
        self._app.setStyleSheet(stylesheet_of(theme))
        self.changed.emit()
