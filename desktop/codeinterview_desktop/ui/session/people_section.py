"""Who is in the room: name, role, whether they are there; gives roles and removes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from codeinterview_desktop.core.values import Role
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
        role_requested(ParticipantInfo, Role): give somebody another role.
    """

    remove_requested = Signal(object)
    role_requested = Signal(object, object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[object, ...] | None = None
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

    def show_people(
        self,
        people: Sequence[ParticipantInfo],
        me: str | None,
        *,
        observers_listed: bool = True,
        can_change: bool = True,
    ) -> None:
        """Shows who is in the room.

        Args:
            people: all of them.
            me: the user's own participant id.
            observers_listed: whether candidates are told of observers.
            can_change: whether people can still be given roles and removed.
        """
        shown = (tuple(people), me, observers_listed, can_change)
        if self._shown == shown:
            return
        self._shown = shown
        online = sum(person.is_online for person in people)
        self._heading.setText(f"People ({online} online)" if people else "People")
        ordered = sorted(people, key=lambda person: (not person.is_online, person.joined_at_ms))
        self.list.show_rows(
            [
                self._row(
                    person,
                    mine=person.id == me,
                    is_hidden=person.role is Role.OBSERVER and not observers_listed,
                    can_change=can_change,
                )
                for person in ordered
            ]
        )

    def _row(
        self, person: ParticipantInfo, *, mine: bool, is_hidden: bool, can_change: bool
    ) -> Row:
        state = (
            Status("Online", "dot", "success")
            if person.is_online
            else Status("Offline", "ring", "muted")
        )
        tail: list[QWidget] = [StatusLabel(self._theme, state)]
        if not mine and can_change:
            tail.append(self._more(person))
        role = wording.ROLE_WORDS[person.role]
        return Row(
            f"{person.name} (you)" if mine else person.name,
            f"{role}, hidden" if is_hidden else role,
            lead=Avatar(self._theme, person.name, person.presence, online=person.is_online),
            tail=tail,
        )

    def _more(self, person: ParticipantInfo) -> QToolButton:
        more = icon_button(self._theme, "more", f"More for {person.name}", small=True)
        menu = QMenu(more)
        for role, word in wording.ROLE_WORDS.items():
            if role is not person.role:
                action = menu.addAction(
                    self._theme.icons.icon(wording.ROLE_ICONS[role]), f"Make &{word.lower()}"
                )
                action.triggered.connect(partial(self._give, person, role))
        menu.addSeparator()
        remove = menu.addAction(self._theme.icons.icon("close", "danger"), "&Remove…")
        remove.triggered.connect(lambda: self.remove_requested.emit(person))
        more.setMenu(menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return more

    def _give(self, person: ParticipantInfo, role: Role, _checked: bool = False) -> None:
        self.role_requested.emit(person, role)
