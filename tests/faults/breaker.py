"""A cable to the database that breaks in the middle of what it carries."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_WORTHWHILE_BYTES = 200
"""A question of this size writes something; smaller ones are the pool's pings."""


class Break(Enum):
    """What is lost with the connection."""

    HALF_A_QUESTION = auto()
    """The database never understands what it was asked."""
    THE_ANSWER = auto()
    """The database has committed, and nobody hears of it."""


class Breaker:
    """Carries bytes between the server and the database, and breaks when it is armed."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._armed: Break | None = None
        self._broken = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End everything."""
        for writer in self._open:
            writer.transport.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def break_during_next_write(self, how: Break) -> None:
        """Return once a connection was lost in the middle of a write."""
        self._broken.clear()
        self._armed = how
        await self._broken.wait()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
            line = _Line(self, writer, far_writer)
            self._open |= {writer, far_writer}
            try:
                await asyncio.gather(line.ask(reader), line.answer(far_reader))
            finally:
                self._open -= {writer, far_writer}
                writer.transport.abort()
                far_writer.transport.abort()

    def take(self) -> Break | None:
        """Tell whether and how the next write is to break, once."""
        armed, self._armed = self._armed, None
        return armed

    def broke(self) -> None:
        """Note that it has happened."""
        self._broken.set()


class _Line:
    """One connection through the cable."""

    def __init__(
        self, breaker: Breaker, near: asyncio.StreamWriter, far: asyncio.StreamWriter
    ) -> None:
        self._breaker = breaker
        self._near = near
        self._far = far
        self._swallow_answer = False

    async def ask(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            if len(data) >= _WORTHWHILE_BYTES:
                how = self._breaker.take()
                if how is Break.HALF_A_QUESTION:
                    self._far.write(data[: len(data) // 2])
                    await self._far.drain()
                    self._end()
                self._swallow_answer = self._swallow_answer or how is Break.THE_ANSWER
            self._far.write(data)
            await self._far.drain()
        self._far.transport.abort()

    async def answer(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            if self._swallow_answer:
                self._end()
            self._near.write(data)
            await self._near.drain()
        self._near.transport.abort()

    def _end(self) -> None:
        self._near.transport.abort()
        # What was written so far still reaches the database, as after a cut on this side.
        self._far.close()
        self._breaker.broke()
        raise ConnectionAbortedError


@asynccontextmanager
async def breaker_to(port: int) -> AsyncIterator[Breaker]:
    """A cable to a loopback port."""
    breaker = Breaker(port)
    await breaker.start()
    try:
        yield breaker
    finally:
        await breaker.stop()
