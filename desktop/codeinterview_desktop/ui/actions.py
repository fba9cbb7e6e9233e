"""The window's commands: their words, shortcuts and menus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow, QMenu

    from codeinterview_desktop.theme.controller import ThemeController


class Actions:
    """Owns the actions of one window and puts them into its menu bar; the window connects them."""

    def __init__(self, window: QMainWindow, theme: ThemeController) -> None:
        self._window = window
        self._theme = theme
        self.host = self._make("&Host an interview", "host", "Ctrl+N")
        self.join = self._make("&Join an interview", "join", "Ctrl+J")
        self.copy_link = self._make("Copy &link", "copy", "Ctrl+L")
        self.reload = self._make("&Reload the room", "renew", "F5")
        self.end = self._make("&End interview…", "end", "")
        self.close = self._make("&Close this interview", "close", "Ctrl+W")
        self.team = self._make("&Team server…", "team", "")
        self.settings = self._make("&Settings…", "settings", "Ctrl+,")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit = self._make("&Quit", "leave", "Ctrl+Q")
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.home = self._make("&Home", "home", "Alt+Home")
        # A key that the editor in the room has no use for.
        self.panel = self._make("Share &panel", "panel-open", "F9")
        self.zoom_in = self._make("Zoom &in", "", "Ctrl++", "Ctrl+=")
        self.zoom_out = self._make("Zoom &out", "", "Ctrl+-")
        self.zoom_reset = self._make("&Actual size", "", "Ctrl+0")
        self.check = self._make("&Check connections…", "network", "")
        self.logs = self._make("Open the &log folder", "", "")
        self.about = self._make("&About CodeInterview", "info", "")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self._fill()

    def follow(self, *, view: bool, hosted: bool, is_open: bool) -> None:
        """Enable what makes sense on the page that is shown.

        Args:
            view: it shows a room.
            hosted: the room is hosted here.
            is_open: its interview goes on.
        """
        for action in (self.reload, self.close, self.zoom_in, self.zoom_out, self.zoom_reset):
            action.setEnabled(view)
        self.panel.setEnabled(hosted)
        self.copy_link.setEnabled(hosted and is_open)
        self.end.setEnabled(hosted and is_open)

    def _make(self, text: str, icon: str, *shortcuts: str) -> QAction:
        action = QAction(text, self._window)
        if icon:
            action.setIcon(self._theme.icons.icon(icon))
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts if keys])
        # Also while the menu bar is hidden or a web view has the keyboard.
        self._window.addAction(action)
        return action

    def _fill(self) -> None:
        bar = self._window.menuBar()
        _add(
            bar.addMenu("&Interview"),
            [self.host, self.join],
            [self.copy_link, self.reload, self.end, self.close],
            [self.team, self.settings, self.quit],
        )
        _add(
            bar.addMenu("&View"),
            [self.home, self.panel],
            [self.zoom_in, self.zoom_out, self.zoom_reset],
        )
        _add(bar.addMenu("&Help"), [self.check, self.logs], [self.about])


def _add(menu: QMenu, *groups: list[QAction]) -> None:
    for index, group in enumerate(groups):
        if index:
            menu.addSeparator()
        menu.addActions(group)
