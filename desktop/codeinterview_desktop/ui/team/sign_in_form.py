"""Asks for a team server's address and a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from codeinterview_desktop.core.team_address import parse_key, parse_team_address
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.fields import Field

if TYPE_CHECKING:
    from codeinterview_desktop.core.team_address import TeamAddress
    from codeinterview_desktop.theme.controller import ThemeController

KEPT: Final = "Whoever runs the server makes it for you. It is kept in this computer’s keyring."
NOT_KEPT: Final = "Whoever runs the server makes it for you."
FOR_THIS_RUN: Final = (
    "Your key is kept in memory alone and is forgotten when you quit CodeInterview. It is never"
    " written to a file."
)


class SignInForm(QWidget):
    """Two fields, what is wrong with them, and whether the key will be kept."""

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self.address = QLineEdit()
        self.address.setMaxLength(300)
        self.address.setPlaceholderText("https://interviews.example.com")
        self.address_field = Field("Server’s &address", self.address)
        self.key = QLineEdit()
        self.key.setMaxLength(1000)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_field = Field("Your &key", self.key, KEPT)
        self.keyring = Banner(theme, closable=False)
        self.problem = Banner(theme, closable=False)
        for field in (self.address_field, self.key_field):
            field.control.textEdited.connect(  # type: ignore[attr-defined]
                lambda _text, field=field: self._edited(field)
            )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        for widget in (self.address_field, self.key_field, self.keyring, self.problem):
            layout.addWidget(widget)

    def explain_keeping(self, *, kept: bool, reason: str = "") -> None:
        """Say whether the key will be there at the next start, and if not, why."""
        self.key_field.set_hint(KEPT if kept else NOT_KEPT)
        if kept:
            self.keyring.hide()
        else:
            self.keyring.say(f"{reason} {FOR_THIS_RUN}", "warning")

    def complain(self, sentence: str) -> None:
        """Say why signing in did not work."""
        self.problem.say(sentence, "danger")

    def read(self) -> tuple[TeamAddress, str] | None:
        """The address and the key as entered; None after saying what is wrong with them."""
        self.problem.hide()
        try:
            address = parse_team_address(self.address.text())
        except ValueError as error:
            self.address_field.set_error(str(error))
            self.address.setFocus()
            return None
        try:
            return address, parse_key(self.key.text())
        except ValueError as error:
            self.key_field.set_error(str(error))
            self.key.setFocus()
            return None

    def set_busy(self, busy: bool) -> None:
        """Keep what is being sent from being changed."""
        self.address.setEnabled(not busy)
        self.key.setEnabled(not busy)

    def focus_first_empty(self) -> None:
        """Put the cursor where something is missing."""
        (self.key if self.address.text() else self.address).setFocus()

    def _edited(self, field: Field) -> None:
        field.set_error("")
        self.problem.hide()
