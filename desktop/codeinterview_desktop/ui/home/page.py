"""The Home page: two actions beside what is nearby and what was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from codeinterview_desktop.ui.home.host_card import HostCard
from codeinterview_desktop.ui.home.join_card import JoinCard
from codeinterview_desktop.ui.home.nearby import NearbySection
from codeinterview_desktop.ui.home.recent import RecentSection
from codeinterview_desktop.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

ACTIONS_WIDTH_PX = 360
CONTENT_WIDTH_PX = 1180


class HomePage(QWidget):
    """Puts the four parts beside each other; `HomeFlow` makes them work."""

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.host = HostCard(theme)
        self.join = JoinCard(theme)
        self.nearby = NearbySection(theme)
        self.recent = RecentSection(theme)
        self.banner = Banner(theme)
        self.team_banner = Banner(theme)

        actions = self._actions = QWidget()
        actions.setProperty("kind", "scrolled")
        column = QVBoxLayout(actions)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(16)
        column.addWidget(self.host)
        column.addWidget(self.join)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(actions)
        self._area = area
        area.setFixedWidth(ACTIONS_WIDTH_PX + 6)

        lists = QVBoxLayout()
        lists.setSpacing(20)
        lists.addWidget(self.nearby)
        lists.addWidget(self.recent, 1)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(area)
        columns.addLayout(lists, 1)
        content = QWidget()
        content.setMaximumWidth(CONTENT_WIDTH_PX)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(24, 20, 24, 20)
        inner.setSpacing(16)
        inner.addWidget(self.banner)
        inner.addWidget(self.team_banner)
        inner.addLayout(columns, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(content, 1000)
        layout.addStretch(1)

    def show_host_error(self, sentence: str) -> None:
        """Says in the Host card what went wrong, where it can be seen."""
        self.host.set_error(sentence)
        self._reveal(self.host.submit)

    def show_join_error(self, sentence: str) -> None:
        """Says in the Join card what went wrong, where it can be seen."""
        self.join.set_error(sentence)
        self._reveal(self.join.submit)

    def _reveal(self, widget: QWidget) -> None:
        # What was just shown has no place yet.
        self._actions.adjustSize()
        self._area.ensureWidgetVisible(widget)
