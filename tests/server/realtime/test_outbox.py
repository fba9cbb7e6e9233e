"""What waits for a socket keeps its order, is bounded, and never holds up a room."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from codeinterview_server.realtime.outbox import FELL_BEHIND, Outbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from websockets.asyncio.client import ClientConnection

LIMIT_BYTES = 1024 * 1024
TIMEOUT_S = 10.0


class SocketTransport:
    """A real socket's far end."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    async def send(self, frame: bytes) -> None:
        try:
            await self._socket.send(frame)
        except ConnectionClosed as error:
            raise ConnectionError from error

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)

    def abort(self) -> None:
        self._socket.transport.abort()


class Line:
    """A socket and the outbox that writes into it."""

    def __init__(
        self, client: ClientConnection, outbox: Outbox, writer: asyncio.Task[None]
    ) -> None:
        self.client = client
        self.outbox = outbox
        self.writer = writer

    async def ended(self) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await self.writer

    async def everything(self) -> list[bytes]:
        """All frames up to the close."""
        frames: list[bytes] = []
        async with asyncio.timeout(TIMEOUT_S):
            with suppress(ConnectionClosed):
                while True:
                    frames.append(await self.client.recv(decode=False))
        return frames


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """An outbox whose writer runs, and its reader on the other end of a real socket."""
    accepted: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def accept(socket: ServerConnection) -> None:
        accepted.set_result(socket)
        await over.wait()

    async with serve(accept, "127.0.0.1", 0, compression=None, close_timeout=60) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}", max_size=None, compression=None) as client:
            outbox = Outbox(SocketTransport(await accepted), LIMIT_BYTES, close_timeout_s=0.3)
            writer = asyncio.create_task(outbox.run())
            yield Line(client, outbox, writer)
            writer.cancel()
            over.set()
            await asyncio.gather(writer, return_exceptions=True)


async def test_frames_arrive_in_the_order_in_which_they_were_sent(line: Line) -> None:
    frames = [bytes([n]) * (n + 1) for n in range(200)]
    for frame in frames:
        line.outbox.send_bytes(frame)
    async with asyncio.timeout(TIMEOUT_S):
        assert [await line.client.recv() for _ in frames] == frames
    line.outbox.send_bytes(b"later")
    async with asyncio.timeout(TIMEOUT_S):
        assert await line.client.recv() == b"later"
    assert line.outbox.size_bytes == 0


async def test_what_goes_ahead_overtakes_all_that_waits(line: Line) -> None:
    for frame in (b"first", b"second"):
        line.outbox.send_bytes(frame)
    line.outbox.send_bytes(b"urgent", ahead=True)
    async with asyncio.timeout(TIMEOUT_S):
        assert [await line.client.recv() for _ in range(3)] == [b"urgent", b"first", b"second"]
    assert line.outbox.size_bytes == 0
    line.outbox.close(4409, "ended")
    line.outbox.send_bytes(b"too late", ahead=True)
    assert await line.everything() == []


async def test_what_goes_ahead_counts_like_everything(line: Line) -> None:
    line.outbox.send_bytes(bytes(LIMIT_BYTES))
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


async def test_a_reader_that_falls_behind_is_cut_off_and_told_so(line: Line) -> None:
    frame = bytes(64 * 1024)
    sent = 0
    while not line.outbox.is_closing:
        line.outbox.send_bytes(frame)
        sent += 1
        assert sent <= LIMIT_BYTES // len(frame) + 1, "nothing bounds it"
    assert line.outbox.size_bytes == 0, "what waited is let go at once"
    line.outbox.send_bytes(frame)
    assert line.outbox.size_bytes == 0
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


async def test_a_socket_that_is_gone_ends_the_writer(line: Line) -> None:
    line.client.transport.abort()
    async with asyncio.timeout(TIMEOUT_S):
        while not line.writer.done():
            line.outbox.send_bytes(bytes(1024))
            await asyncio.sleep(0)
    assert line.outbox.is_closing
    assert line.outbox.size_bytes == 0
    line.outbox.send_bytes(b"to nobody")
    line.outbox.close(1001)
    assert line.outbox.size_bytes == 0


async def test_cancelling_the_writer_stops_at_once(line: Line) -> None:
    line.writer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await line.ended()
    line.outbox.send_bytes(b"to nobody")
    assert line.outbox.size_bytes == 0
