"""What pressing Host does: a session, its links, its advertisement, its people."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .addresses import Address, AddressKind
from .api import ApiError, ServerApi
from .events import Signal
from .hosted_room import HostedRoom, ShareLink, WebCredential
from .links import origin_of
from .places import Place, SessionRef
from .room_watch import RoomWatch
from .supervisor import ServerState, ServerStatus, ServerSupervisor
from .values import Admission, Invites, JoinPolicy, Person, Seat, SessionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .discovery import Discovery
    from .network_watch import NetworkWatch
    from .own_server import OwnServer
    from .places import HostServer
    from .public_link import PublicLink
    from .recent import Recent, RecentFile
    from .settings import SettingsStore
    from .showing import Showing
    from .tasks import BackgroundTasks
    from .team import TeamServer

__all__ = ["HostRequest", "HostedRoom", "Hosting", "ShareLink", "WebCredential"]


@dataclass(frozen=True, slots=True)
class HostRequest:
    """What the Host form asks for; `candidate_name` only helps to find a title."""

    title: str = ""
    candidate_name: str = ""
    language: str = "python"
    policy: JoinPolicy = JoinPolicy.INVITE
    place: Place = Place.HERE

    @property
    def session_title(self) -> str:
        """The title to use: the given one, else one that names the candidate."""
        if self.title.strip():
            return self.title.strip()
        name = self.candidate_name.strip()
        return f"Interview with {name}" if name else "Interview"


class Hosting:
    """Owns the sessions hosted now, from `start()` to `stop()`.

    Signals:
        rooms_changed: a room opened or closed; all open ones, newest last.
    """

    def __init__(
        self,
        *,
        settings: SettingsStore,
        supervisor: ServerSupervisor,
        server: OwnServer,
        team: TeamServer,
        discovery: Discovery,
        network: NetworkWatch,
        showing: Showing,
        recent: Recent,
        recent_file: RecentFile,
        tasks: BackgroundTasks,
        addresses: Callable[[bool], Sequence[Address]],
        public: PublicLink,
    ) -> None:
        """Prepare to host.

        Args:
            settings: who the user is, and whether the network may reach the server.
            supervisor: tells where the app's own server stands.
            server: the client of it.
            team: the team's server, while the user is signed in to one.
            discovery: knows this machine's name on the local network.
            network: tells when the machine's addresses change.
            showing: shows the open sessions to the local network.
            recent: is told when its list changes.
            recent_file: keeps one's own seats across starts.
            tasks: runs what goes on in the background.
            addresses: lists the usable addresses, given whether the network is allowed.
            public: the way in from the internet, while there is one.
        """
        self.rooms_changed: Signal[tuple[HostedRoom, ...]] = Signal()
        self._settings = settings
        self._supervisor = supervisor
        self._servers: dict[Place, HostServer] = {Place.HERE: server, Place.TEAM: team}
        self._team = team
        self._discovery = discovery
        self._network = network
        self._showing = showing
        self._recent = recent
        self._recent_file = recent_file
        self._tasks = tasks
        self._list_addresses = addresses
        self._public = public
        self._addresses: tuple[Address, ...] = ()
        self._rooms: dict[SessionRef, HostedRoom] = {}
        self._opening: dict[SessionRef, asyncio.Lock] = {}
        self._disconnects: list[Callable[[], None]] = []

    @property
    def rooms(self) -> tuple[HostedRoom, ...]:
        """The sessions hosted now, newest last."""
        return tuple(self._rooms.values())

    def start(self) -> None:
        """Follow the server and the machine's addresses. Returns at once."""
        if not self._disconnects:
            self._read_addresses()
            self._disconnects = [
                self._supervisor.changed.connect(self._on_server),
                self._public.changed.connect(self._tell_rooms),
                self._team.left.connect(self._on_team_left),
                self._network.changed.connect(self._on_network),
                self._discovery.name_changed.connect(lambda _name: self._tell_rooms()),
            ]

    async def stop(self) -> None:
        """Close every room; the sessions stay open on the server. Safe to call twice."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []
        await asyncio.gather(*(self._close(ref) for ref in tuple(self._rooms)))

    async def host(self, request: HostRequest) -> HostedRoom:
        """Create a session and open it: advertised, watched, with links.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user.
        """
        api = await self._servers[request.place].client()
        created = await api.create_session(
            self._person(),
            title=request.session_title,
            language=request.language,
            policy=request.policy,
        )
        self._recent_file.remember_seat(
            created.session.id, created.seat.token, self._elsewhere(request.place)
        )
        room = self._open(created.session, created.seat, created.invites, request.place)
        self._recent.changed.emit()
        return room

    async def reopen(self, session_id: str, place: Place = Place.HERE) -> HostedRoom:
        """Open one of the host's earlier sessions again (ended ones too: to read).

        Raises:
            ServerAwayError, ApiError: with a sentence for the user.
        """
        ref = SessionRef(session_id, place)
        async with self._opening.setdefault(ref, asyncio.Lock()):
            room = self._rooms.get(ref)
            if room is not None and room.watch.state.over is None:
                return room
            if room is not None:
                await self._close(ref)
            api = await self._servers[place].client()
            session = await api.session(session_id)
            seat = await self._sit_down(api, ref)
            return self._open(session, seat, await api.invites(session_id), place)

    async def end(self, session_id: str, place: Place = Place.HERE) -> None:
        """End the interview for everyone and close the room here.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user; the room stays open then.
        """
        ref = SessionRef(session_id, place)
        room = self._rooms.get(ref)
        if room is not None:
            await room.end()
        else:
            await (await self._servers[place].client()).end_session(session_id)
        await self._close(ref)
        self._recent.changed.emit()

    async def share(self, session_id: str, *, shared: bool) -> None:
        """Say whether colleagues may host a session of the team's server as well.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user.
        """
        api = await self._servers[Place.TEAM].client()
        await api.share_session(session_id, shared=shared)
        self._recent.changed.emit()

    async def delete(self, session_id: str, place: Place = Place.HERE) -> None:
        """Delete a session with everything in it; whoever is in it is cut off.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user; nothing was deleted then.
        """
        api = await self._servers[place].client()
        await api.delete_session(session_id)
        await self._close(SessionRef(session_id, place))
        self._recent.changed.emit()

    async def close(self, session_id: str, place: Place = Place.HERE) -> None:
        """Stop watching and advertising; the session itself stays open on the server."""
        await self._close(SessionRef(session_id, place))

    async def _close(self, ref: SessionRef) -> None:
        room = self._rooms.pop(ref, None)
        if room is None:
            return
        self.rooms_changed.emit(self.rooms)
        await room.watch.stop()
        if ref.place is Place.HERE:
            await self._showing.leave(room)

    def _open(self, session: SessionInfo, seat: Seat, invites: Invites, place: Place) -> HostedRoom:
        server = self._servers[place]
        watch = RoomWatch(session.id, seat.token, origin=server.origin, tasks=self._tasks)
        room = HostedRoom(
            session=session,
            seat=seat,
            invites=invites,
            watch=watch,
            server=server,
            place=place,
            ways=self._ways_here if place is Place.HERE else self._way_to_team,
            is_shown=self._settings.current.show_nearby,
            network_allowed=lambda: self._settings.current.allow_network,
        )
        self._rooms[room.ref] = room
        watch.invites_changed.connect(lambda: self._read_invites(room))
        watch.start()
        if place is Place.HERE:
            self._showing.follow(room)
        self.rooms_changed.emit(self.rooms)
        return room

    def _ways_here(self) -> list[tuple[str, Address]]:
        """This machine's addresses; the public link first where the user invites with it."""
        status = self._supervisor.status
        if status.url is None or status.port is None:
            return []
        addresses = list(self._addresses)
        name = self._discovery.name
        if name is not None:
            # First only where there is nothing better: whether the other side's system finds a
            # name is its own affair.
            is_alone = addresses[0].kind is AddressKind.LOOPBACK
            addresses.insert(0 if is_alone else 1, Address(name, "", AddressKind.NAME))
        ways = [(origin_of(each.host, status.port), each) for each in addresses]
        if self._public.origin is not None:
            way = (self._public.origin, Address(self._public.host, "", AddressKind.TUNNEL))
            ways.insert(0 if self._public.is_first else len(ways), way)
        return ways

    def _way_to_team(self) -> list[tuple[str, Address]]:
        """The team server's address and no other: whoever reaches it reaches the session."""
        url = self._team.public_url
        return [] if url is None else [(url, Address(urlsplit(url).netloc, "", AddressKind.TEAM))]

    def _elsewhere(self, place: Place) -> str | None:
        """The server that a seat is on, unless it is the app's own."""
        return None if place is Place.HERE else self._team.url

    async def _sit_down(self, api: ServerApi, ref: SessionRef) -> Seat:
        """The seat of an earlier time when it is still good, else a new one."""
        elsewhere = self._elsewhere(ref.place)
        token = self._recent_file.seat(ref.session_id, elsewhere)
        if token is not None:
            try:
                async with ServerApi(api.origin, token) as own:
                    identity = await own.me()
            except ApiError as error:
                if error.status is None or error.status >= 500:
                    raise
            else:
                person = identity.participant
                if person is not None and person.admission is Admission.ADMITTED:
                    return Seat(person, token)
        seat = await api.join(ref.session_id, self._person(), seat_token=None)
        self._recent_file.remember_seat(ref.session_id, seat.token, elsewhere)
        return seat

    def _person(self) -> Person:
        settings = self._settings.current
        return Person(settings.person_id, settings.name, str(settings.presence))

    def _read_invites(self, room: HostedRoom) -> None:
        self._tasks.start(room.reload_invites(), f"read invites of {room.session.id}")

    def _on_server(self, before: ServerStatus, now: ServerStatus) -> None:
        if now.state is ServerState.READY:
            # Other settings may have changed who can reach it.
            self._read_addresses()
        if before.url != now.url:
            self._tell_rooms()

    def _on_team_left(self, origin: str) -> None:
        """The account is over: nothing of it stays on this computer."""
        self._recent_file.forget_seats(origin)
        for ref in tuple(self._rooms):
            if ref.place is Place.TEAM:
                self._tasks.start(self._close(ref), f"close {ref.session_id}")

    def _tell_rooms(self) -> None:
        for room in self.rooms:
            room.changed.emit()

    def _read_addresses(self) -> bool:
        addresses = tuple(self._list_addresses(self._settings.current.allow_network))
        changed = addresses != self._addresses
        self._addresses = addresses
        return changed

    def _on_network(self) -> None:
        if self._read_addresses():
            self._tell_rooms()
