"""What pressing Join does: from a pasted text to the page to open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .api import ApiError, ServerApi
from .links import JoinTarget, origin_of, parse_join_text
from .supervisor import ServerAwayError
from .zone_relay import ZoneRelays

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .discovery import Discovery
    from .nearby import NearbySession
    from .recent import Recent

_SERVER_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class JoinedRoom:
    """Somebody else's session to open in a web view (no credential is handed to its pages)."""

    url: str = field(repr=False)
    origin: str
    session_id: str | None
    title: str


class Joining:
    """Finds the session that a text or a Nearby entry means."""

    def __init__(
        self,
        discovery: Discovery,
        recent: Recent,
        server: Callable[[float], Awaitable[ServerApi]],
        client: Callable[[str], ServerApi] | None = None,
    ) -> None:
        """Prepare to join.

        Args:
            discovery: knows what is nearby.
            recent: is told of what is joined.
            server: answers a client of the own server, waiting up to so many seconds for it.
            client: makes a client without a credential for an origin.
        """
        self._discovery = discovery
        self._relays = ZoneRelays()
        self._recent = recent
        self._server = server
        self._client = client or (lambda origin: ServerApi(origin, None))

    async def resolve(self, text: str) -> JoinedRoom:
        """Understand a link, `host:port` or code; a code alone is looked up nearby.

        Also remembers it among the recent sessions.

        Raises:
            ValueError: the text means nothing, or no session nearby has this code; the sentence
                says what to try.
            ApiError: the server that it names cannot be reached or does not know the session.
        """
        target = parse_join_text(text)
        if target.origin is None:
            return await self._by_code(target)
        return await self._open((target.origin,), target.session_id, target.invite)

    async def nearby(self, key: str) -> JoinedRoom:
        """Open an entry of the Nearby list.

        Raises:
            ValueError: it is gone.
            ApiError: it cannot be reached.
        """
        entry = next((each for each in self._discovery.nearby if each.key == key), None)
        if entry is None:
            raise ValueError("That session is not there any more. Ask its host for a link.")
        return await self._open(await self._ways(entry), entry.session_id, None)

    async def _by_code(self, target: JoinTarget) -> JoinedRoom:
        entries = [each for each in self._discovery.nearby if each.session_id == target.session_id]
        for entry in entries:
            return await self._open(await self._ways(entry), entry.session_id, None)
        try:
            own = await self._server(_SERVER_PATIENCE_S)
            return await self._open((own.origin,), target.session_id, None)
        except (ApiError, ServerAwayError):
            raise ValueError(
                "No session nearby has this code. Check it, or paste the whole link you were sent:"
                " a code alone works on the host's network only."
            ) from None

    async def stop(self) -> None:
        """Close the ways to what was joined. Safe to call twice."""
        await self._relays.stop()

    async def _ways(self, entry: NearbySession) -> tuple[str, ...]:
        """The origins by which a browser gets there, the best first."""
        plain = [each for each in entry.addresses if "%" not in each]
        if plain:
            return tuple(origin_of(each, entry.port) for each in plain)
        return tuple([await self._relays.origin(each, entry.port) for each in entry.addresses])

    async def _open(
        self, origins: Sequence[str], session_id: str | None, invite: str | None
    ) -> JoinedRoom:
        """Ask the addresses in turn and take the first that answers."""
        unreachable: ApiError | None = None
        for origin in origins:
            try:
                return await self._ask(origin, session_id, invite)
            except ApiError as error:
                if error.status is not None:
                    raise
                unreachable = unreachable or error
        raise unreachable or ValueError("That session has no address. Ask its host for a link.")

    async def _ask(self, origin: str, session_id: str | None, invite: str | None) -> JoinedRoom:
        async with self._client(origin) as api:
            if session_id is None:
                await api.health()
                host = urlsplit(origin).hostname or origin
                return JoinedRoom(f"{origin}/", origin, None, host)
            preview = await api.preview(session_id, invite)
        target = JoinTarget(origin, session_id, None)
        page = target.url or origin
        if not self._relays.leads(origin):
            self._recent.remember(page, session_id, preview.title, preview.language)
        return JoinedRoom(
            url=f"{page}#{invite}" if invite else page,
            origin=origin,
            session_id=session_id,
            title=preview.title,
        )
