"""The client of the server on a server that keeps connections open, as ours does."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.core.api import UNREACHABLE, ApiError, ServerApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT_S = 20.0
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"status": "ok"}'


class Doorkeeper:
    """Counts who is connected."""

    def __init__(self) -> None:
        self.origin = ""
        self.connected = 0
        self._changed = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(1)
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            await self._count(-1)

    async def until_alone(self) -> None:
        """Wait until nobody is connected."""
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(lambda: self.connected == 0)

    async def _count(self, step: int) -> None:
        async with self._changed:
            self.connected += step
            self._changed.notify_all()


@asynccontextmanager
async def doorkeeper() -> AsyncIterator[Doorkeeper]:
    keeper = Doorkeeper()
    server = await asyncio.start_server(keeper.serve, "127.0.0.1", 0)
    keeper.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield keeper
    finally:
        server.close()


@pytest.mark.parametrize("turns", range(16))
async def test_closing_while_something_is_asked_leaves_no_connection(turns: int) -> None:
    async with doorkeeper() as keeper:
        api = ServerApi(keeper.origin, None)
        asked = asyncio.create_task(api.health())
        # Not yet begun, connecting, connected, asked: each is so after some turns of the loop.
        for _ in range(turns):
            await asyncio.sleep(0)
        await api.aclose()
        (failure,) = await asyncio.gather(asked, return_exceptions=True)
        assert failure is None or isinstance(failure, ApiError)
        await keeper.until_alone()


async def test_a_closed_client_says_so_like_one_without_a_server() -> None:
    async with doorkeeper() as keeper:
        api = ServerApi(keeper.origin, None)
        await api.health()
        await api.aclose()
        with pytest.raises(ApiError) as refused:
            await api.health()
        assert refused.value.code == UNREACHABLE
