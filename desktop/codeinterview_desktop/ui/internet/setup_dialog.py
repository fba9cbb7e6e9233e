"""Which way in from the internet: SSH or Cloudflare, and what it opens, before it starts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from codeinterview_desktop.core.tunnels.choice import ChoiceError, TunnelChoice, TunnelKind
from codeinterview_desktop.core.tunnels.quick_tunnel import find_cloudflared
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.internet.ssh_form import SshForm
from codeinterview_desktop.ui.internet.words import DOWNLOADS, how_to_install
from codeinterview_desktop.ui.widgets.buttons import button
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.widgets.styling import frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.theme.controller import ThemeController

_WIDTH_PX: Final = 580
_MISSING: Final = "The program cloudflared is not installed on this computer."
_QUICK: Final = (
    "A new link with each start. Cloudflare promises nothing for tunnels without account."
)
_INCOMPLETE: Final = "As soon as the form is complete, it says here what is opened to whom."


class SetupDialog(DialogFrame):
    """Asks for a `TunnelChoice`; nothing starts before Start.

    Signals:
        start_requested(TunnelChoice): start this one.
    """

    start_requested = Signal(object)

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        choice: TunnelChoice,
        find_program: Callable[[], str | None] = find_cloudflared,
    ) -> None:
        super().__init__(
            theme,
            parent,
            title="Let people in over the internet",
            sentence="A tunnel starts from this computer, so nobody has to change a router.",
            icon="globe",
            # With everything open the dialog must fit a small laptop's screen.
            width_px=_WIDTH_PX,
        )
        self._choice = choice
        self._find_program = find_program
        self.ssh = QRadioButton("Through an &SSH host of yours")
        self.form = SshForm(theme, choice)
        self.quick = QRadioButton("Through &Cloudflare, without an account")
        self.quick_words = label("", "meta", wrap=True)
        self.download = button("&Download cloudflared")
        self.download.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(DOWNLOADS)))
        self.again = button("Look &again")
        self.again.clicked.connect(self._look)
        self.exposes = label("", wrap=True)
        self.cancel = self.add_button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.start = self.add_button("Start &tunnel", "primary")
        self.start.setDefault(True)
        self.start.clicked.connect(self._start)
        self._lay_out()
        (self.quick if choice.kind is TunnelKind.CLOUDFLARED else self.ssh).setChecked(True)
        self._look()
        self.ssh.toggled.connect(lambda _on: self._follow())
        self.form.changed.connect(self._follow)
        (self.form.host if self.ssh.isChecked() else self.start).setFocus()

    @property
    def choice(self) -> TunnelChoice:
        """What is chosen now, right or wrong."""
        kind = TunnelKind.SSH if self.ssh.isChecked() else TunnelKind.CLOUDFLARED
        return replace(self.form.choice, kind=kind)

    def _look(self) -> None:
        """Offer Cloudflare where its program is, else say how to get it."""
        is_there = self._find_program() is not None
        self.quick.setEnabled(is_there)
        self.quick_words.setText(_QUICK if is_there else f"{_MISSING} {how_to_install()}")
        self.quick.setAccessibleDescription(self.quick_words.text())
        self._install.setVisible(not is_there)
        if not is_there:
            self.ssh.setChecked(True)
        self._follow()

    def _follow(self) -> None:
        self.form.setVisible(self.ssh.isChecked())
        try:
            self.exposes.setText(self.choice.exposes)
        except ChoiceError:
            self.exposes.setText(_INCOMPLETE)

    def _start(self) -> None:
        choice = self.choice
        try:
            _ = choice.exposes
        except ChoiceError as error:
            self.form.complain(error.field, str(error))
            return
        self.accept()
        self.start_requested.emit(choice)

    def _lay_out(self) -> None:
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(22, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.quick_words)
        self._install = QWidget()
        row = QHBoxLayout(self._install)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.download)
        row.addWidget(self.again)
        row.addStretch(1)
        column.addWidget(self._install)
        well = frame("well")
        opens = QVBoxLayout(well)
        opens.setContentsMargins(12, 10, 12, 10)
        opens.setSpacing(4)
        opens.addWidget(label("What this opens", "strong"))
        opens.addWidget(self.exposes)
        self.body.setSpacing(10)
        for widget in (self.ssh, self.form, self.quick, words, well):
            self.body.addWidget(widget)
