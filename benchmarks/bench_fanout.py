"""How replicas should hear of each other: PostgreSQL's NOTIFY, the journal's rows, or Redis.

One process says what people type, three others note when they hear of it: their clocks are one on
Linux. Each way takes its turn in every round, so that whatever the machine does meanwhile happens
to all. Needs Debian's `redis-server` and the Python package `redis`; without, it leaves Redis out.
Run it with `make bench-full`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from array import array
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psutil
import psycopg
import uvloop
from sqlalchemy import text
from tests.support.tcp_postgres import TcpPostgres

from codeinterview_server.db.engine import Database
from codeinterview_server.db.fanout import CHANNEL, Fanout
from codeinterview_server.db.journal import JournalEntry, JournalStore
from codeinterview_server.db.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.connection import Connection

ROUNDS = 5
RECEIVERS = 3
SECONDS = 3.0
RATES = (20, 200, 2000)
"""Messages per second of one replica: an interview, ten of them, a hundred."""
MESSAGE_BYTES = 64
"""A keystroke's update with its head."""
COMMIT_DELAY_S = 0.02
SESSION = "aaaaaaaa"
_STAMP_BYTES = 8
_REDIS_CHANNEL = "codeinterview"
_SETTLE_S = 0.5


class Way(Protocol):
    """One way to be heard, in the process that speaks."""

    async def start(self) -> None: ...

    def say(self, message: bytes) -> None: ...

    async def stop(self) -> None: ...


class Nobody:
    """Hears of nothing: `db.fanout.Hearer` for a replica that only speaks."""

    def __init__(self, hear: Callable[[bytes], None] | None = None) -> None:
        self.is_connected = asyncio.Event()
        self._hear = hear

    def connected(self, number: int) -> None:
        self.is_connected.set()

    def lost(self) -> None: ...

    def hear(self, sender: int, message: bytes) -> None:
        if self._hear is not None:
            self._hear(message)

    def gone(self, sender: int) -> None: ...


class ByNotify:
    """The product's own: said at once, on a connection that waits for no disk."""

    def __init__(self, url: str, hear: Callable[[bytes], None] | None = None) -> None:
        self._database = Database(url, pool_size=1)
        self._hearer = Nobody(hear)
        self._fanout = Fanout(self._database, self._hearer)

    async def start(self) -> None:
        await self._database.start()
        self._fanout.start()
        await self._hearer.is_connected.wait()

    def say(self, message: bytes) -> None:
        self._fanout.send(message)

    async def stop(self) -> None:
        await self._fanout.stop()
        await self._database.stop()


class ByRows:
    """What is typed is written in groups, and others read the rows when they are told of them."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, pool_size=1)
        self._store = JournalStore(self._database, shared=True)
        self._waiting: list[JournalEntry] = []

    async def start(self) -> None:
        await self._database.start()
        self._task = asyncio.create_task(self._write())

    def say(self, message: bytes) -> None:
        self._waiting.append(JournalEntry(SESSION, None, 0, message))

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._store.close()
        await self._database.stop()

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_DELAY_S)
            if self._waiting:
                waiting, self._waiting = self._waiting, []
                await self._append(waiting)

    async def _append(self, entries: list[JournalEntry]) -> None:
        await self._store.append(entries)
        async with self._database.begin() as connection:
            await connection.execute(text(f"NOTIFY {CHANNEL}"))


class ByRedis:
    """Redis' publish and subscribe; what comes while a group is on its way makes the next one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._waiting: list[bytes] = []
        self._work = asyncio.Event()

    async def start(self) -> None:
        self._redis: Any = redis_library().Redis(port=self._port)
        await self._redis.ping()
        self._task = asyncio.create_task(self._speak())

    def say(self, message: bytes) -> None:
        self._waiting.append(message)
        self._work.set()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._redis.aclose()

    async def _speak(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            waiting, self._waiting = self._waiting, []
            stream = b"".join(len(each).to_bytes(4, "big") + each for each in waiting)
            await self._redis.publish(_REDIS_CHANNEL, stream)


async def listen_by_notify(url: str, hear: Callable[[bytes], None], ready: Any) -> None:
    """Hear as a replica does."""
    way = ByNotify(url, hear)
    await way.start()
    ready.set()
    await asyncio.Event().wait()


async def listen_by_rows(url: str, hear: Callable[[bytes], None], ready: Any) -> None:
    """Read the rows whenever PostgreSQL says that there are more."""
    database = Database(url, pool_size=1)
    await database.start()
    store = JournalStore(database)
    async with await database.connect() as connection:
        await connection.set_autocommit(True)
        await connection.execute(f"LISTEN {CHANNEL}")
        cursor = await connection.execute("SELECT 1")
        last = max((seq for _, seq, _ in await store.read_later({SESSION: 0})), default=0)
        await cursor.close()
        ready.set()
        async for _ in connection.notifies():
            for _, seq, data in await store.read_later({SESSION: last}):
                last = seq
                hear(data)


async def listen_by_redis(port: int, hear: Callable[[bytes], None], ready: Any) -> None:
    """Subscribe."""
    subscription = redis_library().Redis(port=port).pubsub(ignore_subscribe_messages=True)
    await subscription.subscribe(_REDIS_CHANNEL)
    await subscription.get_message(timeout=5)
    ready.set()
    async for message in subscription.listen():
        stream, at = message["data"], 0
        while at < len(stream):
            size = int.from_bytes(stream[at : at + 4], "big")
            hear(stream[at + 4 : at + 4 + size])
            at += 4 + size


def receive(listen: Callable[..., Any], where: Any, ready: Any, pipe: Connection) -> None:
    """Be one receiver: note how long each message took, and say so when asked to end."""
    delays = array("q")

    def hear(message: bytes) -> None:
        sent_ns = int.from_bytes(message[:_STAMP_BYTES], "big")
        delays.append(time.perf_counter_ns() - sent_ns)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        is_over = asyncio.Event()
        loop.add_reader(pipe.fileno(), is_over.set)
        over = asyncio.create_task(is_over.wait())
        before_s = sum(os.times()[:2])
        listening = asyncio.create_task(listen(where, hear, ready))
        await asyncio.wait([listening, over], return_when=asyncio.FIRST_COMPLETED)
        pipe.send((sum(os.times()[:2]) - before_s, delays))
        os._exit(0)

    uvloop.run(main())


@dataclass(frozen=True)
class Figures:
    """What one stretch came to; `cpu_ms` is per second, of all that took part."""

    p50_ms: float
    p99_ms: float
    heard: float
    speaker_cpu_ms: float
    broker_cpu_ms: float
    receivers_cpu_ms: float


async def speak(way: Way, rate: int) -> None:
    """Say messages at a steady rate."""
    await way.start()
    await asyncio.sleep(_SETTLE_S)
    count = int(rate * SECONDS)
    began = time.perf_counter()
    for number in range(count):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        stamp = time.perf_counter_ns().to_bytes(_STAMP_BYTES, "big")
        way.say(stamp + bytes(MESSAGE_BYTES - _STAMP_BYTES))
    await asyncio.sleep(_SETTLE_S)
    await way.stop()


def measure(
    make: Callable[[Any], Way], listen: Callable[..., Any], where: Any, rate: int, broker: int
) -> Figures:
    """Measure one way at one rate."""
    context = multiprocessing.get_context("spawn")
    receivers = []
    for _ in range(RECEIVERS):
        ready, (near, far) = context.Event(), context.Pipe()
        process = context.Process(target=receive, args=(listen, where, ready, far), daemon=True)
        process.start()
        receivers.append((process, ready, near))
    for _, ready, _ in receivers:
        if not ready.wait(30):
            raise RuntimeError("a receiver did not begin to listen")
    broker_before, own_before = cpu_s(broker), sum(os.times()[:2])
    uvloop.run(_speak(make, where, rate))
    broker_s, own_s = cpu_s(broker) - broker_before, sum(os.times()[:2]) - own_before
    delays: list[int] = []
    receivers_s = 0.0
    for process, _, near in receivers:
        near.send(None)
        used_s, heard = near.recv()
        receivers_s += used_s
        delays.extend(heard)
        process.join(10)
    delays.sort()
    return Figures(
        p50_ms=delays[len(delays) // 2] / 1e6,
        p99_ms=delays[int(len(delays) * 0.99)] / 1e6,
        heard=len(delays) / (int(rate * SECONDS) * RECEIVERS),
        speaker_cpu_ms=own_s / SECONDS * 1000,
        broker_cpu_ms=broker_s / SECONDS * 1000,
        receivers_cpu_ms=receivers_s / SECONDS * 1000,
    )


async def _speak(make: Callable[[Any], Way], where: Any, rate: int) -> None:
    await speak(make(where), rate)


def cpu_s(pid: int) -> float:
    """Return what a process and its children have computed."""
    process = psutil.Process(pid)
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    times = process.cpu_times()
    return total + float(times.children_user + times.children_system)


def redis_library() -> Any:
    """Return the package, which nothing else here needs."""
    return importlib.import_module("redis.asyncio")


def redis_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Run Redis without a disk; yields its port and process id, or nothing when it is not here."""
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("redis") is None:
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--port", f"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def main() -> None:
    """Print a table: medians over the rounds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codeinterview-")))
        folder.chmod(0o755)
        postgres = TcpPostgres(folder / "postgres")
        asyncio.run(postgres.create())
        postgres.start()
        stack.callback(postgres.stop)
        url = postgres.url()
        upgrade(url)
        _add_session(url)
        postmaster = next(
            each.pid for each in psutil.Process().children() if each.name() == "postgres"
        )
        ways: dict[str, Callable[[int], Figures]] = {
            "NOTIFY at once": partial(measure, ByNotify, listen_by_notify, url, broker=postmaster),
            "NOTIFY of rows": partial(measure, ByRows, listen_by_rows, url, broker=postmaster),
        }
        for port, pid in redis_server(folder):
            ways["Redis"] = partial(measure, ByRedis, listen_by_redis, port, broker=pid)
            _measure_all(ways)
            return
        print("Redis is left out: install redis-server and the Python package redis.")
        _measure_all(ways)


def _measure_all(ways: Mapping[str, Callable[..., Figures]]) -> None:
    found: dict[tuple[str, int], list[Figures]] = {}
    for _ in range(ROUNDS):
        for rate in RATES:
            for name, run in ways.items():
                found.setdefault((name, rate), []).append(run(rate=rate))
    print(
        "| way | messages/s | p50 ms | p99 ms | heard | CPU ms/s: speaker | broker | 3 receivers |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for rate in RATES:
        for name in ways:
            figures = found[name, rate]
            cells = [
                _median([getattr(each, field) for each in figures], digits)
                for field, digits in (
                    ("p50_ms", 2),
                    ("p99_ms", 2),
                    ("heard", 3),
                    ("speaker_cpu_ms", 0),
                    ("broker_cpu_ms", 0),
                    ("receivers_cpu_ms", 0),
                )
            ]
            print(f"| {name} | {rate} | " + " | ".join(cells) + " |")


def _median(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f}"


def _add_session(url: str) -> None:
    """Make the session that rows belong to."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sessions (id, title, language, creator_id, phase, locked, created_at,"
            " updated_at, expires_at, invite_generations)"
            " VALUES (%s, '', 'python', 'u', 'open', false, 0, 0, 0, '{}')",
            (SESSION,),
        )


if __name__ == "__main__":
    main()
