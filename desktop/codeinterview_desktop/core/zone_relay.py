"""Ways on loopback to link-local IPv6 addresses, whose zones no browser understands.

`http://[fe80::1%eth0]:8765/` is no address for Chromium or Firefox. Where a network has no others,
the room is opened at `http://127.0.0.1:<port>/` instead, and what is sent there goes on as it is.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import Final

LOOPBACK: Final = "127.0.0.1"
_CHUNK_BYTES: Final = 64 * 1024
_CONNECT_LIMIT_S: Final = 5.0
_CONNECTIONS_LIMIT: Final = 64


class ZoneRelays:
    """Opens ways and keeps them until `stop()`: pages that came by one reconnect by it."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._origins: dict[tuple[str, int], str] = {}
        self._carrying: set[asyncio.Task[None]] = set()

    async def origin(self, address: str, port: int) -> str:
        """Where browsers on this machine reach a server whose address has a zone.

        Raises:
            OSError: no port can be had.
        """
        target = (address, port)
        if target not in self._origins:
            server = await asyncio.start_server(partial(self._accept, target), LOOPBACK, 0)
            self._servers[target] = server
            self._origins[target] = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        return self._origins[target]

    def leads(self, origin: str) -> bool:
        """Whether an origin is one of these ways, which lead nowhere after the app's end."""
        return origin in self._origins.values()

    async def stop(self) -> None:
        """Close every way and what goes over it. Safe to call twice."""
        for server in self._servers.values():
            server.close()
        self._servers.clear()
        self._origins.clear()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _accept(
        self, target: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - streams run this in a task
        self._carrying.add(task)
        try:
            if len(self._carrying) <= _CONNECTIONS_LIMIT:
                await _carry(target, reader, writer)
        except asyncio.CancelledError:
            # Streams report a cancelled task as a failure; it ends all the same.
            pass
        finally:
            self._carrying.discard(task)
            writer.close()


async def _carry(
    target: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        async with asyncio.timeout(_CONNECT_LIMIT_S):
            far_reader, far_writer = await asyncio.open_connection(*target)
    except (OSError, TimeoutError):
        return
    try:
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
    finally:
        far_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends, and then the end."""
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
