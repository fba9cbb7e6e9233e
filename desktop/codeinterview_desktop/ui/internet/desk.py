"""What "Over the internet" does: asks, starts, stops. One for the window, for all its panels."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, Signal

from codeinterview_desktop.core.addresses import AddressKind
from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui.internet.host_key_dialog import HostKeyDialog
from codeinterview_desktop.ui.internet.secret_dialog import SecretDialog
from codeinterview_desktop.ui.internet.section import InternetView
from codeinterview_desktop.ui.internet.setup_dialog import SetupDialog

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from PySide6.QtWidgets import QWidget

    from codeinterview_desktop.core.hosting import HostedRoom
    from codeinterview_desktop.core.tunnels.choice import TunnelChoice
    from codeinterview_desktop.core.tunnels.internet import Internet
    from codeinterview_desktop.core.tunnels.status import SecretRequest
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background
    from codeinterview_desktop.ui.internet.section import InternetSection

LOST: Final = "The tunnel lost its connection and reconnects by itself; the link stays."
BACK: Final = "The tunnel is back."


class InternetDesk(QObject):
    """Connects sections with the app's `Internet`, until `stop()`.

    Signals:
        changed(): sections have something else to show.
        asked(): a question was opened and waits for the user.
        said(str): a sentence for the status bar.
    """

    changed = Signal()
    asked = Signal()
    said = Signal(str)

    def __init__(
        self,
        theme: ThemeController,
        window: QWidget,
        internet: Internet,
        background: Background,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._internet = internet
        self._background = background
        self.setup: SetupDialog | None = None
        self.host_key: HostKeyDialog | None = None
        self.secret: SecretDialog | None = None
        self._state = internet.status.state
        self._disconnect = internet.changed.connect(self._follow)

    def stop(self) -> None:
        """Hear nothing more of the tunnel. Safe to call twice."""
        self._disconnect()

    def serve(self, section: InternetSection) -> None:
        """Do what is asked for in a section."""
        section.setup_requested.connect(self.open_setup)
        section.retry_requested.connect(lambda: self._open(self._internet.choice))
        section.stop_requested.connect(self.close_tunnel)
        section.invite_requested.connect(self._invite)

    def view_of(self, room: HostedRoom) -> InternetView:
        """What a room's section shows now."""
        internet = self._internet
        links = room.links(Role.CANDIDATE)
        url = next((each.url for each in links if each.address.kind is AddressKind.TUNNEL), "")
        status = internet.status
        return InternetView(
            status,
            internet.choice.carrier if status.state is not TunnelState.OFF else "",
            url,
            internet.public.origin is not None,
            internet.trouble,
            internet.public.is_first,
            internet.replaced is not None,
            room.invites.of(Role.CANDIDATE) is None,
            internet.is_silent,
        )

    def open_setup(self) -> None:
        """Ask which way in, and start it."""
        if self.setup is None:
            dialog = SetupDialog(self._theme, self._window, self._internet.choice)
            dialog.finished.connect(self._setup_closed)
            dialog.start_requested.connect(self._open)
            self.setup = dialog
            dialog.open()
        self.setup.raise_()

    def close_tunnel(self) -> None:
        """End the tunnel."""
        self._run(self._internet.close(), "stop the tunnel")

    async def ask(self, request: SecretRequest) -> str | None:
        """Ask for a passphrase or password; None when there is none. Safe to cancel."""
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        dialog = SecretDialog(self._theme, self._window, request)

        def take(accepted: int) -> None:
            if not answer.done():
                answer.set_result(dialog.secret if accepted else None)

        dialog.finished.connect(take)
        self.secret = dialog
        dialog.open()
        self.asked.emit()
        try:
            return await answer
        finally:
            self.secret = None
            if shiboken6.isValid(dialog):
                dialog.close()

    def _open(self, choice: TunnelChoice) -> None:
        self._run(self._internet.open(choice, self.ask), "open a tunnel")

    def _invite(self, first: bool) -> None:
        self._internet.public.put_first(first=first)

    def _follow(self) -> None:
        key = self._internet.status.host_key
        if key is None and self.host_key is not None:
            dialog, self.host_key = self.host_key, None
            dialog.close()
        elif key is not None and self.host_key is None:
            dialog = self.host_key = HostKeyDialog(self._theme, self._window, key)
            dialog.trusted.connect(self._trust)
            dialog.rejected.connect(self._distrust)
            dialog.open()
            self.asked.emit()
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Say in the status bar what those who look at the room would not see in the panel."""
        before, now = self._state, self._internet.status
        self._state = now.state
        if before is TunnelState.UP and now.state is TunnelState.RECONNECTING:
            self.said.emit(LOST)
        elif before is TunnelState.RECONNECTING and now.state is TunnelState.UP:
            self.said.emit(BACK)
        elif before is not TunnelState.FAILED and now.state is TunnelState.FAILED:
            self.said.emit(f"Over the internet: {now.reason}")

    def _trust(self) -> None:
        key = self._internet.status.host_key
        if key is None or self.host_key is None:
            return
        try:
            self._internet.accept_host_key(key)
        except OSError as error:
            self.host_key.banner.say(f"The host cannot be remembered: {error.strerror}.", "danger")

    def _distrust(self) -> None:
        # Also when it is closed from here, with the question already answered.
        if self.host_key is not None:
            self.host_key = None
            self.close_tunnel()

    def _setup_closed(self, _result: int) -> None:
        self.setup = None

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._background.run(self, work, name, done=lambda _none: None, failed=self.said.emit)
