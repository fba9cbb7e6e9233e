"""Home and the open sessions as tabs, one of them shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import icon_button
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_TITLE_LIMIT: Final = 28


class Workspace(QWidget):
    """Owns the pages; Home is the first and never goes.

    Signals:
        current_changed(QWidget): another page is shown.
        close_requested(QWidget): the user wants this page to go.
    """

    current_changed = Signal(object)
    close_requested = Signal(object)

    def __init__(self, theme: ThemeController, home: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setIconSize(QSize(16, 16))
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName("Open interviews")
        self._stack = QStackedWidget()
        self._home = home
        self._bar = frame("bar")
        self._bar.setProperty("edge", "bottom")
        self._row = QHBoxLayout(self._bar)
        self._row.setContentsMargins(8, 0, 8, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self.tabs, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._stack, 1)
        self._stack.addWidget(home)
        self.tabs.addTab(theme.icons.icon("home", "muted"), "Home")
        self.tabs.currentChanged.connect(self._chosen)
        self._bar.hide()

    @property
    def home(self) -> QWidget:
        """The first page."""
        return self._home

    @property
    def current(self) -> QWidget:
        """The page that is shown."""
        return self._stack.currentWidget() or self._home

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """Every page but Home."""
        widgets = (self._stack.widget(index) for index in range(1, self._stack.count()))
        return tuple(widget for widget in widgets if widget is not None)

    def add_corner(self, widget: QWidget) -> None:
        """Put a control at the right end of the tabs' bar."""
        self._row.addWidget(widget)

    def add_notice(self, widget: QWidget) -> None:
        """Put what concerns every page between the tabs and the page that is shown."""
        self._column.insertWidget(1, widget)

    def add(self, page: QWidget, title: str, icon: str) -> None:
        """Add a page at the end, without showing it."""
        self._stack.addWidget(page)
        index = self.tabs.addTab(self._theme.icons.icon(icon, "muted"), "")
        close = icon_button(self._theme, "close", f"Close {title}", small=True)
        close.clicked.connect(lambda: self.close_requested.emit(page))
        self.tabs.setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self.rename(page, title)
        self._bar.show()

    def rename(self, page: QWidget, title: str, waiting: int = 0) -> None:
        """Name a page's tab; how many wait in its lobby stands before the title."""
        index = self._stack.indexOf(page)
        if index < 0:
            return
        short = title if len(title) <= _TITLE_LIMIT else f"{title[: _TITLE_LIMIT - 1].rstrip()}…"
        shown = short.replace("&", "&&")
        self.tabs.setTabText(index, f"({waiting}) {shown}" if waiting else shown)
        self.tabs.setTabToolTip(index, title if short != title else "")
        close = self.tabs.tabButton(index, QTabBar.ButtonPosition.RightSide)
        if close is not None:
            close.setAccessibleName(f"Close {title}")

    def remove(self, page: QWidget) -> None:
        """Take a page away, to be deleted by the caller."""
        index = self._stack.indexOf(page)
        if index < 1:
            return
        self._stack.removeWidget(page)
        self.tabs.removeTab(index)
        page.hide()
        self._bar.setVisible(self.tabs.count() > 1)

    def show_page(self, page: QWidget) -> None:
        """Show a page."""
        index = self._stack.indexOf(page)
        if index >= 0:
            self.tabs.setCurrentIndex(index)

    def _chosen(self, index: int) -> None:
        if 0 <= index < self._stack.count():
            self._stack.setCurrentIndex(index)
            self.current_changed.emit(self.current)
