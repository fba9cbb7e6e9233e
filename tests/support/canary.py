"""A port that nobody should ever ask anything: it keeps whatever it is asked.

Chromium opens a connection ahead of a navigation, before it asks the policy whether to navigate;
nothing is sent over it, so a connection alone does not count.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.support.browser import INSECURE_HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Canary:
    """Keeps the first line of everything that it is asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.address = ""
        """HOST:PORT, as programs in the browser name it."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection; answers so that a browser would be content."""
        line = await reader.readline()
        if line:
            self.heard.append(line.decode(errors="replace").strip())
        writer.write(
            b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\r\n"
        )
        writer.close()


@asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """A canary on a free loopback port."""
    bird = Canary()
    server = await asyncio.start_server(bird.answer, "127.0.0.1", 0)
    bird.address = f"{INSECURE_HOST}:{server.sockets[0].getsockname()[1]}"
    try:
        yield bird
    finally:
        server.close()
        await server.wait_closed()
