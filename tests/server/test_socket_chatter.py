"""What a socket may say that never reaches a room: pings, pongs and small pieces of messages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from tests.server.served import served
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from websockets.asyncio.client import ClientConnection

    Chatter = Callable[[ClientConnection, int], Awaitable[None]]

TIMEOUT_S = 20.0
AT_ONCE = Limits().chatter_per_s * 10
"""What is saved up for somebody who was quiet."""
FLOOD = 100_000
PING = b"\x89\x80\x00\x00\x00\x00"
PONG = b"\x8a\x00"
GONE = b"gone"

_ends: asyncio.Queue[bytes] = asyncio.Queue()


async def _echo(websocket: Any) -> None:
    await websocket.accept()
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        await websocket.send_text(message["text"])
    _ends.put_nowait(GONE)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    while not _ends.empty():
        _ends.get_nowait()
    async with served(Starlette(routes=[WebSocketRoute("/ws", _echo)])) as origin:
        yield origin.replace("http", "ws", 1) + "/ws"


async def ping(websocket: ClientConnection, times: int) -> None:
    for _ in range(times):
        await websocket.ping()


async def pong(websocket: ClientConnection, times: int) -> None:
    for _ in range(times):
        await websocket.pong()


async def send_in_empty_pieces(websocket: ClientConnection, times: int) -> None:
    await websocket.send(["x", *[""] * times])


async def send_in_small_pieces(websocket: ClientConnection, times: int) -> None:
    await websocket.send(["x", *["x" * 500] * times])


CHATTER = [ping, pong, send_in_empty_pieces, send_in_small_pieces]


@pytest.mark.parametrize("chatter", CHATTER)
async def test_who_only_chatters_is_dropped_with_a_code(url: str, chatter: Chatter) -> None:
    async with connect(url, proxy=None) as websocket:
        with suppress(ConnectionClosed):
            await chatter(websocket, 5 * AT_ONCE)
        async with asyncio.timeout(TIMEOUT_S):
            await websocket.wait_closed()
            # Nobody is left waiting for somebody who is not heard any more.
            assert await _ends.get() == GONE
        assert (websocket.close_code, websocket.close_reason) == (4429, "too_many")


@pytest.mark.parametrize("chatter", CHATTER)
async def test_who_chatters_a_little_stays(url: str, chatter: Chatter) -> None:
    async with connect(url, proxy=None) as websocket:
        await chatter(websocket, AT_ONCE // 2)
        await websocket.send("still here")
        async with asyncio.timeout(TIMEOUT_S):
            while await websocket.recv() != "still here":
                pass


async def test_large_pieces_are_no_chatter(url: str) -> None:
    text = ["x" * 1024] * (2 * AT_ONCE)
    async with connect(url, proxy=None) as websocket:
        await websocket.send(text)
        async with asyncio.timeout(TIMEOUT_S):
            assert await websocket.recv() == "".join(text)


async def test_what_follows_a_flood_is_not_answered(url: str) -> None:
    """Nor what comes before the handshake is over."""
    address = url.removeprefix("ws://").removesuffix("/ws")
    host, _, port = address.partition(":")
    head = (
        f"GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    for together in (True, False):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head)
        heard = b""
        async with asyncio.timeout(TIMEOUT_S):
            if not together:
                heard = await reader.readuntil(b"\r\n\r\n")
            writer.write(PING * FLOOD)
            with suppress(ConnectionError):
                while data := await reader.read(65536):
                    heard += data
            # What was read along with the last one that was allowed is answered.
            assert heard.count(PONG) < FLOOD // 10
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def test_answers_that_nobody_reads_do_not_pile_up(url: str) -> None:
    async with connect(url, proxy=None, close_timeout=1) as websocket:
        websocket.transport.pause_reading()
        # Far more than the system holds for a connection.
        websocket.transport.write((b"\x89\xfd\x00\x00\x00\x00" + b"x" * 125) * FLOOD)
        async with asyncio.timeout(TIMEOUT_S):
            assert await _ends.get() == GONE
        websocket.transport.abort()


async def test_a_message_that_never_ends_is_not_gathered(url: str) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 64 * 1024
            yield b"x" * 64 * 1024

    async with connect(url, proxy=None) as websocket:
        with suppress(ConnectionClosed):
            async with asyncio.timeout(TIMEOUT_S):
                await websocket.send(pieces())
        assert websocket.close_code == 1009
    # What is on its way, in the buffers of both sides, comes on top.
    assert sent < 16 * Limits().frame_bytes
