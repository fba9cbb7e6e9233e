"""The journal in PostgreSQL: every update in order, and the newest snapshot of each document.

Updates are never deleted while their session exists; a snapshot only shortens loading.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

import psycopg
from psycopg.rows import TupleRow

from codeinterview_server.db.claim import be_noticed_when_gone, claim, key_of, release
from codeinterview_server.db.engine import Database, away_when_unreachable
from codeinterview_server.domain.errors import DatabaseAway

# A commit that takes this long has lost its connection; the caller keeps the entries.
_APPEND_TIMEOUT_S: Final = 10

# Held until the commit, so that a session's rows become visible in the order of their numbers,
# whichever replica wrote them: whoever has read up to one has read all before it.
_WRITING: Final = 0x436F6466
_LOCK: Final = "SELECT pg_advisory_xact_lock(%s::int, key) FROM unnest(%s::int[]) AS ids (key)"

# One statement, one round trip, one commit for all rooms. `alive` locks each session once, so that
# rows of a session that is being deleted are left out instead of failing everybody's batch.
_ADDED: Final = """
WITH alive AS MATERIALIZED (
    SELECT id FROM sessions WHERE id = ANY(%b::text[]) ORDER BY id FOR KEY SHARE
), added AS (
    INSERT INTO updates (session_id, participant_id, at_ms, data)
    SELECT entry.session_id, entry.participant_id, entry.at_ms, entry.data
    FROM unnest(%b::text[], %b::text[], %b::bigint[], %b::bytea[])
        WITH ORDINALITY AS entry (session_id, participant_id, at_ms, data, place)
    JOIN alive ON alive.id = entry.session_id
    ORDER BY entry.place
    RETURNING session_id, seq
)
"""
_APPEND: Final = f"{_ADDED} SELECT session_id, max(seq) FROM added GROUP BY session_id"  # noqa: S608
# A statement does not see the rows that it adds: the last number is that of the row before them.
_APPEND_SHARED: Final = f"""
{_ADDED}
SELECT session_id, max(seq), (
    SELECT coalesce(max(updates.seq), 0) FROM updates WHERE updates.session_id = added.session_id
)
FROM added GROUP BY session_id
"""  # noqa: S608

_SNAPSHOT: Final = "SELECT state, seq FROM snapshots WHERE session_id = %s"
_TAIL: Final = "SELECT data, seq FROM updates WHERE session_id = %s AND seq > %s ORDER BY seq"
_LATER: Final = """
SELECT updates.session_id, updates.seq, updates.data
FROM unnest(%b::text[], %b::bigint[]) AS known (session_id, seq)
JOIN updates ON updates.session_id = known.session_id AND updates.seq > known.seq
ORDER BY updates.seq
"""
_WRITE_SNAPSHOT: Final = """
INSERT INTO snapshots (session_id, seq, state)
SELECT id, %b::bigint, %b::bytea FROM sessions WHERE id = %b::text FOR KEY SHARE
ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq, state = excluded.state
WHERE snapshots.seq <= excluded.seq
"""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One update of one document: who made it, when, and its bytes in Yjs' update format v1."""

    session_id: str
    participant_id: str | None
    at_ms: int
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What a room starts from: the snapshot, if any, and the updates after it."""

    snapshot: bytes | None
    updates: tuple[bytes, ...]
    last_seq: int
    """The seq up to which this holds the journal; 0 for an empty one."""


class Reader(Protocol):
    """Who keeps documents in memory, and must hear of what others write into them."""

    def known(self) -> Mapping[str, int]:
        """Return the sessions whose documents it keeps, each with the seq up to which."""

    def absorb(self, session_id: str, seq: int, data: bytes) -> None:
        """Take in an update behind that; it may be one's own, whose commit was not heard of."""

    def appended(self, last_seqs: Mapping[str, int]) -> None:
        """Take note of how far sessions' rows go now: session id → seq of the last one."""

    def claimed_again(self) -> None:
        """Take note that others may have had the sessions meanwhile, and have them no more."""


class JournalStore:
    """Reads and writes the journal; owns one connection that only appends.

    That connection also holds the claims on the sessions that are open here. After it was lost,
    another server may have opened one: nothing is written before all claims are back, and what the
    other one wrote is read to the `reader` first.

    Every method raises `DatabaseAway` while PostgreSQL is away. Close it once at the end.

    Args:
        database: Where it is.
        shared: Whether replicas write into the same sessions.
    """

    def __init__(self, database: Database, *, shared: bool = False) -> None:
        self._database = database
        self._shared = shared
        self._writer: psycopg.AsyncConnection[TupleRow] | None = None
        self._claimed: set[str] = set()
        self.reader: Reader | None = None
        self._appending = asyncio.Lock()

    @property
    def is_shared(self) -> bool:
        """Whether replicas write into the same sessions."""
        return self._shared

    async def append(self, entries: Sequence[JournalEntry]) -> Mapping[str, int]:
        """Commits all entries, in their order, or none of them.

        When this raises or is cancelled the entries may have been committed all the same;
        appending them again is harmless, because applying an update twice changes nothing.

        Returns:
            Session id → seq of its last entry. Missing are sessions that are gone, and those with
            rows of other replicas before it that the `reader` has not taken in.
        """
        if not entries:
            return {}
        session_ids = sorted({entry.session_id for entry in entries})
        columns = (
            session_ids,
            [entry.session_id for entry in entries],
            [entry.participant_id for entry in entries],
            [entry.at_ms for entry in entries],
            [entry.data for entry in entries],
        )
        async with self._on_writer() as writer:
            if self._shared:
                return await self._append_shared(writer, session_ids, columns)
            cursor = writer.cursor(binary=True)
            await cursor.execute(_APPEND, columns, prepare=True)
            return {row[0]: row[1] for row in await cursor.fetchall()}

    async def read_later(self, known: Mapping[str, int]) -> list[tuple[str, int, bytes]]:
        """Returns the updates behind a seq of each session: session id, seq and data, in order."""
        async with self._pooled() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_LATER, (list(known), list(known.values())))
            return [(row[0], row[1], bytes(row[2])) for row in await cursor.fetchall()]

    async def load(self, session_id: str) -> StoredDocument:
        """Returns the newest snapshot and the updates after it."""
        async with self._pooled() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(_SNAPSHOT, (session_id,))
            snapshot, seq = await cursor.fetchone() or (None, 0)
            await cursor.execute(_TAIL, (session_id, seq))
            rows = await cursor.fetchall()
        updates = tuple(bytes(row[0]) for row in rows)
        return StoredDocument(snapshot, updates, rows[-1][1] if rows else seq)

    async def write_snapshot(self, session_id: str, seq: int, state: bytes) -> None:
        """Stores the document's state as of `seq`; does nothing when a newer one is there."""
        async with self._on_writer() as writer:
            await writer.execute(_WRITE_SNAPSHOT, (seq, state, session_id))

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Has what this task writes with other stores committed at once, or undone."""
        async with self._database.together():
            yield

    async def claim(self, session_id: str) -> bool:
        """Makes this the server that has a session open; tells whether it was free."""
        async with self._on_writer() as writer:
            if session_id not in self._claimed:
                self._claimed |= await claim(writer, [session_id], shared=self._shared)
            return session_id in self._claimed

    def holds(self, session_id: str) -> bool:
        """Tells whether the claim on a session was not lost since; a lost one is taken again."""
        return session_id in self._claimed

    async def release(self, session_id: str) -> None:
        """Lets other servers open a session; it is free in any case once PostgreSQL is away."""
        if session_id in self._claimed:
            with suppress(DatabaseAway):
                async with self._on_writer() as writer:
                    self._claimed.discard(session_id)
                    await release(writer, session_id, shared=self._shared)

    async def close(self) -> None:
        """Closes the writing connection; a later append opens another one."""
        async with self._appending:
            await self._disconnect()

    async def _connected(self) -> psycopg.AsyncConnection[TupleRow]:
        if self._writer is None or self._writer.closed:
            self._claimed = set()
            self._writer = await self._database.connect()
            await self._writer.set_autocommit(True)
            await be_noticed_when_gone(self._writer)
            await self._catch_up(self._writer)
        return self._writer

    async def _catch_up(self, writer: psycopg.AsyncConnection[TupleRow]) -> None:
        """Claim again what is open here, and read what others wrote while it was not claimed."""
        known = {} if self.reader is None else self.reader.known()
        if self.reader is None or not known:
            return
        self._claimed |= await claim(writer, known, shared=self._shared)
        if self._claimed != set(known):
            raise DatabaseAway("Another server has opened a session that is open here.")
        if self._shared:
            # Others may write at any time: whoever reads what they wrote does not do it here.
            self.reader.claimed_again()
            return
        cursor = writer.cursor(binary=True)
        await cursor.execute(_LATER, (list(known), list(known.values())))
        for session_id, seq, data in await cursor.fetchall():
            self.reader.absorb(session_id, seq, bytes(data))
        self.reader.claimed_again()

    async def _append_shared(
        self,
        writer: psycopg.AsyncConnection[TupleRow],
        session_ids: Iterable[str],
        columns: Sequence[Any],
    ) -> Mapping[str, int]:
        cursor = writer.cursor(binary=True)
        async with writer.transaction():
            # In order, so that two that write into the same sessions do not wait for each other.
            keys = sorted(map(key_of, session_ids))
            await cursor.execute(_LOCK, (_WRITING, keys), prepare=True)
            await cursor.execute(_APPEND_SHARED, columns, prepare=True)
            added = await cursor.fetchall()
        if self.reader is None:
            return {}
        self.reader.appended({session_id: last for session_id, last, _ in added})
        known = self.reader.known()
        return {
            session_id: last
            for session_id, last, before in added
            if before <= known.get(session_id, 0)
        }

    @asynccontextmanager
    async def _pooled(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Yields a driver connection out of the pool, in a transaction."""
        async with self._database.begin() as pooled:
            raw = await pooled.get_raw_connection()
            connection: psycopg.AsyncConnection[Any] | None = raw.driver_connection
            assert connection is not None  # noqa: S101 - only a detached connection has none
            with away_when_unreachable():
                yield connection

    @asynccontextmanager
    async def _on_writer(self) -> AsyncIterator[psycopg.AsyncConnection[TupleRow]]:
        """Yields the writing connection, which is given up when anything fails on it."""
        async with self._appending:
            try:
                with away_when_unreachable():
                    async with asyncio.timeout(_APPEND_TIMEOUT_S):
                        yield await self._connected()
            except BaseException:
                await self._disconnect()
                raise

    async def _disconnect(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            with suppress(psycopg.Error):
                await writer.close()
