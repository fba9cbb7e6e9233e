"""Who is in the room: name, role, whether they are there, and a way to remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.avatar import Avatar
from codeinterview_desktop.ui.widgets.buttons import icon_button
from codeinterview_desktop.ui.widgets.empty_state import EmptyState
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.rows import Row, RowList
from codeinterview_desktop.ui.widgets.status import Status, StatusLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.core.values import ParticipantInfo
    from codeinterview_desktop.theme.controller import ThemeController


class PeopleSection(QWidget):
    """Lists a room's participants, those who are there first.

    Signals:
        remove_requested(ParticipantInfo): remove somebody from the session.
    """

    remove_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[tuple[ParticipantInfo, ...], str | None] | None = None
        self._heading = label("People", "heading")
        self.list = RowList(
            EmptyState(theme, "people", "Nobody here yet", "People appear as they join."),
            scroll="outside",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._heading)
        layout.addWidget(self.list)

    def show_people(self, people: Sequence[ParticipantInfo], me: str | None) -> None:
        """Shows who is in the room; `me` is the user's own participant id."""
        if self._shown == (tuple(people), me):
            return
        self._shown = (tuple(people), me)
        online = sum(person.is_online for person in people)
        self._heading.setText(f"People ({online} online)" if people else "People")
        ordered = sorted(people, key=lambda person: (not person.is_online, person.joined_at_ms))
        self.list.show_rows([self._row(person, me) for person in ordered])

    def _row(self, person: ParticipantInfo, me: str | None) -> Row:
        mine = person.id == me
        state = (
            Status("Online", "dot", "success")
            if person.is_online
            else Status("Offline", "ring", "muted")
        )
        tail: list[QWidget] = [StatusLabel(self._theme, state)]
        if not mine:
            remove = icon_button(self._theme, "close", f"Remove {person.name}…", small=True)
            remove.clicked.connect(lambda: self.remove_requested.emit(person))
            tail.append(remove)
        return Row(
            f"{person.name} (you)" if mine else person.name,
            wording.ROLE_WORDS[person.role],
            lead=Avatar(self._theme, person.name, person.presence, online=person.is_online),
            tail=tail,
        )
