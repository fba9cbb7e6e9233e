"""Each fault: what is done to a running interview, how often, and what is left of it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import psutil
from tests.faults.breaker import Break, breaker_to
from tests.faults.pace import pace
from tests.faults.report import Row
from tests.faults.trial import trial
from tests.support.server import ServerProcess
from tests.support.tcp_postgres import TcpPostgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

KEYSTROKES_PER_S = 15.0
"""Of each person: faster than anybody types, slower than a machine would."""
_ENV = {"CODEINTERVIEW_JOINS_PER_MINUTE": "10000"}


@asynccontextmanager
async def running(data_dir: Path, **env: str) -> AsyncIterator[ServerProcess]:
    """A server of one row's own."""
    server = ServerProcess(data_dir, env={**_ENV, **env})
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        assert await asyncio.to_thread(server.stop) == 0


@asynccontextmanager
async def external_postgres(data_dir: Path) -> AsyncIterator[TcpPostgres]:
    """A running PostgreSQL that the server does not own."""
    postgres = TcpPostgres(data_dir)
    await postgres.create()
    await asyncio.to_thread(postgres.start)
    try:
        yield postgres
    finally:
        await asyncio.to_thread(postgres.stop)


async def server_killed(data_dir: Path, times: int) -> Row:
    """The server is killed while people type, and started again."""
    rng = random.Random(1)
    async with running(data_dir) as server, trial(server) as room:
        room.at_work(KEYSTROKES_PER_S)
        for _ in range(times):
            await room.type_for(rng.randrange(10, 60))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await room.all_here()
        return await room.verdict("server killed (-9) and started again", times)


async def embedded_postgres_killed(data_dir: Path, times: int) -> Row:
    """The embedded PostgreSQL is killed while people type; the server starts it again."""
    async with running(data_dir) as server, trial(server) as room:
        room.at_work(KEYSTROKES_PER_S)
        for _ in range(times):
            await room.type_for(30)
            os.kill(_postmaster(server).pid, signal.SIGKILL)
            await room.until(lambda: room.people[0].saved == "unsaved", "it said to be unsaved")
            await room.until(lambda: room.people[0].saved == "saved", "it said to be saved again")
        return await room.verdict("embedded PostgreSQL killed (-9)", times)


def _postmaster(server: ServerProcess) -> psutil.Process:
    assert server.process is not None
    return next(
        child
        for child in psutil.Process(server.process.pid).children(recursive=True)
        if child.name() == "postgres" and child.parent().name() != "postgres"
    )


async def external_postgres_stopped(data_dir: Path, times: int, away_s: float) -> Row:
    """Somebody restarts the team's PostgreSQL; in the meantime a person drops and comes back."""
    async with external_postgres(data_dir.with_name(f"{data_dir.name}-pg")) as postgres:
        url = postgres.url()
        async with (
            running(data_dir, CODEINTERVIEW_DATABASE_URL=url) as server,
            trial(server) as room,
        ):
            room.at_work(KEYSTROKES_PER_S)
            for _ in range(times):
                await room.type_for(30)
                await asyncio.to_thread(postgres.stop)
                await room.until(lambda: room.people[0].saved == "unsaved", "it said so")
                room.people[-1].unplug()
                await pace(away_s)
                room.people[-1].plug_in()
                await room.all_here()
                await asyncio.to_thread(postgres.start)
                await room.until(lambda: room.people[0].saved == "saved", "saved again")
            fault = f"external PostgreSQL stopped for {away_s:.0f} s"
            return await room.verdict(fault, times)


async def commit_interrupted(data_dir: Path, times: int) -> Row:
    """The connection to the database breaks within a commit, before or after it was done."""
    async with (
        external_postgres(data_dir.with_name(f"{data_dir.name}-pg")) as postgres,
        breaker_to(postgres.port) as breaker,
        running(data_dir, CODEINTERVIEW_DATABASE_URL=postgres.url(breaker.port)) as server,
        trial(server) as room,
    ):
        room.at_work(KEYSTROKES_PER_S)
        for n in range(times):
            await room.type_for(10)
            async with asyncio.timeout(30):
                await breaker.break_during_next_write(list(Break)[n % 2])
        return await room.verdict("database connection lost within a commit", times)


async def reconnect_storm(data_dir: Path, rooms: int, people: int) -> Row:
    """The server is killed under many people, who all come back at once."""
    async with running(data_dir) as server:
        contexts = [trial(server, people=people, seed=n) for n in range(rooms)]
        trials = [await context.__aenter__() for context in contexts]
        try:
            for room in trials:
                room.at_work(0.5)
            await asyncio.gather(*(room.type_for(people) for room in trials))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await asyncio.gather(*(room.all_here() for room in trials))
            texts = [await room.settle() for room in trials]
            lost = sum(room.keys.lost(text) for room, text in zip(trials, texts, strict=True))
            for room, text in zip(trials, texts, strict=True):
                assert (await room.room.call("GET"))["data"]["code"] == text
        finally:
            for context in reversed(contexts):
                await context.__aexit__(None, None, None)
        typed = sum(room.keys.typed for room in trials)
        pause_s = max(room.keys.longest_pause_s for room in trials)
        return Row("reconnect storm after a kill (-9)", 1, rooms * people, typed, lost, pause_s)


async def server_suspended(data_dir: Path, times: int, away_s: float) -> Row:
    """The interviewer's laptop sleeps: everything on it stands still, and goes on."""
    async with running(data_dir) as server, trial(server) as room:
        room.at_work(KEYSTROKES_PER_S)
        for _ in range(times):
            await room.type_for(30)
            with _asleep(server):
                await pace(away_s)
            await room.hear_each_other()
        fault = f"server suspended (SIGSTOP) for {away_s:.0f} s"
        return await room.verdict(fault, times)


@contextmanager
def _asleep(server: ServerProcess) -> Iterator[None]:
    assert server.process is not None
    processes = [psutil.Process(server.process.pid)]
    processes += processes[0].children(recursive=True)
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


async def disk_full(data_dir: Path, times: int, away_s: float) -> Row:
    """The disk under the data directory fills up, and is freed again."""
    mount = data_dir.with_name(f"{data_dir.name}-disk")
    mount.mkdir(mode=0o755)
    with ExitStack() as stack:
        stack.enter_context(_small_disk(mount, "160m"))
        directory = mount / "data"
        directory.mkdir(mode=0o700)
        filler = mount / "filler"
        async with running(directory) as server, trial(server) as room:
            room.at_work(KEYSTROKES_PER_S)
            for _ in range(times):
                await room.type_for(30)
                _fill(filler)
                await room.until(lambda: room.people[0].saved == "unsaved", "it said so")
                await pace(away_s)
                filler.unlink()
                await room.until(lambda: room.people[0].saved == "saved", "saved again")
            return await room.verdict("disk full in the data directory", times)


@contextmanager
def _small_disk(mount: Path, size: str) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(mount)],
                   check=True)  # fmt: skip
    try:
        yield
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
