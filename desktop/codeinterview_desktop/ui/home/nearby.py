"""Interviews that others host on the same network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.rows import Row, RowList
from codeinterview_desktop.ui.widgets.status import IconLabel
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from codeinterview_desktop.core.discovery import NearbySession
    from codeinterview_desktop.theme.controller import ThemeController


class NearbySection(QWidget):
    """Lists what discovery found.

    Signals:
        join_requested(str): the key of the session to join.
    """

    join_requested = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self.list = RowList(
            EmptyState(
                theme,
                "network",
                "Nothing nearby yet",
                "Interviews that others host with this app on your network appear here by "
                "themselves.",
            )
        )
        card = frame("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(4, 4, 4, 4)
        inner.addWidget(self.list)
        heading = QHBoxLayout()
        heading.addWidget(label("Nearby", "heading"), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(heading)
        layout.addWidget(card, 1)
        self.setAccessibleName("Nearby")
        self._fit(0)

    def show_sessions(self, sessions: tuple[NearbySession, ...]) -> None:
        """Shows what is nearby now."""
        said = Counter((each.title, each.host_name) for each in sessions)
        self.list.show_rows(
            [self._row(each, is_alike=said[each.title, each.host_name] > 1) for each in sessions]
        )
        self._fit(len(sessions))

    def show_failure(self, sentence: str) -> None:
        """Says why nothing can be found here."""
        self.list.empty.explain("Discovery does not work here", sentence, "alert")

    def _row(self, session: NearbySession, *, is_alike: bool) -> Row:
        host = f"Hosted by {session.host_name}"
        # Two hosts of one name with sessions of one title: the address tells them apart.
        details = f"{host} · {session.address}" if is_alike else host
        join = button("Join")
        join.setMinimumWidth(72)
        join.setAccessibleName(f"Join {session.title}")
        join.setAccessibleDescription(details)
        join.clicked.connect(lambda: self.join_requested.emit(session.key))
        return Row(
            session.title,
            details,
            lead=IconLabel(self._theme, "network", "accent", 20),
            tail=(join,),
        )

    def _fit(self, count: int) -> None:
        # Three rows, then it scrolls: Recent keeps its place.
        self.list.setFixedHeight(124 if count == 0 else min(count, 3) * 52 + 8)
