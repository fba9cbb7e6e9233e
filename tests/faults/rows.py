"""Each fault: what is done to a running interview, how often, and what is left of it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tests.faults.breaker import Break, breaker_to
from tests.faults.cable import BadCable, Weather, bad_cable, inside
from tests.faults.pace import pace
from tests.faults.replicas import PEOPLE, Fleet
from tests.faults.report import Row
from tests.faults.trial import Trial, trial
from tests.support.server import ServerProcess
from tests.support.tcp_postgres import TcpPostgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.faults.typist import Typist

KEYSTROKES_PER_S = 15.0
"""Of each person: faster than anybody types, slower than a machine would."""
_CLOCK = Path(__file__).with_name("clock")
_SPREAD_ATTEMPTS = 20
_ENV = {"CODEINTERVIEW_JOINS_PER_MINUTE": "10000"}


@asynccontextmanager
async def running(data_dir: Path, **env: str) -> AsyncIterator[ServerProcess]:
    """A server of one row's own."""
    async with started(ServerProcess(data_dir, env={**_ENV, **env})) as server:
        yield server


@asynccontextmanager
async def started(server: ServerProcess) -> AsyncIterator[ServerProcess]:
    """A server from its start to its end, which must be in order."""
    try:
        # A start that is given up leaves a process as well.
        await asyncio.to_thread(server.start)
        yield server
    finally:
        status = await asyncio.to_thread(server.stop)
    assert status == 0


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
            # Retries that break as well are another fault: the database away.
            await room.until(lambda: room.people[0].saved == "saved", "saved again")
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
        # Nothing of the other rows' is on it, so that only this one runs out.
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


async def clock_jumped(data_dir: Path, jumps_s: tuple[int, ...]) -> Row:
    """The clock of the server's machine is set while people type."""
    clock = data_dir.with_name(f"{data_dir.name}-clock")
    await asyncio.to_thread(clock.write_text, "0")
    env = {"PYTHONPATH": str(_CLOCK), "CODEINTERVIEW_TEST_CLOCK": str(clock)}
    async with running(data_dir, **env) as server, trial(server) as room:
        room.at_work(KEYSTROKES_PER_S)
        for jump_s in jumps_s:
            await room.type_for(30)
            # In one step, so that it is never read half-written.
            new = clock.with_suffix(".new")
            await asyncio.to_thread(new.write_text, str(jump_s))
            await asyncio.to_thread(new.replace, clock)
            await room.type_for(30)
            await room.hear_each_other()
            health = await asyncio.to_thread(server.api, "GET", "/health")
            assert abs(health["timestamp"] / 1000 - time.time() - jump_s) < 60
        return await room.verdict("server's clock jumped by hours", len(jumps_s))


async def network_one_way(data_dir: Path, times: int, away_s: float) -> Row:
    """What the server sends is lost, what the clients send arrives."""

    async def spoil(room: Trial, cable: BadCable) -> None:
        for _ in range(times):
            await room.type_for(30)
            cable.weather = Weather(one_way=True)
            await pace(away_s)
            cable.weather = Weather()
            await room.hear_each_other()

    fault = f"one-way network for {away_s:.0f} s between namespaces"
    return await _over_bad_cable(data_dir, spoil, fault, times)


async def network_slow_and_lossy(data_dir: Path, keystrokes: int) -> Row:
    """Half a second each way, unevenly, and every twentieth packet lost."""

    async def spoil(room: Trial, cable: BadCable) -> None:
        cable.weather = Weather(delay_s=0.5, jitter_s=0.2, loss=0.05)
        await room.type_for(keystrokes)
        await room.hear_each_other()
        assert cable.lost > 0
        cable.weather = Weather()

    return await _over_bad_cable(data_dir, spoil, "500 ± 200 ms and 5 % loss between namespaces", 1)


async def _over_bad_cable(
    data_dir: Path, spoil: Callable[[Trial, BadCable], Awaitable[None]], fault: str, times: int
) -> Row:
    async with bad_cable(seed=1) as cable:
        host = cable.server
        server = ServerProcess(data_dir, host=host.address, wrapper=host.wrapper, env=_ENV)
        async with started(server):
            with inside(cable.clients.namespace):
                async with trial(server) as room:
                    room.at_work(KEYSTROKES_PER_S)
                    await spoil(room, cable)
                    return await room.verdict(fault, times)


async def two_servers(data_dir: Path, times: int) -> Row:
    """A second server is pointed at the same database, and takes over when the first dies."""
    directories = [data_dir, data_dir.with_name(f"{data_dir.name}-2")]
    await asyncio.to_thread(directories[1].mkdir, 0o700)
    async with external_postgres(data_dir.with_name(f"{data_dir.name}-pg")) as postgres:
        env = {**_ENV, "CODEINTERVIEW_DATABASE_URL": postgres.url()}
        servers = [ServerProcess(each, env=env) for each in directories]
        servers[1].host_key = servers[0].host_key
        async with AsyncExitStack() as stack:
            for server in servers:
                await stack.enter_async_context(started(server))
            room = await stack.enter_async_context(trial(servers[0]))
            room.at_work(KEYSTROKES_PER_S)
            for n in range(times):
                here, there = servers[n % 2], servers[1 - n % 2]
                await room.type_for(30)
                # One person is led astray, and let in only when the session has moved.
                room.move_to(there)
                await _be_turned_away(room, room.people[-1])
                await room.type_for(30)
                await asyncio.to_thread(here.kill)
                await room.all_here()
                await room.type_for(30)
                await asyncio.to_thread(here.start)
            return await room.verdict("two servers on one database, the first killed", times)


async def replica_killed(data_dir: Path, times: int) -> Row:
    """Of three replicas behind nginx, with people on each, one after the other is killed."""
    async with external_postgres(data_dir.with_name(f"{data_dir.name}-pg")) as postgres:
        fleet = Fleet(data_dir, postgres.url())
        async with fleet.running(), trial(fleet, people=PEOPLE) as room:
            room.at_work(KEYSTROKES_PER_S / 3)
            for n in range(times):
                await room.type_for(30)
                await _spread(room, fleet)
                killed = fleet.replicas[n % len(fleet.replicas)]
                await asyncio.to_thread(killed.kill)
                await room.type_for(30)
                await room.all_here()
                await room.hear_each_other()
                await asyncio.to_thread(killed.start)
            text = await room.settle()
            assert await fleet.codes(room) == {text}, "a replica has another text"
            return await room.verdict("one of three replicas behind nginx killed (-9)", times)


async def _spread(room: Trial, fleet: Fleet) -> None:
    """Have people on every replica: whoever comes is led to the next one that is up."""
    for _ in range(_SPREAD_ATTEMPTS):
        await room.all_here()
        if min(fleet.sockets()) > 0:
            return
        for person in room.people:
            person.unplug()
            person.plug_in()
    raise AssertionError(f"nobody is on one of the replicas: {fleet.sockets()}")


async def _be_turned_away(room: Trial, person: Typist) -> None:
    """Come to a server while another one has the session open."""
    person.reasons.clear()
    person.unplug()
    person.plug_in()
    await room.until(lambda: bool(person.reasons) or person.is_synced, "an answer of the other one")
    assert not person.is_synced, "two servers have one session open"
    assert person.reasons == ["open_elsewhere"]
