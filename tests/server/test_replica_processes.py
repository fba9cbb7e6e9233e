"""Replicas as processes: what one said before it was killed is not lost, and what they need."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.server.realtime.hearing import cursor, online, states
from tests.support.eventually import eventually
from tests.support.room_client import Room
from tests.support.server import ServerProcess

from codeinterview_server.cli import Exit, main
from codeinterview_server.db.engine import Database
from codeinterview_server.db.journal import JournalStore
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.realtime.document import RoomDocument

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST_KEY = "host-key-of-the-tests"


@contextmanager
def replicas(scratch: Path, url: str, count: int) -> Iterator[list[ServerProcess]]:
    """Running replicas; those that are killed meanwhile stay so."""
    started: list[ServerProcess] = []
    env = {"CODEINTERVIEW_DATABASE_URL": url, "CODEINTERVIEW_REPLICAS": "true"}
    try:
        for n in range(count):
            server = ServerProcess(scratch / f"replica-{id(started):x}-{n}", env=env)
            server.data_dir.mkdir(mode=0o700)
            server.host_key = HOST_KEY
            started.append(server)
            server.start()
        yield started
    finally:
        for server in started:
            server.stop()


async def test_what_a_killed_replica_only_said_is_written_by_another(
    scratch: Path, tcp_postgres_url: str
) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    with replicas(scratch, tcp_postgres_url, 2) as (first, second):
        room = await Room.create(first.origin, HOST_KEY, language="python", code="one\n")
        carl = await room.join("Carl")
        async with (
            room.enter() as host,
            replace(room, origin=second.origin).enter(carl) as guest,
        ):
            await asyncio.gather(host.sync(), guest.sync())
            await host.show(cursor(7))
            await host.tell("run", run_id="r1", event="started", language="python", path="main.py")
            await guest.message("run", lambda m: m["event"] == "started")
            async with await psycopg.AsyncConnection.connect(tcp_postgres_url) as blocker:
                # The journal cannot be written as long as this is held.
                await blocker.execute("LOCK TABLE updates IN SHARE MODE")
                await host.insert(0, "only said, ")
                await guest.until_text("only said, one\n")
                await guest.until(lambda: states(guest).get(7) is not None, "the cursor")
                first.kill()
                # Its people are gone with it, and what they ran.
                await guest.message("run", lambda m: m.get("status") == "stopped")
                await guest.until(lambda: states(guest)[7] is None, "the cursor gone")
                await guest.message("participants", lambda m: not online(m)["host"])
                await blocker.rollback()
            database = Database(tcp_postgres_url, pool_size=1)
            await database.start()
            try:
                await eventually(
                    lambda: _is_stored(database, room.id, "only said, one\n"), "it is written"
                )
            finally:
                await database.stop()


async def _is_stored(database: Database, session_id: str, text: str) -> bool:
    stored = await JournalStore(database).load(session_id)
    document = RoomDocument(8 * 1024 * 1024)
    for data in (() if stored.snapshot is None else (stored.snapshot,)) + stored.updates:
        document.load(data)
    return document.text("main.py") == text


@pytest.mark.parametrize(
    "options",
    [
        ["--replicas"],
        ["--replicas", "--host-key=k"],
        ["--replicas", "--database-url=postgresql://127.0.0.1/x"],
    ],
)
def test_a_replica_needs_what_it_shares_with_the_others(
    options: list[str], data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", f"--data-dir={data_dir}", "--port=0", *options]) == Exit.CONFIG
    line = capsys.readouterr().out
    assert line.startswith("error CONFIG --replicas (or CODEINTERVIEW_REPLICAS) needs")
