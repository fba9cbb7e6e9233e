"""Three replicas behind a real nginx, with the people of one session spread over them."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import psutil
from tests.support.nginx import Nginx
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tests.faults.trial import Trial

PEOPLE = 6


class Fleet:
    """Replicas as processes of their own, reached by one address; as `trial.Server` has it."""

    def __init__(self, data_dir: Path, database_url: str, count: int = 3) -> None:
        self.host_key = secrets.token_urlsafe(32)
        env = {
            "CODEINTERVIEW_JOINS_PER_MINUTE": "10000",
            "CODEINTERVIEW_DATABASE_URL": database_url,
            "CODEINTERVIEW_REPLICAS": "1",
            "CODEINTERVIEW_TRUSTED_PROXIES": "127.0.0.1",
        }
        self.replicas: list[ServerProcess] = []
        for n in range(count):
            folder = data_dir.with_name(f"{data_dir.name}-{n}")
            folder.mkdir(mode=0o700)
            replica = ServerProcess(folder, env=env)
            replica.host_key = self.host_key
            self.replicas.append(replica)
        self._folder = data_dir
        self.origin = ""

    def kill(self) -> None:
        """End all of them with SIGKILL."""
        for replica in self.replicas:
            replica.kill()

    def start(self) -> Fleet:
        """Return once all of them are ready."""
        for replica in self.replicas:
            replica.start()
        return self

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Fleet]:
        """All of them and nginx, from their start to their end, which must be in order."""
        try:
            await asyncio.to_thread(self.start)
            nginx = Nginx(self._folder, [f"127.0.0.1:{each.port}" for each in self.replicas])
            try:
                await asyncio.to_thread(nginx.start)
                self.origin = nginx.origin
                yield self
            finally:
                await asyncio.to_thread(nginx.stop)
        finally:
            statuses = [
                await asyncio.to_thread(each.stop)
                for each in self.replicas
                if each.process is not None
            ]
        assert set(statuses) == {0}

    def sockets(self) -> Sequence[int]:
        """How many connections each replica has."""
        return [_connections(replica) for replica in self.replicas]

    async def codes(self, room: Trial) -> set[str]:
        """What each replica says to be the code."""
        found: set[str] = set()
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            for replica in self.replicas:
                answer = await http.get(
                    f"{replica.origin}/api/v1/sessions/{room.room.id}",
                    headers={"Authorization": f"Bearer {self.host_key}"},
                )
                answer.raise_for_status()
                found.add(answer.json()["data"]["code"])
        return found


def _connections(replica: ServerProcess) -> int:
    assert replica.process is not None
    if replica.process.poll() is not None:
        return 0
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.laddr.port == replica.port
        for each in psutil.Process(replica.process.pid).net_connections("tcp")
    )
