"""One invite for each role: copy it, or renew it so that older links stop working."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.buttons import copy_button, icon_button
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from codeinterview_desktop.theme.controller import ThemeController

_MAY: Final = {
    Role.CANDIDATE: "Writes and runs code",
    Role.INTERVIEWER: "Admits, removes and ends, too",
    Role.OBSERVER: "Watches, changes nothing",
}


class InvitesSection(QWidget):
    """Lists the roles that can be invited.

    Signals:
        renew_requested(Role): make a role's links invalid and get new ones.
    """

    renew_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._urls: dict[Role, str] = {}
        self.copy_buttons = {
            role: copy_button(theme, partial(self._url, role), f"Copy {word.lower()} link")
            for role, word in wording.ROLE_WORDS.items()
        }
        self.renew_buttons = {
            role: icon_button(theme, "renew", f"Renew {word.lower()} link…", small=True)
            for role, word in wording.ROLE_WORDS.items()
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Links by role", "heading"))
        for role in (Role.CANDIDATE, Role.INTERVIEWER, Role.OBSERVER):
            self.renew_buttons[role].clicked.connect(partial(self._renew, role))
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(ElidedLabel(wording.ROLE_WORDS[role]))
            words.addWidget(ElidedLabel(_MAY[role], "meta"))
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(IconLabel(theme, wording.ROLE_ICONS[role], "muted", 18))
            row.addLayout(words, 1)
            row.addWidget(self.copy_buttons[role])
            row.addWidget(self.renew_buttons[role])
            layout.addLayout(row)

    def show_urls(self, urls: dict[Role, str]) -> None:
        """Takes the best link for each role; roles without one cannot be copied."""
        self._urls = dict(urls)
        for role, copy in self.copy_buttons.items():
            copy.setEnabled(bool(self._urls.get(role)))
            self.renew_buttons[role].setEnabled(bool(self._urls.get(role)))

    def _url(self, role: Role) -> str:
        return self._urls.get(role, "")

    def _renew(self, role: Role, _checked: bool = False) -> None:
        self.renew_requested.emit(role)
