"""One session that this app hosts now: its links, its credential, its people."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, TypeVar

from .addresses import Address
from .api import ApiError, ServerApi
from .events import Signal
from .links import join_link
from .places import Place, SessionRef
from .supervisor import ServerAwayError
from .values import Invites, JoinPolicy, Phase, Role, Seat, SessionInfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .places import HostServer
    from .room_watch import RoomState, RoomWatch

T = TypeVar("T")

_log = logging.getLogger(__name__)

# What the server answers when a place was taken away, or its role may not do this any more.
_NOT_AS_PARTICIPANT: Final = frozenset({401, 403})


class NearbyReach(Enum):
    """Whether the local network can be shown a session at all, or why not."""

    POSSIBLE = auto()
    ELSEWHERE = auto()
    """It is on a team's server."""
    LINKS_ONLY = auto()
    """Nobody without a link could come in."""
    THIS_COMPUTER = auto()
    """The settings keep the network out."""


@dataclass(frozen=True, slots=True)
class ShareLink:
    """A link that lets somebody join: by an address of this machine, its tunnel, a team server."""

    url: str = field(repr=False)
    address: Address


@dataclass(frozen=True, slots=True)
class WebCredential:
    """What the web view gives the room page, in pages of `origin` only.

    Fields of `window.codeinterviewDesktop`: `host_key` is the run key, None on a team's server.
    """

    origin: str
    host_key: str | None
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
    What is done here is done as the interviewer, whom the session's events then name; the host's
    key serves only where the interviewer's own place does not suffice.
    Methods that ask the server raise `ApiError` or `ServerAwayError` with a sentence for the user.
    """

    def __init__(
        self,
        *,
        session: SessionInfo,
        seat: Seat,
        invites: Invites,
        watch: RoomWatch,
        server: HostServer,
        place: Place,
        ways: Callable[[], Sequence[tuple[str, Address]]],
        is_shown: bool,
        network_allowed: Callable[[], bool],
    ) -> None:
        """Prepare it; `Hosting` does.

        Args:
            session: the session as last heard.
            seat: the user's own place in it.
            invites: its invites.
            watch: follows it.
            server: holds it.
            place: whose that server is.
            ways: the origins under which others reach the server, the best first.
            is_shown: whether its title is shown to the local network.
            network_allowed: whether the settings let the network in.
        """
        self.changed: Signal[[]] = Signal()
        self.watch = watch
        self._session = session
        self._seat = seat
        self._invites = invites
        self._server = server
        self._place = place
        self._ways = ways
        self._is_shown = is_shown
        self._network_allowed = network_allowed
        watch.changed.connect(self._on_watch)

    @property
    def session(self) -> SessionInfo:
        """The session as last heard."""
        return self._session

    @property
    def ref(self) -> SessionRef:
        """Which session it is."""
        return SessionRef(self._session.id, self._place)

    @property
    def invites(self) -> Invites:
        """Its invites."""
        return self._invites

    @property
    def is_shown(self) -> bool:
        """Whether its title is to be shown to the local network while it is open."""
        return self._is_shown

    @property
    def nearby_reach(self) -> NearbyReach:
        """Whether the local network could be shown it."""
        if self._place is not Place.HERE:
            return NearbyReach.ELSEWHERE
        if self._session.join_policy is JoinPolicy.INVITE_ONLY:
            return NearbyReach.LINKS_ONLY
        return NearbyReach.POSSIBLE if self._network_allowed() else NearbyReach.THIS_COMPUTER

    def show_nearby(self, *, shown: bool) -> None:
        """Say whether its title is shown to the local network."""
        if shown != self._is_shown:
            self._is_shown = shown
            self.changed.emit()

    @property
    def is_open(self) -> bool:
        """Whether the interview still goes on, as far as is known."""
        return self._session.phase is Phase.OPEN and self.watch.state.over is None

    def links(self, role: Role) -> tuple[ShareLink, ...]:
        """The links for a role, the best address first.

        Empty while the server is away, and when the role's invite was revoked.
        """
        invite = self._invites.of(role)
        if invite is None:
            return ()
        return tuple(
            ShareLink(join_link(origin, self._session.id, invite), address)
            for origin, address in self._ways()
        )

    @property
    def page_url(self) -> str | None:
        """The room's page for the web view, or None while the server is away."""
        url = self._server.url
        return f"{url}/s/{self._session.id}" if url is not None else None

    @property
    def web_credential(self) -> WebCredential | None:
        """What the web view hands to that page, or None while the server is away."""
        url = self._server.url
        if url is None:
            return None
        return WebCredential(
            origin=url,
            host_key=self._server.page_key,
            session_id=self._session.id,
            participant_id=self._seat.participant.id,
            token=self._seat.token,
        )

    async def admit(self, participant_id: str) -> None:
        """Let somebody in who waits."""
        await self._act(lambda api: api.admit(self._session.id, participant_id))

    async def decline(self, participant_id: str) -> None:
        """Turn somebody away who waits."""
        await self._act(lambda api: api.decline(self._session.id, participant_id))

    async def set_role(self, participant_id: str, role: Role) -> None:
        """Give somebody another role."""
        await self._act(lambda api: api.set_role(self._session.id, participant_id, role))

    async def remove(self, participant_id: str) -> None:
        """Remove somebody from the session."""
        await self._act(lambda api: api.remove(self._session.id, participant_id))

    async def renew_invite(self, role: Role) -> None:
        """Make a role's links invalid and get new ones."""
        self._take_invites(await self._act(lambda api: api.renew_invite(self._session.id, role)))

    async def revoke_invite(self, role: Role) -> None:
        """Make a role's links invalid; there are none until they are renewed."""
        self._take_invites(await self._act(lambda api: api.revoke_invite(self._session.id, role)))

    async def reload_invites(self) -> None:
        """Ask for the invites again; those known stay while that does not work."""
        try:
            invites = await self._act(lambda api: api.invites(self._session.id))
        except (ApiError, ServerAwayError) as error:
            _log.info("Room %s: invites not read: %s", self._session.id, type(error).__name__)
        else:
            self._take_invites(invites)

    async def rename(self, title: str) -> None:
        """Give the session another title."""
        self._take(await self._act(lambda api: api.rename_session(self._session.id, title)))

    async def set_policy(self, policy: JoinPolicy) -> None:
        """Say what leads into the session from now on."""
        self._take(await self._act(lambda api: api.set_policy(self._session.id, policy)))

    async def list_observers(self, *, listed: bool) -> None:
        """Say whether candidates are told of observers."""
        self._take(await self._act(lambda api: api.list_observers(self._session.id, listed=listed)))

    async def end(self) -> None:
        """End the interview for everyone."""
        await self._act(lambda api: api.end_session(self._session.id))

    async def _act(self, act: Callable[[ServerApi], Awaitable[T]]) -> T:
        host = await self._server.client()
        try:
            async with ServerApi(host.origin, self._seat.token) as own:
                return await act(own)
        except ApiError as error:
            if error.status not in _NOT_AS_PARTICIPANT:
                raise
        return await act(host)

    def _on_watch(self, before: RoomState, now: RoomState) -> None:
        if now.session is not None:
            self._take(now.session)
        if now.over != before.over:
            self.changed.emit()

    def _take(self, session: SessionInfo) -> None:
        if session != self._session:
            self._session = session
            self.changed.emit()

    def _take_invites(self, invites: Invites) -> None:
        if invites != self._invites:
            self._invites = invites
            self.changed.emit()
