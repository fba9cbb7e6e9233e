"""What RFC 6455 asks of a server's framing, byte by byte, before and after a socket is adopted."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from tests.server.served import served

from codeinterview_server.api.socket import EXTENSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TIMEOUT_S = 20.0

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
NORMAL, PROTOCOL_ERROR, BAD_DATA, TOO_BIG = 1000, 1002, 1007, 1009
MAX_BYTES = 4 * 1024 * 1024


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = b"\x37\xfa\x21\x3d",
    length_bytes: int | None = None,
    claimed: int | None = None,
) -> bytes:
    """A frame as asked for, however wrong."""
    size = len(payload) if claimed is None else claimed
    if length_bytes is None:
        length_bytes = 0 if size < 126 else 2 if size < 65_536 else 8
    flag = 0 if mask is None else 0x80
    if length_bytes == 0:
        length = bytes((flag | size,))
    elif length_bytes == 2:
        length = bytes((flag | 126,)) + struct.pack("!H", size)
    else:
        length = bytes((flag | 127,)) + struct.pack("!Q", size)
    head = bytes(((0x80 if fin else 0) | rsv << 4 | opcode,)) + length
    if mask is None:
        return head + payload
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(
        len(payload), "big"
    )
    return head + mask + masked


def close(code: int | None = NORMAL, reason: bytes = b"") -> bytes:
    """A frame that closes."""
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


@dataclass
class Wire:
    """A raw connection after its handshake."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes, piece: int | None = None) -> None:
        """Send bytes, in pieces that reach the server one by one if need be."""
        if piece is None:
            self.writer.write(data)
        else:
            for at in range(0, len(data), piece):
                self.writer.write(data[at : at + piece])
                await self.writer.drain()
                # A turn of the loop that both ends share.
                await asyncio.sleep(0)
        await self.writer.drain()

    async def frame(self) -> tuple[int, bytes]:
        """The next frame; its opcode with FIN, and what it holds. A server never masks."""
        async with asyncio.timeout(TIMEOUT_S):
            first, second = await self.reader.readexactly(2)
            assert not second & 0x80
            size = second
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            assert first & 0x70 == 0
            return first, await self.reader.readexactly(size)

    async def message(self) -> tuple[int, bytes]:
        """The next frame, which is a whole message or a control frame."""
        first, payload = await self.frame()
        assert first & 0x80
        return first & 15, payload

    async def closed(self) -> int | None:
        """The code that it is closed with, once the connection is over; None without a frame."""
        code: int | None = None
        try:
            while True:
                opcode, payload = await self.message()
                if opcode == CLOSE:
                    code = struct.unpack("!H", payload[:2])[0] if payload else None
        except (asyncio.IncompleteReadError, ConnectionError):
            return code


async def _echo(websocket: Any) -> None:
    await websocket.accept()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        if message.get("bytes") is not None:
            await websocket.send_bytes(message["bytes"])
        else:
            await websocket.send_bytes(b"text")


async def _adopted_echo(websocket: Any) -> None:
    await websocket.accept()
    socket = websocket.scope["extensions"][EXTENSION][EXTENSION]

    async def ended() -> None:
        pass

    socket.adopt(
        lambda data: socket.send_frame(b"text" if data is None else data), lambda: None, ended
    )


@pytest.fixture(params=["asgi", "adopted"], scope="module")
def path(request: pytest.FixtureRequest) -> str:
    return f"/{request.param}"


ROUTES = [WebSocketRoute("/asgi", _echo), WebSocketRoute("/adopted", _adopted_echo)]


@asynccontextmanager
async def wire(path: str) -> AsyncIterator[Wire]:
    """A handshake done by hand with the echoing app."""
    async with served(Starlette(routes=ROUTES)) as origin:
        port = int(origin.rsplit(":", 1)[1])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        # Compression is never agreed to, so its bit is an error below.
        assert b"permessage-deflate" not in head.lower()
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()


SIZES = (0, 1, 2, 125, 126, 127, 128, 65_535, 65_536, 200_000)


@pytest.mark.parametrize("size", SIZES)
async def test_a_message_of_any_size_is_heard_whole(path: str, size: int) -> None:
    payload = os.urandom(size)
    async with wire(path) as line:
        await line.send(frame(BINARY, payload))
        assert await line.message() == (BINARY, payload)


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
async def test_it_does_not_matter_how_the_network_cuts(path: str, piece: int) -> None:
    payloads = [os.urandom(size) for size in (0, 5, 130, 300)]
    async with wire(path) as line:
        data = b"".join(frame(BINARY, each) for each in payloads)
        await line.send(data + frame(PING, b"p") + frame(BINARY, b"end"), piece)
        heard = [await line.message() for _ in range(len(payloads) + 2)]
    # A pong may overtake what the application sends.
    assert (PONG, b"p") in heard
    heard.remove((PONG, b"p"))
    assert heard == [(BINARY, each) for each in (*payloads, b"end")]


async def test_many_frames_at_once_keep_their_order(path: str) -> None:
    payloads = [bytes((n,)) * n for n in range(120)]
    async with wire(path) as line:
        await line.send(b"".join(frame(BINARY, each) for each in payloads))
        assert [await line.message() for _ in payloads] == [(BINARY, each) for each in payloads]


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x01\x02\x03\x04"])
async def test_any_mask_is_taken_off(path: str, mask: bytes) -> None:
    async with wire(path) as line:
        await line.send(frame(BINARY, b"hello world", mask=mask))
        assert await line.message() == (BINARY, b"hello world")


PIECES = {
    "two": [b"hello ", b"world"],
    "with empty ones": [b"", b"hello", b"", b" world", b""],
    "of all sizes": [b"a" * 125, b"b" * 126, b"c" * 65_536],
    "only empty": [b"", b""],
}


def in_pieces(opcode: int, pieces: list[bytes], between: bytes = b"") -> bytes:
    frames = [
        frame(opcode if at == 0 else CONT, piece, fin=at == len(pieces) - 1)
        for at, piece in enumerate(pieces)
    ]
    return between.join(frames)


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
async def test_a_message_in_pieces_is_one(path: str, pieces: list[bytes]) -> None:
    async with wire(path) as line:
        await line.send(in_pieces(BINARY, pieces))
        assert await line.message() == (BINARY, b"".join(pieces))
        await line.send(frame(BINARY, b"next"))
        assert await line.message() == (BINARY, b"next")


@pytest.mark.parametrize("piece", [None, 1])
async def test_control_frames_may_stand_between_pieces(path: str, piece: int | None) -> None:
    async with wire(path) as line:
        await line.send(in_pieces(BINARY, [b"a", b"b", b"c"], frame(PING, b"between")), piece)
        heard = [await line.message() for _ in range(3)]
    assert heard == [(PONG, b"between")] * 2 + [(BINARY, b"abc")]


async def test_a_text_in_pieces_is_one_even_when_a_character_is_cut(path: str) -> None:
    word = "Grüße".encode()
    async with wire(path) as line:
        await line.send(in_pieces(TEXT, [word[:3], word[3:]]))
        assert await line.message() == (BINARY, b"text")


@pytest.mark.parametrize("size", [0, 1, 125])
async def test_a_ping_is_answered_with_what_it_holds(path: str, size: int) -> None:
    payload = os.urandom(size)
    async with wire(path) as line:
        await line.send(frame(PING, payload))
        assert await line.message() == (PONG, payload)


async def test_pongs_that_nobody_asked_for_are_ignored(path: str) -> None:
    async with wire(path) as line:
        await line.send(frame(PONG) + frame(PONG, b"x") + frame(BINARY, b"here"))
        assert await line.message() == (BINARY, b"here")


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1007, 1011, 3000, 3999, 4000, 4999])
async def test_a_close_is_answered_with_its_code(path: str, code: int) -> None:
    async with wire(path) as line:
        await line.send(close(code, b"bye"))
        assert await line.closed() == code


async def test_a_close_without_a_code_is_answered(path: str) -> None:
    async with wire(path) as line:
        await line.send(close(None))
        opcode, payload = await line.message()
        assert opcode == CLOSE
        assert payload == b""


async def test_nothing_is_heard_after_a_close(path: str) -> None:
    async with wire(path) as line:
        await line.send(frame(BINARY, b"before") + close() + frame(BINARY, b"after"))
        heard = []
        try:
            while True:
                heard.append(await line.message())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
    assert (BINARY, b"after") not in heard
    assert CLOSE in [opcode for opcode, _ in heard]


WRONG: dict[str, tuple[bytes, int]] = {
    "not masked": (frame(BINARY, b"x", mask=None), PROTOCOL_ERROR),
    "a control frame that is not masked": (frame(PING, b"x", mask=None), PROTOCOL_ERROR),
    "rsv1": (frame(BINARY, b"x", rsv=4), PROTOCOL_ERROR),
    "rsv2": (frame(BINARY, b"x", rsv=2), PROTOCOL_ERROR),
    "rsv3": (frame(BINARY, b"x", rsv=1), PROTOCOL_ERROR),
    "rsv1 on a ping": (frame(PING, b"x", rsv=4), PROTOCOL_ERROR),
    "opcode 3": (frame(3, b"x"), PROTOCOL_ERROR),
    "opcode 7": (frame(7, b"x"), PROTOCOL_ERROR),
    "opcode 11": (frame(11, b"x"), PROTOCOL_ERROR),
    "opcode 15": (frame(15, b"x"), PROTOCOL_ERROR),
    "a ping in pieces": (frame(PING, b"x", fin=False), PROTOCOL_ERROR),
    "a close in pieces": (frame(CLOSE, b"\x03\xe8", fin=False), PROTOCOL_ERROR),
    "a ping that is too long": (frame(PING, b"x" * 126), PROTOCOL_ERROR),
    "a close that is too long": (frame(CLOSE, b"\x03\xe8" + b"x" * 124), PROTOCOL_ERROR),
    "a close of one byte": (frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    "a close with code 999": (close(999), PROTOCOL_ERROR),
    "a close with code 1004": (close(1004), PROTOCOL_ERROR),
    "a close with code 1005": (close(1005), PROTOCOL_ERROR),
    "a close with code 1006": (close(1006), PROTOCOL_ERROR),
    "a close with code 1015": (close(1015), PROTOCOL_ERROR),
    "a close with code 5000": (close(5000), PROTOCOL_ERROR),
    "a close with broken UTF-8": (close(1000, b"\xff\xfe"), BAD_DATA),
    "a piece of nothing": (frame(CONT, b"x"), PROTOCOL_ERROR),
    "a last piece of nothing": (frame(CONT, b"x", fin=False), PROTOCOL_ERROR),
    "binary within a message": (
        frame(BINARY, b"x", fin=False) + frame(BINARY, b"y"),
        PROTOCOL_ERROR,
    ),
    "text within a message": (frame(BINARY, b"x", fin=False) + frame(TEXT, b"y"), PROTOCOL_ERROR),
    "broken UTF-8": (frame(TEXT, b"\xff\xfe\xfd"), BAD_DATA),
    "UTF-8 that ends early": (frame(TEXT, b"\xe2\x82"), BAD_DATA),
    "a surrogate": (frame(TEXT, b"\xed\xa0\x80"), BAD_DATA),
    "broken UTF-8 in pieces": (in_pieces(TEXT, [b"ok", b"\xff"]), BAD_DATA),
    "larger than we read": (frame(BINARY, b"x", length_bytes=8, claimed=MAX_BYTES + 1), TOO_BIG),
    "absurdly large": (frame(BINARY, b"x", length_bytes=8, claimed=2**63 - 1), TOO_BIG),
    "negative": (frame(BINARY, b"x", length_bytes=8, claimed=2**63), TOO_BIG),
    "too large in pieces": (
        frame(BINARY, bytes(MAX_BYTES), fin=False) + frame(CONT, b"xx"),
        TOO_BIG,
    ),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_closes_with_the_right_code(path: str, data: bytes, code: int) -> None:
    async with wire(path) as line:
        await line.send(data)
        assert await line.closed() == code


@pytest.mark.parametrize("name", ["rsv1", "not masked", "opcode 3", "a piece of nothing"])
async def test_what_came_before_is_still_heard(path: str, name: str) -> None:
    data, code = WRONG[name]
    async with wire(path) as line:
        await line.send(frame(BINARY, b"first"))
        assert await line.message() == (BINARY, b"first")
        await line.send(data + frame(BINARY, b"after"))
        heard = []
        try:
            while True:
                heard.append(await line.message())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
    assert [opcode for opcode, _ in heard] == [CLOSE]
    assert struct.unpack("!H", heard[0][1][:2]) == (code,)


@pytest.mark.parametrize(("length_bytes", "size"), [(2, 5), (8, 5), (8, 300)])
async def test_a_length_written_too_long_reads_the_same(
    path: str, length_bytes: int, size: int
) -> None:
    payload = os.urandom(size)
    async with wire(path) as line:
        await line.send(frame(BINARY, payload, length_bytes=length_bytes))
        assert await line.message() == (BINARY, payload)


async def test_the_largest_message_is_heard(path: str) -> None:
    payload = os.urandom(MAX_BYTES)
    async with wire(path) as line:
        await line.send(frame(BINARY, payload))
        assert await line.message() == (BINARY, payload)
