"""What one server process carries, and what three replicas do on the same PostgreSQL.

Three people in each room, each typing ten characters a second. The replicas are measured twice:
with the people of a room on the same replica, as a proxy does that goes by the session's id, and
with the people of every room on all three, which is the most that replicas can have to tell each
other. Everything shares one machine with the crowd, so look at the CPU for each update: rates are
bound by what else the cores do. Run it with `make bench-full`.
"""

from __future__ import annotations

import asyncio
import itertools
import platform
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import uvloop
from tests.support.server import ServerProcess
from tests.support.tcp_postgres import TcpPostgres

from benchmarks.realtime.crowd import Crowd
from benchmarks.realtime.servers import CodeInterview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.realtime.seats import Seat

ROUNDS = 3
PEOPLE = 3
RATE = 10.0
STEPS = (25, 100, 200)
"""Rooms; a shape is done with when not everything arrives."""
SECONDS = 5.0
_WARM_S = 1.0
_KEY = "key-of-the-benchmark"


class Shape(CodeInterview):
    """One server or several, with people led to them in one way.

    Args:
        folder: Where they keep their data.
        postgres: The database that they share.
        replicas: How many there are; a single one is none.
        together: Whether the people of a room are on the same one.
    """

    def __init__(self, folder: Path, postgres: TcpPostgres, replicas: int, *, together: bool):
        super().__init__(folder, postgres)
        self._together = together
        self._postgres = postgres
        self._all = [self._process]
        if replicas > 1:
            self._process.env["CODEINTERVIEW_REPLICAS"] = "1"
        self._process.host_key = _KEY
        for number in range(1, replicas):
            other = ServerProcess(folder / f"replica-{number}", env=self._process.env)
            other.host_key = _KEY
            self._all.append(other)

    def start(self) -> None:
        for each in self._all:
            each.data_dir.mkdir(mode=0o700, exist_ok=True)
            each.start()

    def stop(self) -> None:
        for each in self._all:
            each.stop()

    async def rooms(self, count: int, people: int) -> list[list[Seat]]:
        """Make rooms, and lead the people to the replicas."""
        turns = itertools.cycle(self._all)
        led: list[list[Seat]] = []
        for seats in await super().rooms(count, people):
            replica = next(turns)
            places: list[Seat] = []
            for seat in seats:
                _, path = seat.url.removeprefix("ws://").split("/", 1)
                places.append(replace(seat, url=f"ws://127.0.0.1:{replica.port}/{path}"))
                if not self._together:
                    replica = next(turns)
            led.append(places)
        return led

    def cpu_s(self) -> float:
        """Return the seconds that all of them have computed."""
        return sum(map(_cpu_s, self._pids()))

    def postgres_cpu_s(self) -> float:
        """Return the seconds that PostgreSQL has computed."""
        postmaster = next(
            each
            for each in psutil.Process().children()
            if each.name() == "postgres" and each.is_running()
        )
        times = postmaster.cpu_times()
        total = float(times.children_user + times.children_system)
        for each in (postmaster, *postmaster.children()):
            total += _cpu_s(each.pid)
        return total

    def memory_mb(self) -> float:
        """Return the resident memory of all of them."""
        return float(sum(psutil.Process(pid).memory_info().rss for pid in self._pids())) / 2**20

    def _pids(self) -> list[int]:
        return [each.process.pid for each in self._all if each.process is not None]


@dataclass(frozen=True)
class Figures:
    """One stretch of typing: so many rooms, and what it cost."""

    rooms: int
    p50_ms: float
    p99_ms: float
    is_complete: bool
    rate: float
    server_us: float
    """Of CPU for each update, in all servers together."""
    postgres_us: float
    memory_mb: float
    crowd_cpu: float


async def measure(shape: Shape, rooms: int) -> Figures:
    """Let people type for a while."""
    crowd = Crowd(await shape.rooms(rooms, PEOPLE))
    await crowd.arrive()
    await crowd.type(RATE, _WARM_S)
    server_s, postgres_s = shape.cpu_s(), shape.postgres_cpu_s()
    typed = await crowd.type(RATE, SECONDS)
    updates = rooms * PEOPLE * round(RATE * SECONDS)
    figures = Figures(
        rooms,
        typed.p50_ms,
        typed.p99_ms,
        typed.is_complete,
        typed.rate,
        (shape.cpu_s() - server_s) / updates * 1e6,
        (shape.postgres_cpu_s() - postgres_s) / updates * 1e6,
        shape.memory_mb(),
        typed.own_cpu,
    )
    crowd.leave()
    return figures


def measure_all(folder: Path, postgres: TcpPostgres, name: str) -> list[Figures]:
    """Measure one shape with more and more rooms, for as long as it keeps up."""
    count, together = SHAPES[name]
    found: list[Figures] = []
    for rooms in STEPS:
        _empty(postgres.url())
        with tempfile.TemporaryDirectory(dir=folder) as own:
            Path(own).chmod(0o755)
            shape = Shape(Path(own), postgres, count, together=together)
            try:
                shape.start()
                figures = uvloop.run(measure(shape, rooms))
            finally:
                shape.stop()
        print(f"{name}: {figures}", file=sys.stderr, flush=True)
        found.append(figures)
        if not figures.is_complete:
            break
    return found


SHAPES = {
    "one process": (1, True),
    "three, each room on one": (3, True),
    "three, each room on all": (3, False),
}


def main() -> None:
    """Print a table: medians over the rounds."""
    found: dict[tuple[str, int], list[Figures]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codeinterview-")))
        folder.chmod(0o755)
        postgres = TcpPostgres(folder / "postgres")
        asyncio.run(postgres.create())
        postgres.start()
        stack.callback(postgres.stop)
        for _ in range(ROUNDS):
            for name in SHAPES:
                for figures in measure_all(folder, postgres, name):
                    found.setdefault((name, figures.rooms), []).append(figures)
    print(f"{psutil.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()};")
    print(f"{PEOPLE} people a room, {RATE:g} characters a second each; medians of {ROUNDS}\n")
    print("| shape | rooms | updates/s | p50 ms | p99 ms | servers, µs | PostgreSQL, µs | MB |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for (name, rooms), rounds in found.items():
        late = "" if all(each.is_complete for each in rounds) else " (not all arrived)"
        cells = [
            _median([each.rate for each in rounds], 0),
            _median([each.p50_ms for each in rounds], 1),
            _median([each.p99_ms for each in rounds], 1) + late,
            _median([each.server_us for each in rounds], 0),
            _median([each.postgres_us for each in rounds], 0),
            _median([each.memory_mb for each in rounds], 0),
        ]
        print(f"| {name} | {rooms} | " + " | ".join(cells) + " |")


def _median(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):,.{digits}f}"


def _cpu_s(pid: int) -> float:
    return float(sum(psutil.Process(pid).cpu_times()[:2]))


def _empty(url: str) -> None:
    """Forget the sessions of the stretch before: their number is bounded."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT to_regclass('sessions')").fetchone()
        if row is not None and row[0] is not None:
            connection.execute("TRUNCATE sessions, updates CASCADE")


if __name__ == "__main__":
    main()
