"""The journal writes in groups, keeps what it cannot write, and says how things stand."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.server.realtime.updates import Client
from tests.server.samples import CREATOR, SESSION
from tests.support.proxy import cable_to

from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventKind, EventStore
from codeinterview_server.db.journal import JournalEntry, JournalStore
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.errors import DatabaseAway
from codeinterview_server.domain.secrets import hash_token
from codeinterview_server.realtime.chores import Chore
from codeinterview_server.realtime.document import RoomDocument
from codeinterview_server.realtime.journal import Journal, Ledger, Saved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

A, B = "aaaaaaaa", "bbbbbbbb"
TIMEOUT_S = 20.0


class CountedStore(JournalStore):
    """The real store, which also remembers how large each group was."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.groups: list[int] = []

    async def append(self, entries: Sequence[JournalEntry]) -> Mapping[str, int]:
        self.groups.append(len(entries))
        return await super().append(entries)


class Room:
    """What a room has to do with the journal: its document, and what it was told."""

    def __init__(self, journal: Journal, session_id: str) -> None:
        self.document = RoomDocument(8 * 1024 * 1024)
        self.told: list[Saved] = []
        self._heard = asyncio.Event()
        self._journal = journal
        self.ledger = Ledger(
            session_id,
            unsnapshotted=0,
            last_seq=0,
            state=self.document.state,
            on_saved=self._hear,
            on_foreign=self.document.absorb,
            on_claimed_again=lambda: None,
        )
        self.write(None, self.document.seed("main.py", ""))
        self.client = Client(state=self.document.state())

    def _hear(self, saved: Saved) -> None:
        self.told.append(saved)
        self._heard.set()

    async def heard(self, saved: Saved) -> None:
        """Return once the journal has last said this."""
        async with asyncio.timeout(TIMEOUT_S):
            while not self.told or self.told[-1] is not saved:
                self._heard.clear()
                await self._heard.wait()

    def write(self, participant_id: str | None, data: bytes | None) -> None:
        assert data is not None
        self._journal.append(self.ledger, participant_id, data)

    def type(self, text: str, participant_id: str | None = "u1") -> None:
        """Type at the end of the file."""
        at = len(str(self.client.text()).encode())
        data = self.client.insert(at, text)
        self.document.apply(data)
        self.write(participant_id, data)

    async def flushed(self) -> bool:
        return await self._journal.flush(self.ledger, TIMEOUT_S)


async def make_sessions(database: Database, *ids: str) -> None:
    store = SessionStore(database)
    for session_id in ids:
        await store.create(
            replace(SESSION, id=session_id),
            replace(CREATOR, session_id=session_id),
            hash_token(session_id),
        )


@pytest.fixture
async def store(database: Database) -> AsyncIterator[CountedStore]:
    await make_sessions(database, A, B)
    store = CountedStore(database)
    yield store
    await store.close()


@pytest.fixture
async def journal(store: CountedStore) -> AsyncIterator[Journal]:
    journal = Journal(store)
    journal.start()
    yield journal
    await journal.stop(timeout_s=1)


async def stored_text(store: JournalStore, session_id: str) -> str:
    """The file as the next start of the room would load it."""
    stored = await store.load(session_id)
    document = RoomDocument(8 * 1024 * 1024)
    for data in (() if stored.snapshot is None else (stored.snapshot,)) + stored.updates:
        document.load(data)
    document.loaded()
    return document.text("main.py")


async def test_what_two_rooms_hand_over_together_is_committed_together(
    journal: Journal, store: CountedStore
) -> None:
    first, second = Room(journal, A), Room(journal, B)
    for n in range(200):
        first.type(f"{n} ")
        second.type(f"{n},")
    assert await first.flushed()
    assert await second.flushed()
    assert store.groups == [402], "one commit for all of it"
    assert await stored_text(store, A) == first.document.text("main.py")
    assert await stored_text(store, B) == second.document.text("main.py")
    assert first.told == [], "nothing worth telling happened"


async def test_nobody_needs_to_ask_for_a_commit(journal: Journal, store: CountedStore) -> None:
    room = Room(journal, A)
    room.type("x")
    async with asyncio.timeout(TIMEOUT_S):
        await room.ledger.settled.wait()
    assert await stored_text(store, A) == "x"


async def test_who_and_when_are_written_in_order(journal: Journal, database_url: str) -> None:
    room = Room(journal, A)
    room.type("a", "u1")
    room.type("b", "u2")
    room.type("c", None)
    assert await room.flushed()
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT participant_id, at_ms FROM updates ORDER BY seq"
        ).fetchall()
    assert [row[0] for row in rows] == [None, "u1", "u2", None]
    assert all(row[1] > 1_700_000_000_000 for row in rows)
    assert room.ledger.last_seq > 0


async def test_a_room_with_nothing_to_write_is_flushed(journal: Journal) -> None:
    room = Room(journal, A)
    assert await room.flushed()
    assert await room.flushed()


async def test_postgresql_goes_away_and_comes_back(
    own_postgres: EmbeddedPostgres, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = await own_postgres.start()
    upgrade(url)
    database = Database(url)
    await database.start()
    await make_sessions(database, A, B)
    store = JournalStore(database)
    journal = Journal(store)
    journal.start()
    first, second = Room(journal, A), Room(journal, B)
    first.type("before ")
    assert await first.flushed()
    assert await second.flushed()

    await own_postgres.stop()
    first.type("while ")
    await first.heard(Saved.UNSAVED)
    assert [journal.is_away] == [True]
    first.type("away ")
    assert not await journal.flush(first.ledger, 0.05)
    assert second.told == [], "who wrote nothing has nothing unsaved"
    second.type("too")
    await second.heard(Saved.UNSAVED)

    again = EmbeddedPostgres(data_dir)
    await again.start()
    try:
        await first.heard(Saved.SAVED)
        await second.heard(Saved.SAVED)
        first.type("after")
        assert await first.flushed()
        assert [journal.is_away] == [False]
        assert await stored_text(store, A) == "before while away after"
        assert await stored_text(store, B) == "too"
        assert first.told == [Saved.UNSAVED, Saved.SAVED]
    finally:
        await journal.stop(timeout_s=1)
        await store.close()
        await database.stop()
        await again.stop()
    warnings = [each.message for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(warnings) == 2, "it says that it went and that it came back, once each"


async def test_a_cut_cable_loses_nothing(tcp_postgres_url: str) -> None:
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    async with cable_to(port) as cable:
        database = Database(tcp_postgres_url.replace(f":{port}/", f":{cable.port}/"))
        upgrade(tcp_postgres_url)
        await database.start()
        await make_sessions(database, A)
        store = JournalStore(database)
        journal = Journal(store)
        journal.start()
        room = Room(journal, A)
        try:
            for n in range(3):
                room.type(f"whole {n} ")
                assert await room.flushed()
                cable.cut()
                room.type(f"cut {n} ")
                await room.heard(Saved.UNSAVED)
                cable.mend()
                await room.heard(Saved.SAVED)
            assert await room.flushed()
            assert await stored_text(store, A) == room.document.text("main.py")
        finally:
            await SessionStore(database).delete(A)
            await journal.stop(timeout_s=1)
            await store.close()
            await database.stop()


async def test_a_database_that_takes_no_writes_counts_as_away(
    journal: Journal, store: CountedStore, database_url: str
) -> None:
    """So does a standby, until it is promoted."""
    room = Room(journal, A)
    assert await room.flushed()
    set_read_only(database_url, "on")
    room.type("kept")
    await room.heard(Saved.UNSAVED)
    with pytest.raises(DatabaseAway):
        await SessionStore(store_database(store)).delete(B)
    set_read_only(database_url, "off")
    await room.heard(Saved.SAVED)
    assert await stored_text(store, A) == "kept"


def store_database(store: CountedStore) -> Database:
    return store._database


def set_read_only(database_url: str, value: str) -> None:
    """Let new connections write or not, and end those that are there."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        row = connection.execute("SELECT current_database()").fetchone()
        assert row is not None
        connection.execute(
            psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                psycopg.sql.Identifier(row[0]), psycopg.sql.Literal(value)
            )
        )
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )


async def test_a_write_that_takes_long_is_told(journal: Journal, database_url: str) -> None:
    room = Room(journal, A)
    assert await room.flushed()
    async with await psycopg.AsyncConnection.connect(database_url) as locking:
        await locking.execute("LOCK TABLE updates IN EXCLUSIVE MODE")
        room.type("x")
        await room.heard(Saved.SAVING)
        await locking.rollback()
    await room.heard(Saved.SAVED)
    assert room.told == [Saved.SAVING, Saved.SAVED]


# Snapshots.


async def test_a_snapshot_is_written_after_so_many_updates(store: CountedStore) -> None:
    journal = Journal(store, snapshot_every=10)
    journal.start()
    room = Room(journal, A)
    for n in range(8):
        room.type(f"{n} ")
    assert await room.flushed()
    assert (await store.load(A)).snapshot is None
    for n in range(8):
        room.type(f"{n} ")
    assert await room.flushed()
    room.type("tail")
    assert await room.flushed()
    stored = await store.load(A)
    assert stored.snapshot is not None
    assert len(stored.updates) == 1
    assert await stored_text(store, A) == room.document.text("main.py")
    await journal.stop()


async def test_a_snapshot_is_written_when_asked_for_and_worth_it(
    journal: Journal, store: CountedStore, database_url: str
) -> None:
    room = Room(journal, A)
    room.type("x")
    journal.request_snapshot(room.ledger)
    assert await room.flushed()
    assert (await store.load(A)).updates == ()
    assert await stored_text(store, A) == "x"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM snapshots")
    journal.request_snapshot(room.ledger)
    assert await room.flushed()
    assert (await store.load(A)).snapshot is None, "nothing was added since the last one"


# Rooms that cannot be written.


async def test_what_cannot_be_written_as_updates_is_written_whole(
    journal: Journal, store: CountedStore, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = Room(journal, A), Room(journal, B)
    bad.type("kept all the same", "no\0such")
    good.type("fine")
    assert await good.flushed()
    assert await bad.flushed()
    assert await stored_text(store, A) == "fine"
    assert await stored_text(store, B) == "kept all the same"
    assert f"session {B} cannot be written" in caplog.text
    bad.type(", and it goes on")
    assert await bad.flushed()
    assert await stored_text(store, B) == "kept all the same, and it goes on"


_REFUSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON updates FOR EACH ROW
    WHEN (NEW.session_id = 'bbbbbbbb') EXECUTE FUNCTION refuse();
CREATE TRIGGER refuse BEFORE INSERT ON snapshots FOR EACH ROW
    WHEN (NEW.session_id = 'bbbbbbbb') EXECUTE FUNCTION refuse();
"""


async def test_a_room_that_cannot_be_written_at_all_says_so_and_harms_no_other(
    journal: Journal, store: CountedStore, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_REFUSE)
    good, bad = Room(journal, A), Room(journal, B)
    good.type("fine")
    bad.type("kept ")
    assert await good.flushed()
    assert await stored_text(store, A) == "fine"
    await bad.heard(Saved.UNSAVED)
    assert not await bad.flushed()
    assert good.told == []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP FUNCTION refuse CASCADE")
    bad.type("here")
    await bad.heard(Saved.SAVED)
    assert await bad.flushed()
    assert await stored_text(store, B) == "kept here"


async def test_a_deleted_session_is_forgotten_and_leaves_nothing_behind(
    journal: Journal, store: CountedStore, database: Database, database_url: str
) -> None:
    kept, deleted = Room(journal, A), Room(journal, B)
    deleted.type("x")
    kept.type("y")
    await SessionStore(database).delete(B)
    journal.forget(deleted.ledger)
    assert await deleted.flushed()
    assert await kept.flushed()
    assert await stored_text(store, A) == "y"
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT DISTINCT session_id FROM updates").fetchall()
    assert rows == [(A,)]


async def test_a_session_forgotten_while_it_is_written_is_not_written_again(
    journal: Journal, store: CountedStore, database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as locking:
        await locking.execute("LOCK TABLE updates IN EXCLUSIVE MODE")
        kept, deleted = Room(journal, A), Room(journal, B)
        deleted.type("x")
        kept.type("y")
        await lock_is_waited_for(database_url)
        journal.forget(deleted.ledger)
        await end_other_writers(database_url, locking.info.backend_pid)
        await locking.rollback()
    await kept.heard(Saved.SAVED)
    assert await stored_text(store, A) == "y"
    assert (await store.load(B)).updates == ()


async def lock_is_waited_for(database_url: str) -> None:
    async with (
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection,
        asyncio.timeout(TIMEOUT_S),
    ):
        while True:
            cursor = await connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if await cursor.fetchone():
                return


async def end_other_writers(database_url: str, pid: int) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid NOT IN (pg_backend_pid(), %s) AND datname = current_database()",
            (pid,),
        )


# While the database is away.


async def test_what_waits_too_long_is_merged_and_keeps_its_text(
    store: CountedStore, database_url: str
) -> None:
    journal = Journal(store, memory_bytes=20_000)
    journal.start()
    first, second = Room(journal, A), Room(journal, B)
    assert await first.flushed()
    assert await second.flushed()
    set_read_only(database_url, "on")
    first.type("x")
    await first.heard(Saved.UNSAVED)
    for n in range(1_000):
        first.type(f"{n} ")
    second.type("y")
    set_read_only(database_url, "off")
    await first.heard(Saved.SAVED)
    assert await second.flushed()
    assert await stored_text(store, A) == first.document.text("main.py")
    assert await stored_text(store, B) == "y"
    assert len((await store.load(A)).updates) < 100
    await journal.stop()


async def test_chores_are_done_in_order_and_again_when_the_database_was_away(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    # Before the broken one is left out, those beside it are done and undone.
    done: dict[str, None] = {}
    finished = asyncio.Event()
    away = iter([True, True])

    async def first() -> None:
        if next(away, False):
            raise DatabaseAway
        done["first"] = None

    async def broken() -> None:
        raise ValueError("never works")

    async def last() -> None:
        done["last"] = None
        finished.set()

    journal.add_chore(Chore("the first", first))
    journal.add_chore(Chore("the broken one", broken))
    journal.add_chore(Chore("the last", last))
    async with asyncio.timeout(TIMEOUT_S):
        await finished.wait()
    assert list(done) == ["first", "last"]
    assert "the broken one failed" in caplog.text


async def test_chores_that_wait_together_are_committed_together_but_fail_alone(
    journal: Journal, database: Database, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    events = EventStore(database)
    seen_meanwhile: list[str] = []
    looked = asyncio.Event()

    def chore(session_id: str, kind: EventKind, at_ms: int = 0) -> Chore:
        return Chore(str(kind), lambda: events.append(session_id, at_ms, None, kind))

    async def kinds() -> list[str]:
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            rows = await connection.execute("SELECT kind FROM events ORDER BY id")
            return [kind for (kind,) in await rows.fetchall()]

    async def look() -> None:
        seen_meanwhile.extend(await kinds())
        looked.set()

    journal.add_chore(chore(A, EventKind.CONNECTED))
    journal.add_chore(Chore("look", look))
    async with asyncio.timeout(TIMEOUT_S):
        await looked.wait()
    journal.add_chore(chore(A, EventKind.LEFT))
    journal.add_chore(chore(A, EventKind.JOINED, at_ms=2**70))
    journal.add_chore(chore(B, EventKind.DISCONNECTED))
    await journal.stop(TIMEOUT_S)
    assert "joined failed" in caplog.text
    assert seen_meanwhile == []
    assert await kinds() == ["connected", "left", "disconnected"]


async def test_snapshots_do_not_wait_for_chores_without_end(journal: Journal) -> None:
    is_enough = False

    async def chore() -> None:
        if not is_enough:
            journal.add_chore(Chore("one more", chore))

    journal.add_chore(Chore("one more", chore))
    room = Room(journal, A)
    room.type("x")
    assert await room.flushed()
    journal.request_snapshot(room.ledger)
    try:
        assert await room.flushed()
    finally:
        is_enough = True


# Stopping.


async def test_stopping_writes_what_is_left(store: CountedStore) -> None:
    journal = Journal(store, commit_delay_s=0.05)
    journal.start()
    room = Room(journal, A)
    room.type("x")
    done = asyncio.Event()

    async def chore() -> None:
        done.set()

    journal.add_chore(Chore("a chore", chore))
    await journal.stop()
    assert done.is_set()
    assert await stored_text(store, A) == "x"


async def test_stopping_waits_for_what_is_being_written(
    store: CountedStore, database_url: str
) -> None:
    journal = Journal(store)
    journal.start()
    room = Room(journal, A)
    async with await psycopg.AsyncConnection.connect(database_url) as locking:
        await locking.execute("LOCK TABLE updates IN EXCLUSIVE MODE")
        room.type("x")
        await lock_is_waited_for(database_url)
        stopping = asyncio.create_task(journal.stop())
        done, _ = await asyncio.wait({stopping}, timeout=0.2)
        assert not done
        await locking.rollback()
    await asyncio.wait_for(stopping, TIMEOUT_S)
    assert await stored_text(store, A) == "x"


async def test_stopping_while_the_database_is_away_ends_and_says_what_is_lost(
    store: CountedStore, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(store)
    journal.start()
    room = Room(journal, A)
    assert await room.flushed()
    set_read_only(database_url, "on")
    room.type("x")
    await room.heard(Saved.UNSAVED)
    await asyncio.wait_for(journal.stop(timeout_s=0.2), TIMEOUT_S)
    assert "1 updates unwritten" in caplog.text


def test_groups_are_written_often_enough() -> None:
    """What is written is at most 50 ms behind; half of that is left for the write itself."""
    defaults = Journal.__init__.__kwdefaults__
    assert defaults is not None
    assert defaults["commit_delay_s"] <= 0.025
