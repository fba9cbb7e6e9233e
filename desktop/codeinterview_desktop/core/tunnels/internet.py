"""The way in from the internet as the windows see it: one for all interviews of the app."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from codeinterview_desktop.core.api import ServerLink
from codeinterview_desktop.core.events import Signal
from codeinterview_desktop.core.supervisor import ServerState

from .shared_tunnel import SharedTunnel
from .status import TunnelState

if TYPE_CHECKING:
    from codeinterview_desktop.core.hosting import Hosting
    from codeinterview_desktop.core.link_check import LinkCheck
    from codeinterview_desktop.core.public_link import PublicLink
    from codeinterview_desktop.core.settings import SettingsStore
    from codeinterview_desktop.core.supervisor import ServerStatus, ServerSupervisor
    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .choice import TunnelChoice
    from .link_announcer import LinkAnnouncer
    from .maker import Ask, TunnelMaker
    from .status import HostKey, TunnelStatus

_WITHOUT_LINK = frozenset({TunnelState.OFF, TunnelState.FAILED})


class Internet:
    """Opens and closes the tunnel, tells the server its link, and offers that link to the rooms.

    Signals:
        changed: anything below.
    """

    def __init__(
        self,
        *,
        hosting: Hosting,
        supervisor: ServerSupervisor,
        settings: SettingsStore,
        maker: TunnelMaker,
        announcer: LinkAnnouncer,
        public: PublicLink,
        check: LinkCheck,
        tasks: BackgroundTasks,
    ) -> None:
        """Put it together.

        Args:
            hosting: tells which interviews go on; the tunnel ends with the last.
            supervisor: tells where the server listens.
            settings: remember the choice.
            maker: makes tunnels.
            announcer: tells the server.
            public: where rooms find the link.
            check: asks at the link whether it leads here.
            tasks: runs what goes on in the background.
        """
        self.changed: Signal[[]] = Signal()
        self.public = public
        self._supervisor = supervisor
        self._settings = settings
        self._maker = maker
        self._announcer = announcer
        self._check = check
        self._shared = SharedTunnel(hosting, tasks)
        self._choice: TunnelChoice | None = None
        self._replaced: str | None = None
        self._disconnects = [
            self._shared.changed.connect(self._on_tunnel),
            announcer.changed.connect(self._on_told),
            supervisor.changed.connect(self._on_server),
            public.changed.connect(self.changed.emit),
            check.changed.connect(self.changed.emit),
        ]

    @property
    def status(self) -> TunnelStatus:
        """The tunnel's status."""
        return self._shared.status

    @property
    def choice(self) -> TunnelChoice:
        """What was opened last, also in earlier runs of the app."""
        return self._choice or self._settings.current.tunnel

    @property
    def replaced(self) -> str | None:
        """The link that this tunnel had before another one, which leads nowhere any more."""
        return self._replaced

    @property
    def is_told(self) -> bool:
        """Whether the server knows of the link now, and answers there."""
        return self._announcer.told is not None

    @property
    def is_silent(self) -> bool:
        """Whether the link does not lead here, as far as this computer can tell."""
        return self._check.is_silent

    @property
    def trouble(self) -> str | None:
        """Why the server does not know of the link yet, a sentence."""
        return self._announcer.trouble

    async def open(self, choice: TunnelChoice, ask: Ask) -> None:
        """Start a tunnel in place of the one before, and remember the choice.

        Args:
            choice: which one.
            ask: asks the user for a passphrase or password; None means that there is none.

        Raises:
            ValueError: the choice is not complete, or nothing is hosted; the sentence says so.
        """
        port = self._supervisor.status.port
        if port is None:
            raise ValueError("The server is not ready yet. Try again in a moment.")
        tunnel = self._maker.make(choice, port, ask)
        await self._shared.close()
        self._choice, self._replaced = choice, None
        # What cannot be remembered is asked for again, and the tunnel works all the same.
        with contextlib.suppress(OSError):
            self._settings.update(tunnel=choice)
        await self._shared.open(tunnel)

    async def close(self) -> None:
        """End the tunnel; nothing listens any more afterwards. Safe to call twice."""
        await self._shared.close()

    def accept_host_key(self, host_key: HostKey) -> None:
        """The user vouches for the key that the status asks about.

        Raises:
            OSError: it cannot be remembered; the question stays.
        """
        if self._shared.tunnel is not None:
            self._shared.tunnel.accept_host_key(host_key)

    async def stop(self) -> None:
        """End the tunnel with the app. Safe to call twice."""
        await self._shared.close()
        for disconnect in self._disconnects:
            disconnect()
        await self._check.stop()
        await self._announcer.stop()

    def _on_tunnel(self, _before: TunnelStatus, now: TunnelStatus) -> None:
        if now.state is TunnelState.UP and now.link is not None:
            self._announcer.want(ServerLink(now.link, "tunnel", self.choice.is_forwarded))
        elif now.state in _WITHOUT_LINK:
            self._replaced = None
            self._announcer.want(None)
            self.public.set_origin(None)
        self._ask_at_link()
        self.changed.emit()

    def _on_told(self) -> None:
        told, now, before = self._announcer.told, self.status, self.public.origin
        if told is not None and now.state not in _WITHOUT_LINK:
            if before not in (None, told.url):
                self._replaced = before
            self.public.set_origin(told.url)
        self._ask_at_link()
        self.changed.emit()

    def _ask_at_link(self) -> None:
        is_up = self.status.state is TunnelState.UP and self.is_told
        self._check.follow(self.public.origin if is_up else None)

    def _on_server(self, _before: ServerStatus, now: ServerStatus) -> None:
        if now.state is ServerState.READY and now.port and self._shared.tunnel is not None:
            self._shared.tunnel.lead_to(now.port)
