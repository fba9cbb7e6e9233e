"""What a running server takes: read from outside, and from the line that it logs when asked to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import psycopg
from tests.support.server import ServerProcess

from codeinterview_server.db.running import url_of_running

VITALS_S = 0.2
_VITALS = re.compile(r"vitals: tasks=(\d+) rooms=(\d+) unwritten=(\d+) blocks=(\d+)$", re.MULTILINE)
_TAIL_BYTES = 4096
_CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename IS NOT NULL
AND application_name = 'codeinterview'
"""
_MIB = 2**20


@dataclass(frozen=True)
class Sample:
    """One look at the server."""

    at_s: float
    """Since the gauges were made."""
    memory_mib: float
    """Resident, of the server's process."""
    blocks: int
    """Objects' memory as the interpreter counts it, in thousands of blocks."""
    files: int
    """Open file descriptors of the server's process: files, pipes, sockets."""
    tasks: int
    """Of asyncio, in the server's loop."""
    connections: int
    """To PostgreSQL."""
    rooms: int
    unwritten: int
    """Updates and small records that wait for PostgreSQL."""
    postgres_mib: float
    """What PostgreSQL's processes do not share with each other, together."""


@dataclass(frozen=True)
class Measure:
    """One thing to be flat."""

    name: str
    of: Callable[[Sample], float]


MEASURES = (
    Measure("server's memory (resident, MiB)", lambda at: at.memory_mib),
    Measure("server's objects (thousand blocks)", lambda at: at.blocks),
    Measure("open file descriptors", lambda at: at.files),
    Measure("asyncio tasks", lambda at: at.tasks),
    Measure("connections to PostgreSQL", lambda at: at.connections),
    Measure("rooms in memory", lambda at: at.rooms),
    Measure("waiting to be written", lambda at: at.unwritten),
    Measure("PostgreSQL's own memory (MiB)", lambda at: at.postgres_mib),
)


@dataclass
class Gauges:
    """Reads one server with the embedded PostgreSQL. Not part of what it measures."""

    server: ServerProcess
    _began_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        assert self.server.process is not None
        self._process = psutil.Process(self.server.process.pid)
        url = url_of_running(self.server.data_dir)
        assert url is not None, "the embedded PostgreSQL does not run"
        self.database_url = url
        self._connection = psycopg.connect(url, autocommit=True, application_name="gauges")

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def read(self) -> Sample:
        """Look now. What only the server can count is at most 0.2 s old."""
        tasks, rooms, unwritten, blocks = self._vitals()
        row = self._connection.execute(_CONNECTIONS).fetchone()
        assert row is not None
        return Sample(
            at_s=time.monotonic() - self._began_s,
            memory_mib=self._process.memory_info().rss / _MIB,
            blocks=blocks // 1000,
            files=self._process.num_fds(),
            tasks=tasks,
            connections=row[0],
            rooms=rooms,
            unwritten=unwritten,
            postgres_mib=sum(map(_own_bytes, self._postgres())) / _MIB,
        )

    def rooms(self) -> int:
        """How many rooms are in memory."""
        return self._vitals()[1]

    def cpu_s(self) -> tuple[float, float]:
        """What the server and PostgreSQL's present processes have used of processors so far."""
        return _cpu_s(self._process), sum(map(_cpu_s, self._postgres()))

    def _postgres(self) -> list[psutil.Process]:
        children: list[psutil.Process] = self._process.children(recursive=True)
        return children

    def _vitals(self) -> tuple[int, int, int, int]:
        log = self.server.data_dir.parent / f"{self.server.data_dir.name}.log"
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            found = _VITALS.findall(file.read().decode(errors="replace"))
        assert found, "the server's log has no line of vitals"
        tasks, rooms, unwritten, blocks = map(int, found[-1])
        return tasks, rooms, unwritten, blocks


def _own_bytes(process: psutil.Process) -> int:
    try:
        own: int = process.memory_full_info().uss
    except psutil.NoSuchProcess:
        # A worker of PostgreSQL's that was just done.
        return 0
    return own


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    spent_s: float = times.user + times.system
    return spent_s
