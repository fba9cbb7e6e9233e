"""The proxy's configuration in docs/scaling.md: nginx takes it, and leads by the session's id."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from tests.support.nginx import Nginx

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"


class Upstream:
    """Notes what it was asked for, and answers nothing."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.paths.append((await reader.readuntil(b"\r\n\r\n")).decode().split()[1])
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    @property
    def sessions(self) -> set[str]:
        return {path.split("sessions/")[1][:8] for path in self.paths}


async def test_everybody_of_a_session_is_led_to_the_same_replica(data_dir: Path) -> None:
    configuration = PAGE.read_text().split("```nginx\n")[1].split("```")[0]
    replicas = [Upstream() for _ in range(3)]
    async with AsyncExitStack() as stack:
        for number, replica in enumerate(replicas, 11):
            server = await asyncio.start_server(replica.answer, "127.0.0.1", 0)
            stack.callback(server.close)
            port = server.sockets[0].getsockname()[1]
            configuration = configuration.replace(f"10.0.0.{number}:8765", f"127.0.0.1:{port}")
        nginx = Nginx(data_dir, http=configuration, listens="443 ssl")
        stack.callback(nginx.stop)
        await asyncio.to_thread(nginx.start)
        async with httpx.AsyncClient(base_url=nginx.origin, trust_env=False) as http:
            for number in range(20):
                await http.get(f"/api/v1/sessions/{number:08x}/join")
                await http.get(f"/ws/sessions/{number:08x}?token=x")
    assert all(replica.paths for replica in replicas), "one has nothing to do"
    assert sum(len(replica.sessions) for replica in replicas) == 20, "a session is on two replicas"
    assert sum(len(replica.paths) for replica in replicas) == 40
