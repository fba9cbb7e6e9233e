"""What replicas tell each other arrives whole and in order, and who is gone is missed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import psycopg

from codeinterview_server.db.fanout import Fanout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from codeinterview_server.db.engine import Database

TIMEOUT_S = 20.0


class Ear:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.losses = 0
        self.heard: list[bytes] = []
        self.missed: list[int] = []
        self._changed = asyncio.Event()

    def connected(self, number: int) -> None:
        self.numbers.append(number)
        self._changed.set()

    def lost(self) -> None:
        self.losses += 1
        self._changed.set()

    def hear(self, sender: int, message: bytes) -> None:
        self.heard.append(message)
        self._changed.set()

    def gone(self, sender: int) -> None:
        self.missed.append(sender)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def replica(database: Database) -> AsyncIterator[tuple[Fanout, Ear]]:
    ear = Ear()
    fanout = Fanout(database, ear)
    fanout.start()
    try:
        await ear.until(lambda: bool(ear.numbers))
        yield fanout, ear
    finally:
        await fanout.stop()


async def test_messages_arrive_whole_in_order_and_as_often_as_they_were_sent(
    database: Database,
) -> None:
    messages = [b"", b"same", b"same", b"x" * 300_000, *(b"%d" % n for n in range(500))]
    async with replica(database) as (one, own), replica(database) as (two, other):
        for message in messages:
            one.send(message)
        await other.until(lambda: len(other.heard) == len(messages))
        assert other.heard == messages
        two.send(b"answer")
        await own.until(lambda: own.heard == [b"answer"])
        # Whoever comes later hears what is said from then on.
        async with replica(database) as (_, late):
            one.send(b"more")
            await late.until(lambda: late.heard == [b"more"])


async def test_who_ends_is_missed_and_what_it_said_last_was_heard(database: Database) -> None:
    async with replica(database) as (_, ear):
        async with replica(database) as (fanout, other):
            fanout.send(b"first")
            await ear.until(lambda: ear.heard == [b"first"])
            fanout.send(b"last")
        await ear.until(lambda: ear.missed == other.numbers)
        assert ear.heard == [b"first", b"last"]


async def test_a_cut_line_is_another_life(database: Database) -> None:
    async with replica(database) as (one, ear), replica(database) as (two, other):
        two.send(b"before")
        await ear.until(lambda: ear.heard == [b"before"])
        async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objid = %s",
                (other.numbers[0],),
            )
        await other.until(lambda: len(other.numbers) == 2)
        assert other.losses == 1
        await ear.until(lambda: ear.missed == other.numbers[:1])
        two.send(b"after")
        await ear.until(lambda: ear.heard == [b"before", b"after"])
        one.send(b"answer")
        await other.until(lambda: other.heard == [b"answer"])
