"""A port that nobody should ever reach: it keeps whatever comes, over TCP and UDP.

It answers as a web server and a socket that anybody may use, so that an attempt which gets through
also sees that it got through. Chromium may open a connection ahead of a navigation that it then
refuses; nothing is sent over it, and it is counted apart.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""


@dataclass
class Canary:
    """What was heard, and pages of its own to show what unprotected attempts come to."""

    port: int = 0
    heard: list[str] = field(default_factory=list)
    """The path of each request without the slash, and `udp` for each datagram."""
    connections: int = 0
    pages: dict[str, str] = field(default_factory=dict)
    """HTML by path; asking for one does not count as heard."""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection and one request."""
        self.connections += 1
        try:
            await self._respond(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if not line:
            return
        path = line.decode(errors="replace").split(" ")[1:2]
        name = path[0].lstrip("/").split("?")[0] if path else repr(line)
        headers: dict[str, str] = {}
        while header := (await reader.readline()).decode(errors="replace").strip():
            key, _, value = header.partition(":")
            headers[key.lower()] = value.strip()
        if name in self.pages:
            writer.write(_response(self.pages[name], "text/html"))
        else:
            self.heard.append(name)
            asked = headers.get("sec-websocket-key")
            writer.write(_response("", "text/javascript") if asked is None else _upgrade(asked))
        await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, canary: Canary) -> None:
        self._canary = canary

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._canary.heard.append("udp")


def _response(body: str, mime_type: str) -> bytes:
    content = body.encode()
    head = (
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nCache-Control: no-store\r\n"
        f"Content-Type: {mime_type}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content


def _upgrade(key: str) -> bytes:
    digest = hashlib.sha1(f"{key}{_ACCEPT}".encode(), usedforsecurity=False).digest()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n\r\n"
    ).encode()


@asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """A canary on one loopback port, for TCP and UDP alike."""
    bird = Canary()
    server = await asyncio.start_server(bird.answer, "127.0.0.1", 0)
    bird.port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(bird), local_addr=("127.0.0.1", bird.port)
    )
    try:
        yield bird
    finally:
        transport.close()
        server.close()
        await server.wait_closed()
