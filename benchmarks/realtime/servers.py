"""The servers that are measured: each started on loopback, with rooms made the way it wants."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg
from tests.support.server import Hosted, ServerProcess

from benchmarks.realtime.seats import Seat

if TYPE_CHECKING:
    from tests.support.tcp_postgres import TcpPostgres

_PEERS = Path(__file__).parent / "peers"
_JOINS_AT_ONCE = 20
_WRITTEN_S = 1.0
_DURABILITY = """
SELECT percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (
    ORDER BY extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000 - at_ms
)
FROM updates WHERE at_ms >= %s
"""
_SOURCES = 200
"""Loopback addresses that people come from: no address may have thousands of connections."""


class Server(ABC):
    """One server. `start` it, make `rooms`, `stop` it."""

    name: str
    keeps = False
    """Whether what was typed is there after a restart."""
    storing_s = 1.0
    """How long after the last one has left everything is stored."""

    @abstractmethod
    def start(self) -> None:
        """Return once it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End it in order."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """Of the process that people are connected to."""

    @abstractmethod
    async def rooms(self, count: int, people: int) -> list[list[Seat]]:
        """Make rooms and return the seats in each."""

    @abstractmethod
    def again(self, seat: Seat) -> Seat:
        """Return the same seat after a restart."""

    async def durability(self, since: float) -> dict[str, float]:
        """Return how long what came since then (as `time.time()`) took into the database."""
        return {}

    def memory_kb(self) -> float:
        """Return the resident memory of its process."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1024

    def cpu_s(self) -> float:
        """Return the seconds that its process has computed."""
        return float(sum(psutil.Process(self.pid).cpu_times()[:2]))


class CodeInterview(Server):
    """The product's server, writing every update to PostgreSQL."""

    name = "CodeInterview, PostgreSQL"
    keeps = True

    def __init__(self, folder: Path, postgres: TcpPostgres) -> None:
        self._database_url = postgres.url()
        self._process = ServerProcess(
            folder / "codeinterview",
            env={
                "CODEINTERVIEW_DATABASE_URL": postgres.url(),
                # Everybody comes from this machine.
                "CODEINTERVIEW_JOINS_PER_MINUTE": "1000000",
                "CODEINTERVIEW_SOCKETS_PER_ADDRESS": "100000",
            },
        )

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    @property
    def pid(self) -> int:
        assert self._process.process is not None
        return self._process.process.pid

    async def rooms(self, count: int, people: int) -> list[list[Seat]]:
        gate = asyncio.Semaphore(_JOINS_AT_ONCE)
        sources = itertools.cycle(f"127.0.1.{number}" for number in range(1, _SOURCES + 1))
        async with httpx.AsyncClient(
            base_url=f"{self._process.origin}/api/v1", timeout=60, trust_env=False
        ) as http:

            async def make() -> list[Seat]:
                async with gate:
                    return await self._make(http, people, sources)

            return await asyncio.gather(*(make() for _ in range(count)))

    def again(self, seat: Seat) -> Seat:
        _, path = seat.url.removeprefix("ws://").split("/", 1)
        return replace(seat, url=f"ws://127.0.0.1:{self._process.port}/{path}")

    async def durability(self, since: float) -> dict[str, float]:
        await asyncio.sleep(_WRITTEN_S)
        connection = await psycopg.AsyncConnection.connect(self._database_url)
        async with connection, connection.cursor() as cursor:
            await cursor.execute(_DURABILITY, (since * 1000,))
            (delays,) = await cursor.fetchone() or ((),)
        names = ("p50", "p99", "max")
        return {
            f"in PostgreSQL {name} ms": delay for name, delay in zip(names, delays, strict=True)
        }

    async def _make(
        self, http: httpx.AsyncClient, people: int, sources: itertools.cycle[str]
    ) -> list[Seat]:
        answer = await http.post(
            "/sessions",
            headers={"Authorization": f"Bearer {self._process.host_key}"},
            json={"creator": {"id": "host", "name": "Ines", "color": "0"}, "language": "python"},
        )
        body = answer.raise_for_status().json()
        hosted = Hosted(self._process.origin, body["data"]["id"], body["token"], body["invites"])
        tokens = [hosted.token]
        for number in range(1, people):
            answer = await http.post(
                f"/sessions/{hosted.id}/join",
                json={
                    "user": {"id": f"p{number}", "name": f"Person {number}", "color": "1"},
                    "invite": hosted.invites["interviewer"],
                },
            )
            tokens.append(answer.raise_for_status().json()["token"])
        origin = self._process.origin.replace("http://", "ws://")
        return [
            Seat(f"{origin}/ws/sessions/{hosted.id}?token={token}", next(sources))
            for token in tokens
        ]


class NodeServer(Server):
    """One of the peers: the `server.mjs` of a folder beside this file."""

    def __init__(self, peer: str, arguments: tuple[str, ...] = ()) -> None:
        self._home = _PEERS / peer
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._made = itertools.count()
        self._port = 0

    def start(self) -> None:
        self._port = _free_port()
        self._process = subprocess.Popen(
            ["node", "server.mjs", str(self._port), *self._arguments],
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
            text=True,
            cwd=self._home,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.strip() != "ready":
            raise RuntimeError(
                f"{self.name} said {line!r} instead of ready; run `make bench-peers`"
            )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            assert self._process.stdout is not None
            self._process.stdout.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def rooms(self, count: int, people: int) -> list[list[Seat]]:
        names = [f"room-{next(self._made)}" for _ in range(count)]
        return [[self._seat(name)] * people for name in names]

    @abstractmethod
    def _seat(self, name: str) -> Seat:
        """Return a seat in the room of that name."""

    def again(self, seat: Seat) -> Seat:
        name = seat.prefix[1:].decode() or seat.url.rsplit("/", 1)[1]
        return self._seat(name)


class YWebsocket(NodeServer):
    """y-websocket's server."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.keeps = folder is not None
        self.name = "y-websocket, LevelDB" if folder else "y-websocket, memory"
        super().__init__("y-websocket", () if folder is None else (str(folder),))

    def _seat(self, name: str) -> Seat:
        return Seat(f"ws://127.0.0.1:{self._port}/{name}")


class Hocuspocus(NodeServer):
    """Hocuspocus."""

    # It stores a document two seconds after the last change, or ten seconds at most.
    storing_s = 4.0

    def __init__(self, database_url: str | None = None) -> None:
        self.keeps = database_url is not None
        self.name = "Hocuspocus, PostgreSQL" if database_url else "Hocuspocus, memory"
        super().__init__("hocuspocus", () if database_url is None else (database_url,))

    def _seat(self, name: str) -> Seat:
        prefix = bytes((len(name),)) + name.encode()
        # Message 2 is authentication, its kind 0 a token, here an empty one.
        return Seat(
            f"ws://127.0.0.1:{self._port}/", prefix=prefix, first=(prefix + b"\x02\x00\x00",)
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh(folder: Path) -> Path:
    """Return the folder, emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    return folder
