"""What replicas on one database tell each other, by PostgreSQL's LISTEN and NOTIFY.

PostgreSQL hands every notification to every listening connection, in the order of the commits and
for as long as that lives. So nothing is missed within one life of a replica's connections; with new
ones it begins another life, under a new number, and asks the others how things stand. A replica's
number is a lock on its listening connection, which PostgreSQL gives up when the process ends.
"""

import asyncio
import base64
import logging
import random
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, Protocol

import psycopg

from codeinterview_server.db.claim import be_noticed_when_gone
from codeinterview_server.db.engine import Database
from codeinterview_server.domain.errors import DomainError

_log = logging.getLogger(__name__)

CHANNEL: Final = "codeinterview_replicas"
_NUMBERS: Final = 0x436F6467
"""The class of the locks that are replicas' numbers."""
# PostgreSQL takes 7999 bytes; 4/3 of this with a header is less.
_PIECE_BYTES: Final = 5_900
_WAITING_BYTES_MAX: Final = 64 * 1024 * 1024
_SEND_TIMEOUT_S: Final = 15.0
_FAREWELL_S: Final = 1.0
_WATCH_S: Final = 1.0
_RETRY_FIRST_S: Final = 0.1
_RETRY_LAST_S: Final = 3.0
_LENGTH_BYTES: Final = 4

_TAKE_NUMBER: Final = "SELECT pg_try_advisory_lock(%s::int, %s::int)"
_ALIVE: Final = """
SELECT objid::bigint::int FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND classid = %s::int::oid AND objsubid = 2 AND granted
AND datname = current_database()
"""
_NOTIFY: Final = """
SELECT pg_notify(%s, payload)
FROM unnest(%s::text[]) WITH ORDINALITY AS pieces (payload, place) ORDER BY place
"""


class Hearer(Protocol):
    """Who is told what the other replicas say. No method waits."""

    def connected(self, number: int) -> None:
        """Take note of a new life, in which this replica has a new number."""

    def lost(self) -> None:
        """Take note that nothing is heard of the others any more."""

    def hear(self, sender: int, message: bytes) -> None:
        """Take in a message of another replica."""

    def gone(self, sender: int) -> None:
        """Take note that another replica has ended, or begun another life."""


class Fanout:
    """One replica's line to the others. Start it before use, stop it once.

    Args:
        database: Started before, stopped after.
        hearer: Told what comes in.
    """

    def __init__(self, database: Database, hearer: Hearer) -> None:
        self._database = database
        self._hearer = hearer
        self._number: int | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._sent = 0
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._inbox: dict[int, _Inbox] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connects, now and whenever PostgreSQL is back."""
        self._running = asyncio.get_running_loop().create_task(self._run(), name="fan-out")

    async def stop(self) -> None:
        """Says what waits to be said, if that can be done at once, and ends."""
        if self._running is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FAREWELL_S):
                    await self._idle.wait()
            self._running.cancel()
            await asyncio.wait([self._running])

    def send(self, message: bytes) -> None:
        """Sends a message to all others, sometime soon and in order; never waits.

        It is dropped while nothing is heard of the others: `Hearer.connected` says how to go on.
        """
        if self._number is None:
            return
        self._waiting.append(message)
        self._waiting_bytes += len(message)
        self._work.set()
        self._idle.clear()

    async def _run(self) -> None:
        retry_s = _RETRY_FIRST_S
        while True:
            try:
                await self._live()
            except* (psycopg.Error, OSError, DomainError, TimeoutError) as errors:
                if self._number is not None:
                    reason = type(errors.exceptions[0]).__name__
                    _log.warning("Other replicas are not heard of now (%s)", reason)
                    retry_s = _RETRY_FIRST_S
            except* Exception:
                _log.exception("The line to other replicas failed")
            finally:
                self._end_life()
            await asyncio.sleep(retry_s * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            retry_s = min(retry_s * 2, _RETRY_LAST_S)

    def _end_life(self) -> None:
        if self._number is not None:
            self._number = None
            self._hearer.lost()
        self._waiting.clear()
        self._waiting_bytes = self._sent = 0
        self._idle.set()
        self._inbox.clear()

    async def _live(self) -> None:
        """Works until a connection is lost."""
        async with (
            await self._database.connect() as listener,
            await self._database.connect() as sender,
        ):
            for connection in (listener, sender):
                await connection.set_autocommit(True)
                await be_noticed_when_gone(connection)
            # Nothing that is only said has to be on a disk.
            await sender.execute("SET synchronous_commit = off")
            number = await _take_number(listener)
            await listener.execute(f"LISTEN {CHANNEL}")
            self._number = number
            self._hearer.connected(number)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(listener))
                tasks.create_task(self._speak(sender))
                tasks.create_task(self._watch(sender))

    async def _listen(self, listener: psycopg.AsyncConnection[Any]) -> None:
        async for notice in listener.notifies():
            self._take(notice.payload)
        raise ConnectionError

    def _take(self, payload: str) -> None:
        sender, count, place, data = payload.split(" ", 3)
        if int(sender) == self._number:
            return
        inbox = self._inbox.get(int(sender))
        if inbox is None:
            inbox = self._inbox[int(sender)] = _Inbox(int(count))
        for message in inbox.take(int(count), place, base64.b64decode(data)):
            self._hearer.hear(int(sender), message)

    async def _speak(self, sender: psycopg.AsyncConnection[Any]) -> None:
        # What comes while a group is on its way makes the next one.
        while True:
            await self._work.wait()
            self._work.clear()
            if self._waiting_bytes > _WAITING_BYTES_MAX:
                raise ConnectionError("Too much waits for the other replicas.")
            waiting, self._waiting = self._waiting, []
            self._waiting_bytes = 0
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await sender.execute(_NOTIFY, (CHANNEL, self._pieces(waiting)), prepare=True)
            if not self._waiting:
                self._idle.set()

    def _pieces(self, messages: Iterable[bytes]) -> list[str]:
        stream = b"".join(
            len(message).to_bytes(_LENGTH_BYTES, "big") + message for message in messages
        )
        pieces: list[str] = []
        for at in range(0, len(stream), _PIECE_BYTES):
            place = f"{int(at == 0)}{int(at + _PIECE_BYTES >= len(stream))}"
            data = base64.b64encode(stream[at : at + _PIECE_BYTES]).decode("ascii")
            # Counted, because PostgreSQL drops what is said twice in one transaction.
            pieces.append(f"{self._number} {self._sent} {place} {data}")
            self._sent += 1
        return pieces

    async def _watch(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Sees who is there: a replica that was killed says no good-bye."""
        while True:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                cursor = await connection.execute(_ALIVE, (_NUMBERS,))
                alive = {row[0] for row in await cursor.fetchall()}
            if self._number not in alive:
                raise ConnectionError("PostgreSQL has given up this replica.")
            for number in set(self._inbox) - alive:
                del self._inbox[number]
                self._hearer.gone(number)
            await asyncio.sleep(_WATCH_S)


class _Inbox:
    """What one replica says, put together again."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._parts: list[bytes] = []
        self._has_begun = False

    def take(self, count: int, place: str, data: bytes) -> list[bytes]:
        """Take in a piece, which is the first or last of a group; return what is whole by it."""
        is_first, is_last = place[0] == "1", place[1] == "1"
        if count != self._count:
            raise ConnectionError("Something that another replica said is missing.")
        self._count += 1
        if is_first:
            self._has_begun = True
        if self._has_begun:
            # Whoever comes in the middle of a group waits for the next one.
            self._parts.append(data)
        if not is_last:
            return []
        stream, self._parts = b"".join(self._parts), []
        return list(_messages(stream))


def _messages(stream: bytes) -> Iterable[bytes]:
    at = 0
    while at < len(stream):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(stream[at:begin], "big")
        yield stream[begin:at]


async def _take_number(connection: psycopg.AsyncConnection[Any]) -> int:
    while True:
        number = random.randrange(1, 2**31)  # noqa: S311 - no secret
        cursor = await connection.execute(_TAKE_NUMBER, (_NUMBERS, number))
        row = await cursor.fetchone()
        if row is not None and row[0]:
            return number
