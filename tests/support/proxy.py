"""A TCP proxy whose cable can be cut and mended, between a browser and the server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Cable:
    """Carries bytes to one port while it is whole; resets everything when it is cut.

    Squeezed, it keeps what comes until it is let go: a network that stalls.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._whole = True
        self._carries = asyncio.Event()
        self._carries.set()
        self.port = 0

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Drop every connection and refuse new ones until `mend`."""
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        """Carry new connections again."""
        self._whole = True

    def squeeze(self) -> None:
        """Keep everything that comes from now on, whichever way it goes."""
        self._carries.clear()

    def let_go(self) -> None:
        """Carry what was kept, and what comes."""
        self._carries.set()

    async def stop(self) -> None:
        """End everything."""
        self.cut()
        self.let_go()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._open |= {writer, far_writer}
            try:
                await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
            finally:
                self._open -= {writer, far_writer}
                writer.transport.abort()
                far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._carries.wait()
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


@asynccontextmanager
async def cable_to(port: int) -> AsyncIterator[Cable]:
    """A whole cable to a loopback port."""
    cable = Cable(port)
    await cable.start()
    try:
        yield cable
    finally:
        await cable.stop()
