"""Somebody who answers what they show: as a server does, or as nobody should."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behave = Callable[["ListingServer", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ListingServer:
    """Shows these sessions on a port of loopback."""

    port: int = 0
    ids: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    """Of every request, the newest last."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)


async def answer(server: ListingServer, writer: asyncio.StreamWriter) -> None:
    """As the real server answers."""
    sessions = [{"id": each, "title": "Anything"} for each in server.ids]
    body = json.dumps({"success": True, "sessions": sessions}).encode()
    await say(writer, body)


async def say(writer: asyncio.StreamWriter, body: bytes, *headers: str, status: int = 200) -> None:
    """Answer with a whole body."""
    lines = (f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers, "", "")
    writer.write("\r\n".join(lines).encode() + body)
    await writer.drain()


@asynccontextmanager
async def listing_server(
    *ids: str, behave: Behave = answer, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[ListingServer]:
    """Somebody who answers until the block ends."""
    made = ListingServer(ids=list(ids))
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            made.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            made.asked.set()
            await behave(made, writer)
        writer.close()
        tasks.discard(task)

    server = await asyncio.start_server(serve, host, port)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
