"""A way on loopback to an address that browsers cannot write."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.desktop.listing_server import ListingServer, listing_server

from codeinterview_desktop.core.zone_relay import ZoneRelays

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FAR = "127.0.0.9"
ID = "1a2b3c4d"


@pytest.fixture
async def relays() -> AsyncIterator[ZoneRelays]:
    made = ZoneRelays()
    yield made
    await made.stop()


async def get(origin: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return await client.get(f"{origin}/api/v1/listed")


async def test_what_is_asked_there_is_answered_from_afar_as_it_was_asked(
    relays: ZoneRelays,
) -> None:
    async with listing_server(ID, host=FAR) as far:
        origin = await relays.origin(FAR, far.port)
        assert origin.startswith("http://127.0.0.1:")
        assert (await get(origin)).json()["sessions"][0]["id"] == ID
        assert f"Host: {origin.removeprefix('http://')}" in far.heads[0].split("\r\n")
        # A page that reconnects finds the same way.
        assert await relays.origin(FAR, far.port) == origin
        assert await relays.origin(FAR, far.port + 1) != origin
        assert relays.leads(origin)
        assert not relays.leads(f"http://{FAR}:{far.port}")


async def test_both_directions_carry_much_at_once_and_end_by_themselves(
    relays: ZoneRelays,
) -> None:
    much = b"x" * 3_000_000

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(10_000):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, FAR, 0)
    try:
        origin = await relays.origin(FAR, server.sockets[0].getsockname()[1])
        async with connected(origin) as (reader, writer):

            async def send() -> None:
                writer.write(much)
                await writer.drain()
                writer.write_eof()

            async with asyncio.timeout(20):
                _, back = await asyncio.gather(send(), reader.read(-1))
        assert back == much
    finally:
        server.close()


async def test_nobody_at_the_far_end_is_a_closed_connection(relays: ZoneRelays) -> None:
    async with listing_server(host=FAR) as gone:
        port = gone.port
    origin = await relays.origin(FAR, port)
    with pytest.raises(httpx.TransportError):
        await get(origin)


async def test_stopping_cuts_off_what_goes_over_it(relays: ZoneRelays) -> None:
    async def never(_server: ListingServer, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with listing_server(host=FAR, behave=never) as far:
        origin = await relays.origin(FAR, far.port)
        async with connected(origin) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            async with asyncio.timeout(20):
                await far.asked.wait()
                await relays.stop()
                assert await reader.read() == b""
        await relays.stop()
        assert not relays.leads(origin)
        with pytest.raises(httpx.ConnectError):
            await get(origin)


@asynccontextmanager
async def connected(
    origin: str,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(origin.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()
