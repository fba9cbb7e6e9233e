"""Who knocks at sessions whose room is not in front: one list above every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from codeinterview_desktop.core.values import LobbyEntry
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.avatar import Avatar
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.labels import ElidedLabel
from codeinterview_desktop.ui.widgets.rows import Row, RowList
from codeinterview_desktop.ui.widgets.status import IconLabel
from codeinterview_server.domain.clock import now_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.theme.controller import ThemeController

# The page below keeps most of a small window.
_MOST_HEIGHT_PX: Final = 176


@dataclass(frozen=True, slots=True)
class Knocking:
    """Who waits for one session, named by its key; who came first is at the front."""

    session_id: str
    title: str
    people: tuple[LobbyEntry, ...]


class KnockList(QFrame):
    """Is there while somebody waits, and gone otherwise.

    Signals:
        answered(str, tuple, bool): people of a session, by their ids, shall be admitted or
            declined.
        show_requested(str): the room of the session with this key is wanted.
    """

    answered = Signal(str, object, bool)
    show_requested = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[Knocking, ...] = ()
        self._answered: set[tuple[str, str]] = set()
        self.setProperty("kind", "banner")
        self.setProperty("tone", "accent")
        self.setProperty("edge", "bottom")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("People who knock")
        self.heading = ElidedLabel("", "heading")
        self.list = RowList(EmptyState(theme, "knock", "", ""))
        heading = QHBoxLayout()
        heading.setContentsMargins(4, 0, 4, 0)
        heading.setSpacing(8)
        heading.addWidget(IconLabel(theme, "knock", "accent", 20))
        heading.addWidget(self.heading, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addLayout(heading)
        layout.addWidget(self.list)
        self.hide()

    def show_knocks(self, knocks: Sequence[Knocking]) -> None:
        """Shows who waits now."""
        shown = tuple(each for each in knocks if each.people)
        if shown == self._shown:
            return
        self._shown = shown
        self._answered &= {(each.session_id, one.id) for each in shown for one in each.people}
        self._refresh()

    def retry(self) -> None:
        """Lets the user answer again after an answer did not arrive."""
        self._answered.clear()
        self._refresh()

    def _refresh(self) -> None:
        rows: list[Row] = []
        for knocking in self._shown:
            if len(knocking.people) > 1:
                rows.append(self._group(knocking))
            rows.extend(self._person(knocking, person) for person in knocking.people)
        self.list.show_rows(rows)
        count = sum(len(each.people) for each in self._shown)
        self.heading.setText(
            "Somebody waits to be let in" if count == 1 else f"{count} people wait to be let in"
        )
        # Rows, the gaps between them and the list's own margins.
        heights_px = [row.sizeHint().height() + 2 for row in rows]
        self.list.setMinimumHeight(max(heights_px, default=0) + 8)
        self.list.setMaximumHeight(min(_MOST_HEIGHT_PX, sum(heights_px) + 8))
        self.setVisible(bool(rows))

    def _group(self, knocking: Knocking) -> Row:
        waiting = [
            each.id
            for each in knocking.people
            if (knocking.session_id, each.id) not in self._answered
        ]
        admit = button("Admit &all", "primary")
        admit.setAccessibleName(f"Admit all to {knocking.title}")
        admit.setEnabled(bool(waiting))
        admit.clicked.connect(lambda: self._answer(knocking, tuple(waiting), admit=True))
        open_room = button("&Open")
        open_room.setAccessibleName(f"Open {knocking.title}")
        open_room.clicked.connect(lambda: self.show_requested.emit(knocking.session_id))
        return Row(
            knocking.title,
            f"{wording.people_word(len(knocking.people))} waiting",
            lead=IconLabel(self._theme, "host", "muted", 20),
            tail=(admit, open_room),
        )

    def _person(self, knocking: Knocking, person: LobbyEntry) -> Row:
        admit = button("&Admit", "primary" if len(knocking.people) == 1 else "secondary")
        admit.setAccessibleName(f"Admit {person.name}")
        admit.clicked.connect(lambda: self._answer(knocking, (person.id,), admit=True))
        decline = button("&Decline")
        decline.setAccessibleName(f"Decline {person.name}")
        decline.clicked.connect(lambda: self._answer(knocking, (person.id,), admit=False))
        role = wording.ROLE_WORDS[person.role]
        ago = wording.ago(person.knocked_at_ms, now_ms())
        row = Row(
            person.name,
            f"{role} for “{wording.short(knocking.title)}” · knocked {ago}",
            lead=Avatar(self._theme, person.name, person.presence),
            tail=(admit, decline),
        )
        row.setEnabled((knocking.session_id, person.id) not in self._answered)
        return row

    def _answer(self, knocking: Knocking, people: tuple[str, ...], *, admit: bool) -> None:
        # Answered once; the server's list takes the entry away.
        self._answered |= {(knocking.session_id, each) for each in people}
        self.answered.emit(knocking.session_id, people, admit)
        self._refresh()
