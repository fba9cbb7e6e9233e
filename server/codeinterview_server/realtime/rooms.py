"""All live rooms: loaded once however many come together, unloaded when nobody is left."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from codeinterview_server.db.engine import Database
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    DatabaseAway,
    OpenElsewhere,
    SessionExpired,
    SessionNotFound,
    ShuttingDown,
)
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.journal import Journal
from codeinterview_server.realtime.loading import load_room
from codeinterview_server.realtime.replicas import Replicas
from codeinterview_server.realtime.room import Room
from codeinterview_server.realtime.stores import Stores
from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)

_FLUSH_TIMEOUT_S: Final = 10.0
_CLAIM_TIMEOUT_S: Final = 2.0
_CLAIM_RETRY_S: Final = 0.1


class _Entry:
    """A room that is loaded or being loaded, and how many use it."""

    def __init__(self) -> None:
        self.room: asyncio.Future[Room] = asyncio.get_running_loop().create_future()
        # Whoever waited for it may have gone by the time it fails.
        self.room.add_done_callback(lambda room: room.cancelled() or room.exception())
        self.users = 0
        self.idle: asyncio.TimerHandle | None = None


class Rooms:
    """Owns every room and the journal. Start it before use, stop it once.

    Args:
        database: Started before, stopped after.
        limits: The bounds of each room.
        idle_s: How long a room that nobody uses stays loaded.
        is_replica: Whether other servers on the same database may have the same sessions open.
    """

    def __init__(
        self,
        database: Database,
        limits: Limits,
        *,
        idle_s: float = 60.0,
        is_replica: bool = False,
    ) -> None:
        self._stores = Stores.of(database, is_replica=is_replica)
        self._replicas = Replicas(database) if is_replica else None
        self._journal = Journal(self._stores.journal, tell_rows=self._tell_rows)
        self._limits = limits
        self._idle_s = idle_s
        self._entries: dict[str, _Entry] = {}
        self._given_up: dict[str, Room] = {}
        self._tasks = Tasks()
        self._stopping = False

    async def start(self) -> None:
        """Start the journal's writer, and the line to other replicas."""
        self._journal.start()
        if self._replicas is not None:
            self._replicas.start()

    async def stop(self) -> None:
        """Close all sockets so that clients reconnect, write everything, and stop."""
        self._stopping = True
        rooms = [room for entry in self._entries.values() if (room := _loaded(entry)) is not None]
        for entry in self._entries.values():
            if entry.idle is not None:
                entry.idle.cancel()
        await self._tasks.stop()
        for room in rooms:
            room.close(ShuttingDown())
            await room.stop()
            self._part(room)
            room.inherit()
            self._journal.request_snapshot(room.ledger)
        await self._journal.stop(_FLUSH_TIMEOUT_S)
        if self._replicas is not None:
            await self._replicas.stop()
        await self._stores.journal.close()
        self._entries.clear()

    @property
    def loaded(self) -> frozenset[str]:
        """The ids of the sessions whose rooms are in memory."""
        return frozenset(self._entries)

    @property
    def in_use(self) -> frozenset[str]:
        """The ids of the sessions whose rooms are in memory, here or on another replica."""
        return self.loaded if self._replicas is None else self.loaded | self._replicas.sessions

    async def settled(self) -> list[Room]:
        """Return the rooms in memory, once those have come or failed that were being loaded."""
        entries = list(self._entries.values())
        if entries:
            await asyncio.wait([entry.room for entry in entries])
        return [room for entry in entries if (room := _loaded(entry)) is not None]

    @property
    def unwritten(self) -> int:
        """How many updates and small records of all rooms are not in the database yet."""
        return self._journal.waiting

    def online_count(self, session_id: str) -> int:
        """Return how many participants of a session are connected."""
        room = self._room(session_id)
        if room is not None:
            return len(room.online)
        return 0 if self._replicas is None else len(self._replicas.online(session_id))

    def session(self, session_id: str) -> Session | None:
        """Return a session as its room has it; None when that is not loaded."""
        room = self._room(session_id)
        return None if room is None else room.session

    def owner(self, session_id: str, token_hash: bytes) -> Participant | None:
        """Return whose token of a session it is, without the database.

        None says nothing about the token unless the room is loaded.
        """
        room = self._room(session_id)
        return None if room is None else room.owner(token_hash)

    def owner_anywhere(self, token_hash: bytes) -> Participant | None:
        """Return whose token it is out of all loaded rooms."""
        for session_id in list(self._entries):
            owner = self.owner(session_id, token_hash)
            if owner is not None:
                return owner
        return None

    @asynccontextmanager
    async def open(self, session_id: str) -> AsyncIterator[Room]:
        """Yield a session's room, which stays loaded as long.

        Raises:
            SessionNotFound, SessionExpired: There is no such session, or not any more.
            OpenElsewhere: Another server on the same database has it open.
            DatabaseAway: It is not loaded, and PostgreSQL cannot be reached.
            ShuttingDown: The server stops.
        """
        if self._stopping:
            raise ShuttingDown
        entry = self._entries.get(session_id)
        if entry is None:
            entry = self._entries[session_id] = _Entry()
            self._tasks.start(self._load(session_id, entry), f"load of session {session_id}")
        entry.users += 1
        if entry.idle is not None:
            entry.idle.cancel()
            entry.idle = None
        try:
            room = await asyncio.shield(entry.room)
            if room.session.is_expired(now_ms()):
                raise SessionExpired
            yield room
        finally:
            entry.users -= 1
            self._rest(session_id, entry)

    async def delete(self, session_id: str) -> None:
        """Delete a session and all that was said in it; everybody in it is cut off.

        Raises:
            SessionNotFound: There is no such session.
            DatabaseAway: PostgreSQL cannot be reached.
        """
        if not await self._stores.sessions.delete(session_id):
            raise SessionNotFound
        if self._replicas is not None:
            self._replicas.tell_deleted(session_id)
        await self._drop(session_id)

    async def _drop(self, session_id: str) -> None:
        """Cut off everybody in a session that was deleted."""
        entry = self._entries.pop(session_id, None)
        if entry is None:
            return
        await asyncio.wait([entry.room])
        room = _loaded(entry)
        if room is not None:
            self._part(room)
            room.close(SessionNotFound())
            await room.stop()
            self._journal.forget(room.ledger)
            await self._stores.journal.release(session_id)

    def _tell_rows(self, session_id: str, seq: int) -> None:
        if self._replicas is not None:
            self._replicas.tell_rows(session_id, seq)

    def _deleted_elsewhere(self, session_id: str) -> None:
        self._tasks.start(self._drop(session_id), f"end of deleted session {session_id}")

    def _part(self, room: Room) -> None:
        """Hear of other replicas no more what concerns a room."""
        if self._replicas is not None:
            self._replicas.remove(room.twin)

    async def _load(self, session_id: str, entry: _Entry) -> None:
        """Fill an entry, or take it out again and tell all who wait why."""
        try:
            given_up = self._given_up.get(session_id)
            if given_up is not None:
                if not await self._journal.flush(given_up.ledger, _FLUSH_TIMEOUT_S):
                    raise DatabaseAway
                del self._given_up[session_id]
            await self._claim(session_id)
            stored = await load_room(session_id, self._stores, self._limits)
            if not self._stores.journal.holds(session_id):
                # The connection was lost meanwhile; another server may have been here.
                raise DatabaseAway
            loop = asyncio.get_running_loop()
            room = Room(
                stored,
                self._stores,
                self._journal,
                self._limits,
                replicas=self._replicas,
                ended=lambda: self._deleted_elsewhere(session_id),
                # Soon, so that whoever broke it is closed first, with a reason of their own.
                broken=lambda: loop.call_soon(self._give_up, session_id, entry),
            )
        except BaseException as error:
            await self._stores.journal.release(session_id)
            if self._entries.get(session_id) is entry:
                del self._entries[session_id]
            if isinstance(error, Exception):
                entry.room.set_exception(error)
            else:
                entry.room.cancel()
                raise
        else:
            self._journal.watch(room.ledger)
            entry.room.set_result(room)
            if self._replicas is not None:
                self._replicas.add(room.twin)
            self._rest(session_id, entry)

    def _room(self, session_id: str) -> Room | None:
        entry = self._entries.get(session_id)
        return None if entry is None else _loaded(entry)

    async def _claim(self, session_id: str) -> None:
        """Make this the server that has a session open.

        Raises:
            OpenElsewhere: Another one has, and not because it is just ending.
            DatabaseAway: PostgreSQL cannot be reached.
        """
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _CLAIM_TIMEOUT_S
        while not await self._stores.journal.claim(session_id):
            if loop.time() > deadline_s:
                raise OpenElsewhere
            await asyncio.sleep(_CLAIM_RETRY_S)

    def _rest(self, session_id: str, entry: _Entry) -> None:
        """Unload a room after a while when nobody uses it."""
        if entry.users or self._stopping or self._entries.get(session_id) is not entry:
            return
        if entry.idle is not None:
            entry.idle.cancel()
        entry.idle = asyncio.get_running_loop().call_later(
            self._idle_s, self._start_unload, session_id, entry
        )

    def _start_unload(self, session_id: str, entry: _Entry) -> None:
        entry.idle = None
        self._tasks.start(self._unload(session_id, entry), f"unload of session {session_id}")

    async def _unload(self, session_id: str, entry: _Entry) -> None:
        room = _loaded(entry)
        if room is None:
            return
        saved = await room.flush(_FLUSH_TIMEOUT_S)
        if entry.users or self._entries.get(session_id) is not entry:
            return
        if not saved or self._journal.is_away:
            # It could not be loaded again for those who come back.
            self._rest(session_id, entry)
            return
        del self._entries[session_id]
        self._part(room)
        self._journal.unwatch(room.ledger)
        await self._stores.journal.release(session_id)
        await room.stop()

    def _give_up(self, session_id: str, entry: _Entry) -> None:
        """Let a room with a broken document be loaded anew, after what it handed over is written.

        Its clients reconnect, and bring along whatever the journal does not have.
        """
        room = _loaded(entry)
        if room is None or self._entries.get(session_id) is not entry:
            return
        _log.error("The document of session %s is broken; it is loaded again", session_id)
        del self._entries[session_id]
        self._given_up[session_id] = room
        self._part(room)
        self._journal.unwatch(room.ledger)
        room.close(ShuttingDown())
        self._tasks.start(room.stop(), f"end of the room of session {session_id}")


def _loaded(entry: _Entry) -> Room | None:
    room = entry.room
    if not room.done() or room.cancelled() or room.exception() is not None:
        return None
    return room.result()
