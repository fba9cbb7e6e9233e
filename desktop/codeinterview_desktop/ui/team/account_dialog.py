"""The team server's account: signs in, tells where one stands, signs out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.core.key_store import NO_KEYRING, KeyringUnusableError
from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.dialogs.question import Answer, Question
from codeinterview_desktop.ui.team import words
from codeinterview_desktop.ui.team.sign_in_form import FOR_THIS_RUN, SignInForm
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.labels import ElidedLabel, label
from codeinterview_desktop.ui.widgets.status import StatusLabel

if TYPE_CHECKING:
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.core.team import TeamStatus
    from codeinterview_desktop.core.team_address import TeamAddress
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background

_WHY: Final = (
    "Host interviews on your team’s server instead of this computer: they go on while it is off,"
    " and candidates need nothing but the link."
)
_KEPT: Final = "Your key is in this computer’s keyring."


class AccountDialog(DialogFrame):
    """Shows the form while nobody is signed in, else the account.

    Signals:
        signed_in(): the user has just signed in.
    """

    signed_in = Signal()

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        services: Services,
        background: Background,
    ) -> None:
        super().__init__(theme, parent, title="Team server", sentence=_WHY, icon="team")
        self._theme = theme
        self._team = services.team
        self._hosting = services.hosting
        self._background = background
        self._keeps = True
        self._is_busy = False
        self.form = SignInForm(theme)
        self.form.address.setText(self._team.status.origin or "")
        self.account = QWidget()
        self.state = StatusLabel(theme)
        self.where = ElidedLabel("", "meta")
        self.kept = label("", "meta", wrap=True)
        self.notice = Banner(theme, closable=False)
        account = QVBoxLayout(self.account)
        account.setContentsMargins(0, 0, 0, 0)
        account.setSpacing(8)
        for widget in (self.state, self.where, self.kept, self.notice):
            account.addWidget(widget)
        self.body.addWidget(self.form)
        self.body.addWidget(self.account)
        self.leave = self.add_side_button("Sign &out")
        self.leave.clicked.connect(self._ask_to_sign_out)
        self.check = self.add_button("Check a&gain")
        self.check.clicked.connect(self._check)
        self.cancel = self.add_button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.enter = self.add_button("&Sign in", "primary")
        self.enter.clicked.connect(self._sign_in)
        self.done_button = self.add_button("&Done", "primary")
        self.done_button.clicked.connect(self.accept)
        self._disconnect = self._team.changed.connect(lambda _before, _now: self._show())
        self.finished.connect(lambda _result: self._disconnect())
        self._show()
        background.run(
            self,
            self._team.keys.is_available(),
            "look for a keyring",
            done=self._found_keyring,
            failed=self.form.complain,
        )

    def _show(self) -> None:
        status = self._team.status
        is_in = status.is_signed_in
        self.form.setVisible(not is_in)
        self.account.setVisible(is_in)
        self.sentence.setVisible(not is_in)
        for widget in (self.cancel, self.enter):
            widget.setVisible(not is_in)
        for widget in (self.leave, self.done_button):
            widget.setVisible(is_in)
        self.check.setVisible(is_in and status.state is not TeamState.READY)
        self.enter.setDefault(not is_in)
        self.done_button.setDefault(is_in)
        if is_in:
            self._show_account(status)
        else:
            if status.problem and not self.form.problem.text:
                self.form.complain(status.problem)
            self.form.focus_first_empty()

    def _show_account(self, status: TeamStatus) -> None:
        self.state.show_status(words.team_word(status))
        self.where.setText(status.origin or "")
        self.kept.setText(_KEPT if status.is_kept else FOR_THIS_RUN)
        note = status.problem or status.version_note
        if note:
            self.notice.say(note, "warning")
        else:
            self.notice.hide()

    def _found_keyring(self, found: bool) -> None:
        self._keep(found)

    def _keep(self, keeps: bool, reason: str = NO_KEYRING) -> None:
        self._keeps = keeps
        self.form.explain_keeping(kept=keeps, reason=reason)
        self._name_button()

    def _name_button(self) -> None:
        if self._is_busy:
            self.enter.setText("Signing in…")
        else:
            self.enter.setText("&Sign in" if self._keeps else "&Sign in until I quit")

    # Signing in.

    def _sign_in(self) -> None:
        entered = self.form.read()
        if entered is None:
            return
        address, key = entered
        if address.is_plain:
            self._ask_about_plain(address, key)
        else:
            self._send(address, key)

    def _ask_about_plain(self, address: TeamAddress, key: str) -> None:
        Question(
            self._theme,
            self,
            title="Send your key unprotected?",
            sentence=(
                f"{address.host} is reached by plain http. Everybody on the way, as in the same"
                " Wi-Fi, can read your key, act as you on this server, and read and change your"
                " interviews there. Ask whoever runs it for an https address."
            ),
            answers=(Answer("&Sign in all the same", lambda: self._send(address, key), "danger"),),
        ).open()

    def _send(self, address: TeamAddress, key: str) -> None:
        self._set_busy(True)
        self._background.run(
            self,
            self._try(address, key),
            "sign in",
            done=self._was_sent,
            failed=self._was_not_sent,
        )

    async def _try(self, address: TeamAddress, key: str) -> str:
        """Sign in; a sentence when the keyring does not take the key."""
        try:
            await self._team.sign_in(address, key, keep=self._keeps)
        except KeyringUnusableError as error:
            return str(error)
        return ""

    def _was_sent(self, not_kept: str) -> None:
        self._set_busy(False)
        if not_kept:
            self._keep(False, f"You are not signed in yet. {not_kept}")
            self.enter.setFocus()
            return
        self.form.key.clear()
        self.signed_in.emit()
        self.done_button.setFocus()

    def _was_not_sent(self, sentence: str) -> None:
        self._set_busy(False)
        self.form.complain(sentence)
        self.form.key.setFocus()

    def _set_busy(self, busy: bool) -> None:
        self._is_busy = busy
        self.form.set_busy(busy)
        self.enter.setEnabled(not busy)
        self._name_button()

    # Signed in.

    def _check(self) -> None:
        self.check.setEnabled(False)

        def checked(_none: object = None) -> None:
            self.check.setEnabled(True)

        self._background.run(
            self, self._team.check(), "check the account", done=checked, failed=checked
        )

    def _ask_to_sign_out(self) -> None:
        titles = [
            room.session.title
            for room in self._hosting.rooms
            if room.ref.place is Place.TEAM and room.is_open
        ]
        if not titles:
            self._sign_out()
            return
        what = f"“{titles[0]}” closes" if len(titles) == 1 else f"{len(titles)} interviews close"
        Question(
            self._theme,
            self,
            title="Sign out?",
            sentence=(
                f"{what} on this computer and stays open on the server for whoever is in it."
                if len(titles) == 1
                else f"{what} on this computer and stay open on the server for whoever is in them."
            ),
            answers=(Answer("Sign &out", self._sign_out, "primary"),),
        ).open()

    def _sign_out(self) -> None:
        self._background.run(
            self,
            self._leave(),
            "sign out",
            done=self._was_left,
            failed=self.form.complain,
        )

    async def _leave(self) -> str:
        try:
            await self._team.sign_out()
        except KeyringUnusableError as error:
            return (
                f"You are signed out. {error} Your key may still be there, under CodeInterview:"
                " remove it with your system’s own tool."
            )
        return ""

    def _was_left(self, problem: str) -> None:
        self.form.address.clear()
        if problem:
            self.form.complain(problem)
        self.form.focus_first_empty()
