"""What a revoked key ends while the server runs: whoever it let into rooms is cut off at once."""

import asyncio
import logging
from typing import Final

import psycopg

from codeinterview_server.db.engine import Database
from codeinterview_server.db.host_keys import REVOKED_CHANNEL, HostKeyStore
from codeinterview_server.domain.errors import DomainError
from codeinterview_server.domain.roles import HOST_ACTOR, ParticipantStatus
from codeinterview_server.realtime.room import Room
from codeinterview_server.realtime.rooms import Rooms
from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)

_RETRY_S: Final = 2.0
_PRESENT: Final = frozenset({ParticipantStatus.ADMITTED, ParticipantStatus.WAITING})


class Revocations:
    """Listens for revoked keys. Start it before use, stop it once.

    Requests need none of this: each asks the database for its key. Sockets are open already.

    Args:
        database: Started before, stopped after.
        rooms: Started before, stopped after.
    """

    def __init__(self, database: Database, rooms: Rooms) -> None:
        self._database = database
        self._keys = HostKeyStore(database)
        self._rooms = rooms
        self._tasks = Tasks()

    def start(self) -> None:
        """Begins to listen, now and whenever PostgreSQL is back."""
        self._tasks.start(self._run(), "revocations")

    async def stop(self) -> None:
        """Ends."""
        await self._tasks.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, DomainError) as error:
                _log.debug("Revoked keys are not heard of now (%s)", type(error).__name__)
            except Exception:
                _log.exception("Revoked keys are not heard of; another try follows")
            await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        """Works until the connection is lost."""
        async with await self._database.connect() as connection:
            await connection.set_autocommit(True)
            await connection.execute(f"LISTEN {REVOKED_CHANNEL}")
            # For what was said while nobody listened.
            await self._cut_off()
            async for _ in connection.notifies():
                await self._cut_off()

    async def _cut_off(self) -> None:
        revoked = await self._keys.revoked_ids()
        if not revoked:
            return
        for room in await self._rooms.settled():
            if any(person.key_id in revoked for person in room.participants.values()):
                await _cut_off(room, revoked)


async def _cut_off(room: Room, revoked: frozenset[str]) -> None:
    # Whoever revoked the key has written down whom that removes.
    await room.door.reload()
    for person in list(room.participants.values()):
        # A change of theirs may have come at the same time, and written them back.
        if person.key_id in revoked and person.status in _PRESENT:
            await room.door.remove(person.id, HOST_ACTOR)
