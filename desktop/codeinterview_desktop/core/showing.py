"""Shows sessions to the local network: advertised by zeroconf, and on the server's front page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .hosted_room import NearbyReach
from .standing_word import StandingWord
from .supervisor import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from .api import ServerApi
    from .discovery import Discovery
    from .hosted_room import HostedRoom
    from .own_server import OwnServer
    from .settings import SettingsStore
    from .supervisor import ServerSupervisor
    from .tasks import BackgroundTasks


# What the server takes.
_LISTED_LIMIT: Final = 100


class FrontPage(StandingWord[tuple[str, ...]]):
    """Tells the app's server which sessions its front page shows, by their ids."""

    def __init__(
        self, server: OwnServer, supervisor: ServerSupervisor, tasks: BackgroundTasks
    ) -> None:
        super().__init__(server, supervisor, tasks, nothing=(), tell=_tell)


class Showing:
    """Follows the app's own rooms and makes what is shown agree with them.

    What is shown is what is open, what the interviewer wants shown, and what somebody without a
    link can knock at: the title says who is interviewed more often than not.
    """

    def __init__(
        self,
        *,
        settings: SettingsStore,
        supervisor: ServerSupervisor,
        discovery: Discovery,
        front_page: FrontPage,
        tasks: BackgroundTasks,
    ) -> None:
        """Prepare.

        Args:
            settings: the host's name, and whether the network may reach the server.
            supervisor: tells where the app's own server stands.
            discovery: advertises.
            front_page: tells the server.
            tasks: runs what goes on in the background.
        """
        self._settings = settings
        self._supervisor = supervisor
        self._discovery = discovery
        self._front_page = front_page
        self._tasks = tasks
        self._rooms: dict[str, HostedRoom] = {}
        self._disconnects: dict[str, Callable[[], None]] = {}
        self._disconnect = settings.changed.connect(lambda *_: self._update_all())

    def follow(self, room: HostedRoom) -> None:
        """Show a room of the app's own server as it is from now on."""
        session_id = room.session.id
        self._rooms[session_id] = room
        self._disconnects[session_id] = room.changed.connect(lambda: self._update(room))
        self._update(room)

    async def leave(self, room: HostedRoom) -> None:
        """Show a room no more; others are ignored."""
        session_id = room.session.id
        if self._rooms.get(session_id) is room:
            del self._rooms[session_id]
            self._disconnects.pop(session_id)()
            self._list()
            await self._discovery.withdraw(session_id)

    async def stop(self) -> None:
        """Follow nothing any more. Safe to call twice."""
        self._disconnect()
        for room in tuple(self._rooms.values()):
            await self.leave(room)
        await self._front_page.stop()

    def _update_all(self) -> None:
        for room in tuple(self._rooms.values()):
            self._update(room)

    def _update(self, room: HostedRoom) -> None:
        self._list()
        self._tasks.start(self._advertise(room), f"advertise {room.session.id}")

    def _list(self) -> None:
        shown = (each.session.id for each in self._rooms.values() if self._is_shown(each))
        self._front_page.want(tuple(sorted(shown))[:_LISTED_LIMIT])

    async def _advertise(self, room: HostedRoom) -> None:
        session, status = room.session, self._supervisor.status
        is_current = self._rooms.get(session.id) is room
        # While the server restarts its port stays the same, and so does the advertisement.
        is_up = status.state in (ServerState.READY, ServerState.RESTARTING)
        if is_current and is_up and status.port and self._is_shown(room):
            name = self._settings.current.name
            await self._discovery.advertise(session.id, session.title, name, status.port)
        elif is_current or session.id not in self._rooms:
            await self._discovery.withdraw(session.id)

    def _is_shown(self, room: HostedRoom) -> bool:
        return room.is_open and room.is_shown and room.nearby_reach is NearbyReach.POSSIBLE


async def _tell(api: ServerApi, session_ids: tuple[str, ...]) -> None:
    await api.put_listed(session_ids)
