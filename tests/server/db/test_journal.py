"""The journal keeps order, survives PostgreSQL's absence and never lets one room hold up others."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from tests.server.samples import CREATOR, SESSION

from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.engine import Database
from codeinterview_server.db.journal import JournalEntry, JournalStore, StoredDocument
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.errors import DatabaseAway
from codeinterview_server.domain.secrets import hash_token

A, B = "aaaaaaaa", "bbbbbbbb"


async def make_sessions(database: Database, *ids: str) -> None:
    store = SessionStore(database)
    for session_id in ids:
        await store.create(
            replace(SESSION, id=session_id),
            replace(CREATOR, session_id=session_id),
            hash_token(session_id),
        )


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[JournalStore]:
    await make_sessions(database, A, B)
    journal = JournalStore(database)
    yield journal
    await journal.close()


def entry(session_id: str, data: bytes, participant_id: str | None = "u1") -> JournalEntry:
    return JournalEntry(session_id, participant_id, 1_700_000_000_000, data)


async def test_a_batch_of_all_rooms_is_read_back_in_order(journal: JournalStore) -> None:
    batch = [entry((A, B)[n % 2], bytes([n % 256]) * (n % 7), None if n % 5 else "u1")
             for n in range(1_000)]  # fmt: skip
    last = await journal.append(batch)
    assert set(last) == {A, B}
    for session_id in (A, B):
        document = await journal.load(session_id)
        expected = tuple(entry.data for entry in batch if entry.session_id == session_id)
        assert document == StoredDocument(None, expected, last[session_id])
    more = await journal.append([entry(A, b"more")])
    assert more[A] > last[A]
    assert (await journal.load(A)).updates[-1] == b"more"


async def test_nothing_to_append_and_nothing_to_load(journal: JournalStore) -> None:
    assert await journal.append([]) == {}
    assert await journal.load(A) == StoredDocument(None, (), 0)
    assert await journal.load("00000000") == StoredDocument(None, (), 0)


async def test_who_and_when_are_kept(journal: JournalStore, database_url: str) -> None:
    await journal.append([entry(A, b"\x00\xff"), entry(A, b"", None)])
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT participant_id, at_ms, data FROM updates ORDER BY seq"
        ).fetchall()
    assert rows == [("u1", 1_700_000_000_000, b"\x00\xff"), (None, 1_700_000_000_000, b"")]


async def test_a_snapshot_shortens_the_tail_and_never_goes_back(journal: JournalStore) -> None:
    first = (await journal.append([entry(A, b"1")]))[A]
    second = (await journal.append([entry(A, b"2")]))[A]
    last = (await journal.append([entry(A, b"3")]))[A]
    await journal.write_snapshot(A, second, b"state 2")
    assert await journal.load(A) == StoredDocument(b"state 2", (b"3",), last)
    await journal.write_snapshot(A, first, b"state 1")
    assert await journal.load(A) == StoredDocument(b"state 2", (b"3",), last)
    await journal.write_snapshot(A, last, b"state 3")
    assert await journal.load(A) == StoredDocument(b"state 3", (), last)
    await journal.write_snapshot("00000000", 1, b"gone")
    assert await journal.load("00000000") == StoredDocument(None, (), 0)


async def test_entries_of_a_deleted_session_are_left_out(
    journal: JournalStore, database: Database
) -> None:
    await SessionStore(database).delete(B)
    last = await journal.append([entry(B, b"b"), entry(A, b"a")])
    assert set(last) == {A}
    assert (await journal.load(B)).updates == ()


async def test_a_session_that_is_being_deleted_leaves_no_orphans(
    journal: JournalStore, database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as deleting:
        await deleting.execute("DELETE FROM sessions WHERE id = %s", (B,))
        appending = asyncio.create_task(journal.append([entry(B, b"b"), entry(A, b"a")]))
        await lock_is_waited_for(database_url)
        await deleting.commit()
    assert set(await asyncio.wait_for(appending, 5)) == {A}
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT session_id FROM updates").fetchall()
    assert rows == [(A,)]


async def lock_is_waited_for(database_url: str) -> None:
    async with (
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection,
        asyncio.timeout(5),
    ):
        while True:
            cursor = await connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if await cursor.fetchone():
                return


async def test_a_lost_connection_is_reported_and_replaced(
    journal: JournalStore, database_url: str
) -> None:
    await journal.append([entry(A, b"1")])
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    with pytest.raises(DatabaseAway):
        await journal.append([entry(A, b"2")])
    await journal.append([entry(A, b"2")])
    assert (await journal.load(A)).updates == (b"1", b"2")


async def test_a_cancelled_append_leaves_a_working_journal(
    journal: JournalStore, database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as locking:
        await locking.execute("LOCK TABLE updates IN EXCLUSIVE MODE")
        appending = asyncio.create_task(journal.append([entry(A, b"1")]))
        await lock_is_waited_for(database_url)
        appending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(appending, 5)
        await locking.rollback()
    await journal.append([entry(A, b"2")])
    assert (await journal.load(A)).updates[-1] == b"2"


async def test_everything_works_again_after_postgresql_was_away(
    own_postgres: EmbeddedPostgres, data_dir: Path
) -> None:
    url = await own_postgres.start()
    upgrade(url)
    database = Database(url)
    await database.start()
    await make_sessions(database, A)
    journal = JournalStore(database)
    await journal.append([entry(A, b"1")])
    await database.ping()

    await own_postgres.stop()
    for attempt in (database.ping(), journal.append([entry(A, b"2")]), journal.load(A),
                    journal.write_snapshot(A, 1, b""), SessionStore(database).get(A)):  # fmt: skip
        with pytest.raises(DatabaseAway):
            await attempt

    again = EmbeddedPostgres(data_dir)
    assert await again.start() == url
    try:
        await database.ping()
        await journal.append([entry(A, b"2")])
        assert (await journal.load(A)).updates == (b"1", b"2")
        assert await SessionStore(database).get(A) is not None
    finally:
        await journal.close()
        await database.stop()
        await again.stop()
