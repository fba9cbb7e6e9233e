"""The one tunnel of the app, which ends with the last interview that goes on here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from codeinterview_desktop.core.events import Signal
from codeinterview_desktop.core.places import Place

from .status import TunnelState, TunnelStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.core.hosted_room import HostedRoom
    from codeinterview_desktop.core.hosting import Hosting
    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .tunnel import Tunnel

_OFF = TunnelStatus(TunnelState.OFF)


class SharedTunnel:
    """Owns the tunnel that was opened last. One serves all rooms: they are on one port.

    Signals:
        changed: the status before and after, of whichever tunnel it is.
    """

    def __init__(self, hosting: Hosting, tasks: BackgroundTasks) -> None:
        """Follow the rooms.

        Args:
            hosting: tells which interviews go on.
            tasks: runs what stops the tunnel when none does any more.
        """
        self.changed: Signal[TunnelStatus, TunnelStatus] = Signal()
        self._hosting = hosting
        self._tasks = tasks
        self._tunnel: Tunnel | None = None
        self._changing = asyncio.Lock()
        self._disconnects: list[Callable[[], None]] = []
        hosting.rooms_changed.connect(self._follow)
        self._follow(hosting.rooms)

    @property
    def tunnel(self) -> Tunnel | None:
        """The tunnel that was opened last, until it is closed."""
        return self._tunnel

    @property
    def status(self) -> TunnelStatus:
        """Its status; OFF without one."""
        return _OFF if self._tunnel is None else self._tunnel.status

    async def open(self, tunnel: Tunnel) -> None:
        """Start a tunnel in place of the one before. Returns when its start is under way.

        Raises:
            ValueError: no interview goes on that it could lead to.
        """
        async with self._changing:
            await self._close()
            if not self._is_wanted():
                raise ValueError("Host an interview first; the tunnel leads to it.")
            self._tunnel = tunnel
            tunnel.changed.connect(self.changed.emit)
            tunnel.start()

    async def close(self) -> None:
        """Stop the tunnel; nothing listens any more afterwards. Safe to call twice."""
        async with self._changing:
            await self._close()

    async def _close(self) -> None:
        if self._tunnel is not None:
            await self._tunnel.stop()
            self._tunnel = None

    def _is_wanted(self) -> bool:
        # What a team's server holds, the tunnel does not lead to.
        here = (room for room in self._hosting.rooms if room.ref.place is Place.HERE)
        return any(room.is_open for room in here)

    def _follow(self, rooms: tuple[HostedRoom, ...]) -> None:
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = [room.changed.connect(self._look) for room in rooms]
        self._look()

    def _look(self) -> None:
        if self._tunnel is not None and not self._is_wanted():
            self._tasks.start(self._end_unless_wanted(), "end the tunnel with the interview")

    async def _end_unless_wanted(self) -> None:
        async with self._changing:
            if not self._is_wanted():
                await self._close()
