"""One session that this app hosts now: its links, its credential, its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .addresses import Address
from .events import Signal
from .links import join_link
from .values import Invites, Phase, Role, Seat, SessionInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .own_server import OwnServer
    from .room_watch import RoomState, RoomWatch
    from .supervisor import ServerStatus


@dataclass(frozen=True, slots=True)
class ShareLink:
    """A link that lets somebody join under one address of this machine."""

    url: str
    address: Address


@dataclass(frozen=True, slots=True)
class WebCredential:
    """What the web view gives the room page, in pages of `origin` only.

    Fields of `window.codeinterviewDesktop`: `host_key` is the run key.
    """

    origin: str
    host_key: str
    session_id: str
    participant_id: str
    token: str

    def __repr__(self) -> str:
        """Without its secrets, which must not get into a log."""
        return f"WebCredential(origin={self.origin!r}, session_id={self.session_id!r})"


class HostedRoom:
    """One session that this app hosts now.

    Signals:
        changed: anything below changed (session, invites, links, web credential).

    `watch.changed` and `watch.knocked` tell of people, lobby, connection and saved state.
    Methods that ask the server raise `ApiError` or `ServerAwayError` with a sentence for the user.
    """

    def __init__(
        self,
        *,
        session: SessionInfo,
        seat: Seat,
        invites: Invites,
        watch: RoomWatch,
        server: OwnServer,
        status: Callable[[], ServerStatus],
        addresses: Callable[[], Sequence[Address]],
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self.watch = watch
        self._session = session
        self._seat = seat
        self._invites = invites
        self._server = server
        self._status = status
        self._addresses = addresses
        watch.changed.connect(self._on_watch)

    @property
    def session(self) -> SessionInfo:
        """The session as last heard."""
        return self._session

    @property
    def invites(self) -> Invites:
        """Its invites."""
        return self._invites

    @property
    def is_open(self) -> bool:
        """Whether the interview still goes on, as far as is known."""
        return self._session.phase is Phase.OPEN and self.watch.state.over is None

    def links(self, role: Role) -> tuple[ShareLink, ...]:
        """The links for a role, the best address first. Empty while the server is away."""
        status = self._status()
        if status.url is None or status.port is None:
            return ()
        port, invite = status.port, self._invites.of(role)
        return tuple(
            ShareLink(join_link(each.host, port, self._session.id, invite), each)
            for each in self._addresses()
        )

    @property
    def page_url(self) -> str | None:
        """The room's page on loopback for the web view, or None while the server is away."""
        url = self._status().url
        return f"{url}/s/{self._session.id}" if url is not None else None

    @property
    def web_credential(self) -> WebCredential | None:
        """What the web view hands to that page, or None while the server is away."""
        url = self._status().url
        if url is None:
            return None
        return WebCredential(
            origin=url,
            host_key=self._server.run_key,
            session_id=self._session.id,
            participant_id=self._seat.participant.id,
            token=self._seat.token,
        )

    async def admit(self, participant_id: str) -> None:
        """Let somebody in who waits."""
        await (await self._server.client()).admit(self._session.id, participant_id)

    async def decline(self, participant_id: str) -> None:
        """Turn somebody away who waits."""
        await (await self._server.client()).decline(self._session.id, participant_id)

    async def remove(self, participant_id: str) -> None:
        """Remove somebody from the session."""
        await (await self._server.client()).remove(self._session.id, participant_id)

    async def renew_invite(self, role: Role) -> None:
        """Make a role's links invalid and get new ones."""
        api = await self._server.client()
        self._invites = await api.renew_invite(self._session.id, role)
        self.changed.emit()

    async def rename(self, title: str) -> None:
        """Give the session another title."""
        api = await self._server.client()
        self._take(await api.rename_session(self._session.id, title))

    def _on_watch(self, before: RoomState, now: RoomState) -> None:
        if now.session is not None:
            self._take(now.session)
        if now.over != before.over:
            self.changed.emit()

    def _take(self, session: SessionInfo) -> None:
        if session != self._session:
            self._session = session
            self.changed.emit()
