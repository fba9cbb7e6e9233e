"""One invite for each role: copy it, renew it, or turn it off."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.buttons import button, copy_button, icon_button
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, label
from codeinterview_desktop.ui.widgets.status import IconLabel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtCore import SignalInstance

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
        revoke_requested(Role): make a role's links invalid.
        make_requested(Role): make a link for a role that has none.
    """

    renew_requested = Signal(object)
    revoke_requested = Signal(object)
    make_requested = Signal(object)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._urls: dict[Role, str] = {}
        self.rows: dict[Role, InviteRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label("Links by role", "heading"))
        for role in (Role.CANDIDATE, Role.INTERVIEWER, Role.OBSERVER):
            row = self.rows[role] = InviteRow(theme, role)
            row.renew.clicked.connect(partial(self._ask, self.renew_requested, role))
            row.revoke.clicked.connect(partial(self._ask, self.revoke_requested, role))
            row.make.clicked.connect(partial(self._ask, self.make_requested, role))
            layout.addWidget(row)

    def show_invites(self, urls: Mapping[Role, str], revoked: Collection[Role]) -> None:
        """Takes the best link for each role, and the roles whose links are off."""
        for role, row in self.rows.items():
            row.show_invite(urls.get(role, ""), is_off=role in revoked)

    def retry(self) -> None:
        """Lets the user press again after something was not done."""
        for row in self.rows.values():
            row.make.setEnabled(True)

    def _ask(self, signal: SignalInstance, role: Role, _checked: bool = False) -> None:
        signal.emit(role)


class InviteRow(QWidget):
    """One role's link."""

    def __init__(self, theme: ThemeController, role: Role) -> None:
        super().__init__()
        word = wording.ROLE_WORDS[role]
        self._role = role
        self._url = ""
        self.about = ElidedLabel(_MAY[role], "meta")
        self.copy = copy_button(theme, lambda: self._url, f"Copy {word.lower()} link")
        self.renew = icon_button(theme, "renew", f"Renew {word.lower()} link…", small=True)
        self.revoke = icon_button(theme, "close", f"Turn {word.lower()} link off…", small=True)
        self.make = button("Make a new link")
        self.make.setAccessibleName(f"Make a new {word.lower()} link")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(word))
        words.addWidget(self.about)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(IconLabel(theme, wording.ROLE_ICONS[role], "muted", 18))
        layout.addLayout(words, 1)
        for widget in (self.copy, self.renew, self.revoke, self.make):
            layout.addWidget(widget)
        self.show_invite("", is_off=False)

    def show_invite(self, url: str, *, is_off: bool) -> None:
        """Shows a link, that there is none just now, or that it was turned off."""
        self._url = url
        self.about.setText(wording.LINK_IS_OFF if is_off else _MAY[self._role])
        for widget in (self.copy, self.renew, self.revoke):
            widget.setVisible(not is_off)
            widget.setEnabled(bool(url))
        self.make.setVisible(is_off)
