"""The sessions that hosts show to whoever is on their network, until the server ends."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from codeinterview_server.db.host_keys import HostKeyStore
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import DatabaseAway
from codeinterview_server.domain.roles import Kind, Phase, Principal, is_theirs
from codeinterview_server.domain.sessions import JoinPolicy, Session
from codeinterview_server.realtime.rooms import Rooms

MAX_LISTED: Final = 100
"""How many sessions one host may show."""
_GOOD_FOR_S: Final = 1.0
"""Anybody may ask as often as they like: the database is asked this often at most."""


class ListedSessions:
    """Holds a list of ids for each host key, and reads what of it may be shown now.

    Args:
        rooms: Knows loaded sessions, also while the database is away.
        sessions: Knows the others.
        host_keys: Knows which keys were revoked; what those listed is shown no more.
        clock: Seconds of a monotonic clock.
    """

    def __init__(
        self,
        rooms: Rooms,
        sessions: SessionStore,
        host_keys: HostKeyStore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rooms = rooms
        self._sessions = sessions
        self._host_keys = host_keys
        self._clock = clock
        self._ids: dict[str | None, tuple[str, ...]] = {}
        self._stored: dict[str, Session] = {}
        self._revoked: frozenset[str] = frozenset()
        self._read_at_s: float | None = None

    def of(self, key_id: str | None) -> tuple[str, ...]:
        """Returns the ids that a host lists; None is the administrator."""
        return self._ids.get(key_id, ())

    def replace(self, key_id: str | None, session_ids: Iterable[str]) -> None:
        """Lists these sessions of a host from now on, and no others of it."""
        ids = tuple(dict.fromkeys(session_ids))
        if ids:
            self._ids[key_id] = ids
        else:
            self._ids.pop(key_id, None)
        self._read_at_s = None

    async def shown(self) -> list[Session]:
        """Returns the listed sessions that one can knock at now, by title.

        Those alone that are open, their host's, and enterable without a link. While the database
        is away, those that it was asked for before.
        """
        await self._read()
        found: dict[str, Session] = {}
        for key_id, ids in self._ids.items():
            host = Principal(Kind.HOST, key_id=key_id)
            for session_id in ids:
                session = self._rooms.session(session_id) or self._stored.get(session_id)
                if (
                    session is not None
                    and key_id not in self._revoked
                    and is_theirs(host, session)
                    and _is_enterable(session)
                ):
                    found[session.id] = session
        return sorted(found.values(), key=lambda each: (each.title.casefold(), each.id))

    async def _read(self) -> None:
        now_s = self._clock()
        if self._read_at_s is not None and now_s - self._read_at_s < _GOOD_FOR_S:
            return
        # Before it is asked: who comes meanwhile sees what was so a second ago.
        self._read_at_s = now_s
        wanted = {each for ids in self._ids.values() for each in ids}
        try:
            stored = await self._sessions.get_many(wanted) if wanted else []
            if any(key_id is not None for key_id in self._ids):
                self._revoked = await self._host_keys.revoked_ids()
        except DatabaseAway:
            return
        self._stored = {each.id: each for each in stored}


def _is_enterable(session: Session) -> bool:
    is_open = session.phase is Phase.OPEN and session.expires_at > now_ms()
    return is_open and session.join_policy is not JoinPolicy.INVITE_ONLY
