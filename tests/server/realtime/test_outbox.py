"""What waits for a socket keeps its order, is bounded, and never holds up a room."""

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

from codeinterview_server.api.socket import EXTENSION
from codeinterview_server.realtime.outbox import FELL_BEHIND, Outbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.client import ClientConnection

LIMIT_BYTES = 1024 * 1024
TIMEOUT_S = 10.0


class Line:
    """The outbox of one of our sockets, and its reader at the other end."""

    def __init__(self) -> None:
        self.outbox: Outbox
        self.client: ClientConnection
        self.heard: list[bytes | None] = []
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def serve(self, websocket: Any) -> None:
        await websocket.accept()
        socket = websocket.scope["extensions"][EXTENSION][EXTENSION]
        self.outbox = Outbox(socket, LIMIT_BYTES, close_timeout_s=0.3)
        socket.adopt(self.heard.append, self.outbox.writable, self._end)
        self.begun.set()

    async def _end(self) -> None:
        self.outbox.ended()
        self.over.set()

    async def ended(self) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await self.over.wait()

    async def everything(self) -> list[bytes]:
        """All frames up to the close."""
        frames: list[bytes] = []
        async with asyncio.timeout(TIMEOUT_S):
            with suppress(ConnectionClosed):
                while True:
                    frames.append(await self.client.recv(decode=False))
        return frames

    async def fill(self) -> int:
        """Send until something waits; return how many frames of a kilobyte that took."""
        self.client.transport.pause_reading()
        sent = 0
        while not self.outbox.size_bytes:
            self.outbox.send_bytes(b"f" * 1024)
            sent += 1
            # So that the transport can hand it to the system.
            await asyncio.sleep(0)
        return sent


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """An outbox whose reader is on the other end of a real socket."""
    made = Line()
    async with served(Starlette(routes=[WebSocketRoute("/ws", made.serve)])) as origin:
        url = origin.replace("http", "ws", 1) + "/ws"
        async with connect(url, proxy=None, max_size=None, max_queue=None) as client:
            made.client = client
            async with asyncio.timeout(TIMEOUT_S):
                await made.begun.wait()
            yield made


async def test_frames_arrive_in_the_order_in_which_they_were_sent(line: Line) -> None:
    frames = [bytes([n % 256]) * n for n in (*range(200), 125, 126, 65_535, 65_536, 200_000)]
    for frame in frames:
        line.outbox.send_bytes(frame)
    async with asyncio.timeout(TIMEOUT_S):
        assert [await line.client.recv() for _ in frames] == frames
    line.outbox.send_bytes(b"later")
    async with asyncio.timeout(TIMEOUT_S):
        assert await line.client.recv() == b"later"
    assert line.outbox.size_bytes == 0


async def test_what_waited_arrives_in_order_once_it_is_read(line: Line) -> None:
    filling = await line.fill()
    frames = [bytes([n]) * (n + 1) for n in range(200)]
    for frame in frames:
        line.outbox.send_bytes(frame)
    line.client.transport.resume_reading()
    async with asyncio.timeout(TIMEOUT_S):
        heard = [await line.client.recv() for _ in range(filling + len(frames))]
    assert heard[filling:] == frames
    assert line.outbox.size_bytes == 0


async def test_what_goes_ahead_overtakes_all_that_waits(line: Line) -> None:
    filling = await line.fill()
    line.outbox.send_bytes(b"first")
    line.outbox.send_bytes(b"urgent", ahead=True)
    line.client.transport.resume_reading()
    async with asyncio.timeout(TIMEOUT_S):
        heard = [await line.client.recv() for _ in range(filling + 2)]
    # Nothing but the one frame that could not be sent was waiting.
    assert heard[-3:] == [b"urgent", b"f" * 1024, b"first"]
    line.outbox.close(4409, "ended")
    line.outbox.send_bytes(b"too late", ahead=True)
    assert await line.everything() == []


async def test_what_goes_ahead_counts_like_everything(line: Line) -> None:
    await line.fill()
    line.outbox.send_bytes(bytes(LIMIT_BYTES - line.outbox.size_bytes))
    assert line.outbox.size_bytes == LIMIT_BYTES
    line.outbox.send_bytes(b"urgent", ahead=True)
    assert line.outbox.is_closing
    assert line.outbox.size_bytes == 0


async def test_what_was_sent_before_a_close_still_arrives(line: Line) -> None:
    line.outbox.send_bytes(b"last words")
    line.outbox.close(4409, "ended")
    assert line.outbox.is_closing
    line.outbox.send_bytes(b"too late")
    line.outbox.close(4403, "the first code stands")
    assert await line.everything() == [b"last words"]
    assert (line.client.close_code, line.client.close_reason) == (4409, "ended")
    await line.ended()


async def test_what_waited_before_a_close_still_arrives(line: Line) -> None:
    filling = await line.fill()
    line.outbox.send_bytes(b"last words")
    line.outbox.close(4409, "ended")
    line.outbox.send_bytes(b"too late")
    line.client.transport.resume_reading()
    assert (await line.everything())[filling:] == [b"last words"]
    assert (line.client.close_code, line.client.close_reason) == (4409, "ended")
    await line.ended()


async def test_a_reader_that_falls_behind_is_cut_off_and_told_so(line: Line) -> None:
    await line.fill()
    frame = bytes(64 * 1024)
    sent = 0
    while not line.outbox.is_closing:
        line.outbox.send_bytes(frame)
        sent += 1
        assert sent <= LIMIT_BYTES // len(frame) + 1, "nothing bounds it"
    assert line.outbox.size_bytes == 0, "what waited is let go at once"
    line.outbox.send_bytes(frame)
    assert line.outbox.size_bytes == 0
    line.client.transport.resume_reading()
    await line.everything()
    assert line.client.close_code == FELL_BEHIND
    await line.ended()


async def test_a_reader_that_never_reads_is_dropped_after_the_timeout(line: Line) -> None:
    line.client.transport.pause_reading()
    frame = bytes(256 * 1024)
    while not line.outbox.is_closing:
        line.outbox.send_bytes(frame)
        await asyncio.sleep(0)
    await line.ended()
    line.client.transport.abort()


async def test_a_socket_that_is_gone_ends_the_outbox(line: Line) -> None:
    line.client.transport.abort()
    async with asyncio.timeout(TIMEOUT_S):
        while not line.over.is_set():
            line.outbox.send_bytes(bytes(1024))
            await asyncio.sleep(0)
    assert line.outbox.is_closing
    assert line.outbox.size_bytes == 0
    line.outbox.send_bytes(b"to nobody")
    line.outbox.close(1001)
    assert line.outbox.size_bytes == 0
