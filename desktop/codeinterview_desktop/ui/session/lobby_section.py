"""Who knocked and waits, with Admit and Decline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.avatar import Avatar
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, label
from codeinterview_desktop.ui.widgets.status import IconLabel
from codeinterview_server.domain.clock import now_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codeinterview_desktop.core.values import LobbyEntry
    from codeinterview_desktop.theme.controller import ThemeController


class LobbySection(QFrame):
    """Stands out while somebody waits, and is gone otherwise.

    Signals:
        admit_requested(LobbyEntry): let somebody in.
        decline_requested(LobbyEntry): turn somebody away.
    """

    admit_requested = Signal(object)
    decline_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[LobbyEntry, ...] = ()
        self._entries: list[QWidget] = []
        self.setProperty("kind", "banner")
        self.setProperty("tone", "accent")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heading = label("", "heading")
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(IconLabel(theme, "knock", "accent", 20))
        heading.addWidget(self.heading, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 12)
        self._layout.setSpacing(10)
        self._layout.addLayout(heading)
        self.hide()

    def show_waiting(self, waiting: Sequence[LobbyEntry]) -> None:
        """Shows who waits now, who came first at the top."""
        if self._shown == tuple(waiting):
            return
        self._shown = tuple(waiting)
        for entry in self._entries:
            self._layout.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = [
            self._entry(person) for person in sorted(waiting, key=lambda one: one.knocked_at_ms)
        ]
        for entry in self._entries:
            self._layout.addWidget(entry)
        self.heading.setText(
            "Somebody knocks" if len(waiting) == 1 else f"{len(waiting)} people knock"
        )
        self.setVisible(bool(waiting))

    def _entry(self, person: LobbyEntry) -> QWidget:
        entry = QWidget()
        admit = button("&Admit", "primary")
        admit.setAccessibleName(f"Admit {person.name}")
        admit.clicked.connect(lambda: self._answer(entry, admit=True, person=person))
        decline = button("&Decline")
        decline.setAccessibleName(f"Decline {person.name}")
        decline.clicked.connect(lambda: self._answer(entry, admit=False, person=person))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(person.name, "strong"))
        words.addWidget(
            ElidedLabel(f"Knocked {wording.ago(person.knocked_at_ms, now_ms())}", "meta")
        )
        who = QHBoxLayout()
        who.setSpacing(10)
        who.addWidget(Avatar(self._theme, person.name, person.presence))
        who.addLayout(words, 1)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(admit, 1)
        answers.addWidget(decline, 1)
        layout = QVBoxLayout(entry)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(who)
        layout.addLayout(answers)
        return entry

    def retry(self) -> None:
        """Lets the user answer again after an answer did not arrive."""
        for entry in self._entries:
            entry.setEnabled(True)

    def _answer(self, entry: QWidget, *, admit: bool, person: LobbyEntry) -> None:
        # Answered once; the server's list takes the entry away.
        entry.setEnabled(False)
        (self.admit_requested if admit else self.decline_requested).emit(person)
