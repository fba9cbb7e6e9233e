"""Asks for a passphrase or a password, which goes to the tunnel and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from codeinterview_desktop.core.tunnels.status import SecretKind
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.widgets.fields import Field

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.tunnels.status import SecretRequest
    from codeinterview_desktop.theme.controller import ThemeController

_KEPT: Final = (
    "stays in memory until the tunnel stops, as reconnecting needs it, and is written nowhere."
)
_LIMIT: Final = 1024


class SecretDialog(DialogFrame):
    """Accepted, `secret` holds what was typed; rejected, there is none."""

    def __init__(
        self, theme: ThemeController, parent: QWidget | None, request: SecretRequest
    ) -> None:
        is_passphrase = request.kind is SecretKind.PASSPHRASE
        super().__init__(
            theme,
            parent,
            title="Unlock your SSH key" if is_passphrase else "Log in with a password",
            sentence=(
                f"{request.subject} is locked. What its passphrase opens {_KEPT}"
                if is_passphrase
                else f"No key was accepted by {request.subject}. The password {_KEPT}"
            ),
            icon="lock",
            tone="accent",
        )
        self.secret: str | None = None
        self.typed = QLineEdit()
        self.typed.setEchoMode(QLineEdit.EchoMode.Password)
        self.typed.setMaxLength(_LIMIT)
        self.typed.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText
        )
        self.field = Field("&Passphrase" if is_passphrase else "&Password", self.typed)
        self.body.addWidget(self.field)
        self.cancel = self.add_button("&Without this key" if is_passphrase else "Cancel")
        self.cancel.clicked.connect(self.reject)
        self.submit = self.add_button("&Unlock" if is_passphrase else "&Log in", "primary")
        self.submit.setDefault(True)
        self.submit.clicked.connect(self._take)
        self.typed.textEdited.connect(lambda _text: self._follow())
        self._follow()
        if request.is_retry:
            self.field.set_error("That was not right. Try again.")
        self.typed.setFocus()

    def _follow(self) -> None:
        self.field.set_error("")
        self.submit.setEnabled(bool(self.typed.text()))

    def _take(self) -> None:
        self.secret = self.typed.text()
        self.accept()

    def done(self, result: int) -> None:
        """Forgets what was typed: the widget may live on for a while."""
        self.typed.clear()
        super().done(result)
