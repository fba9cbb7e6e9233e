"""What pressing Host does: a session, its links, its advertisement, its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .addresses import Address
from .events import Signal

if TYPE_CHECKING:
    from .room_watch import RoomWatch
    from .values import Invites, Role, SessionInfo


@dataclass(frozen=True, slots=True)
class HostRequest:
    """What the Host form asks for; `candidate_name` only helps to find a title."""

    title: str = ""
    candidate_name: str = ""
    language: str = "python"

    @property
    def session_title(self) -> str:
        """The title to use: the given one, else one that names the candidate."""
        if self.title.strip():
            return self.title.strip()
        name = self.candidate_name.strip()
        return f"Interview with {name}" if name else "Interview"


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


class HostedRoom:
    """One session that this app hosts now.

    Signals:
        changed: anything below changed (session, invites, links, web credential).

    `watch.changed` and `watch.knocked` tell of people, lobby, connection and saved state.
    Methods that ask the server raise `ApiError` or `ServerAwayError` with a sentence for the user.
    """

    changed: Signal[[]]
    watch: RoomWatch

    @property
    def session(self) -> SessionInfo:
        """The session as last heard."""
        raise NotImplementedError

    @property
    def invites(self) -> Invites:
        """Its invites."""
        raise NotImplementedError

    def links(self, role: Role) -> tuple[ShareLink, ...]:
        """The links for a role, the best address first. Empty while the server is away."""
        raise NotImplementedError

    @property
    def page_url(self) -> str | None:
        """The room's page on loopback for the web view, or None while the server is away."""
        raise NotImplementedError

    @property
    def web_credential(self) -> WebCredential | None:
        """What the web view hands to that page, or None while the server is away."""
        raise NotImplementedError

    async def admit(self, participant_id: str) -> None:
        """Let somebody in who waits."""

    async def decline(self, participant_id: str) -> None:
        """Turn somebody away who waits."""

    async def remove(self, participant_id: str) -> None:
        """Remove somebody from the session."""

    async def renew_invite(self, role: Role) -> None:
        """Make a role's links invalid and get new ones."""

    async def rename(self, title: str) -> None:
        """Give the session another title."""


class Hosting:
    """Owns the sessions hosted now, from `start()` to `stop()`.

    Signals:
        rooms_changed: a room opened or closed; all open ones, newest last.
    """

    def __init__(self) -> None:
        self.rooms_changed: Signal[tuple[HostedRoom, ...]] = Signal()
        raise NotImplementedError

    @property
    def rooms(self) -> tuple[HostedRoom, ...]:
        """The sessions hosted now, newest last."""
        raise NotImplementedError

    async def host(self, request: HostRequest) -> HostedRoom:
        """Create a session and open it: advertised, watched, with links.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user.
        """
        raise NotImplementedError

    async def reopen(self, session_id: str) -> HostedRoom:
        """Open one of the host's earlier sessions again (ended ones too: to read)."""
        raise NotImplementedError

    async def end(self, session_id: str) -> None:
        """End the interview for everyone and close the room here."""

    async def close(self, session_id: str) -> None:
        """Stop watching and advertising; the session itself stays open on the server."""
