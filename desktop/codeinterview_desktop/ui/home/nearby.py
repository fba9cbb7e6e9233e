"""Interviews that others host on the same network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

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

_NOTHING: Final = (
    "Nothing nearby yet",
    "Interviews that others host with this app on your network appear here by themselves.",
)


class NearbySection(QWidget):
    """Lists what discovery found.

    Signals:
        join_requested(str): the key of the session to join.
    """

    join_requested = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._shown: list[tuple[str, str, str]] = []
        self.list = RowList(EmptyState(theme, "network", *_NOTHING))
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
        rows = [
            (each.key, each.title, _details(each, is_alike=said[each.title, each.host_name] > 1))
            for each in sessions
        ]
        self.list.empty.explain(*_NOTHING, "network")
        # Addresses come and go without being seen; a row that is being pressed stays.
        if rows != self._shown:
            self._shown = rows
            self.list.show_rows([self._row(*row) for row in rows])
            self._fit(len(rows))

    def show_failure(self, sentence: str) -> None:
        """Says why nothing can be found here."""
        self.list.empty.explain("Discovery does not work here", sentence, "alert")

    def _row(self, key: str, title: str, details: str) -> Row:
        join = button("Join")
        join.setMinimumWidth(72)
        join.setAccessibleName(f"Join {title}")
        join.setAccessibleDescription(details)
        join.clicked.connect(lambda: self.join_requested.emit(key))
        return Row(
            title,
            details,
            lead=IconLabel(self._theme, "network", "accent", 20),
            tail=(join,),
        )

    def _fit(self, count: int) -> None:
        # Three rows, then it scrolls: Recent keeps its place.
        self.list.setFixedHeight(124 if count == 0 else min(count, 3) * 52 + 8)


def _details(session: NearbySession, *, is_alike: bool) -> str:
    host = f"Hosted by {session.host_name}"
    # Two hosts of one name with sessions of one title: the address tells them apart.
    return f"{host} · {session.address}" if is_alike else host
