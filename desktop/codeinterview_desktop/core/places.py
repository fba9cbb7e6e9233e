"""Where sessions are hosted: on this computer, or on a team's server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .api import ServerApi


class Place(StrEnum):
    """Whose server holds a session."""

    HERE = "here"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session of a place; copies may have the same id in both."""

    session_id: str
    place: Place = Place.HERE

    @property
    def key(self) -> str:
        """What names it among the open ones of both places."""
        return self.session_id if self.place is Place.HERE else f"{self.place}:{self.session_id}"


class HostServer(Protocol):
    """A server that this app hosts on."""

    @property
    def url(self) -> str | None:
        """Its origin, or None while nothing can be hosted there."""

    @property
    def page_key(self) -> str | None:
        """The host's key that its pages may have, if any."""

    async def origin(self, timeout_s: float = 60.0) -> str:
        """Its origin, as soon as there is one; raises `ServerAwayError`."""

    async def client(self, timeout_s: float = 60.0) -> ServerApi:
        """A client that is host there, owned by the server; raises `ServerAwayError`."""
