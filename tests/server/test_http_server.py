"""Connections that only take up room are dropped; those that are used are not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from tests.server.served import client, served
from websockets.asyncio.client import connect

from codeinterview_server import http_server
from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

TIMEOUT_S = 20.0
LARGE_BYTES = 64 * 1024 * 1024


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _large(_request: Request) -> Response:
    return Response(b"x" * LARGE_BYTES)


async def _echo(websocket: Any) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())


APP = Starlette(
    routes=[
        Route("/", _length, methods=["GET", "POST"]),
        Route("/large", _large),
        WebSocketRoute("/ws", _echo),
    ]
)


@pytest.fixture
async def origin(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(http_server, "_IDLE_S", 0.4)
    monkeypatch.setattr(http_server, "_STUCK_S", 0.4)
    async with served(APP) as origin:
        yield origin


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(origin: str) -> AsyncIterator[Line]:
    host, _, port = origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """All that still comes before the end of the connection."""
    heard = b""
    with suppress(ConnectionResetError):
        async with asyncio.timeout(TIMEOUT_S):
            while data := await reader.read(65536):
                heard += data
    return heard


HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\n"


def test_ten_seconds_are_given() -> None:
    assert http_server._IDLE_S == 10


@pytest.mark.parametrize("sent", [b"", HEAD[:9], HEAD[:-2], HEAD, HEAD + b"ab"])
async def test_who_does_not_go_on_is_dropped(origin: str, sent: bytes) -> None:
    async with connected(origin) as (reader, writer):
        writer.write(sent)
        assert await rest_of(reader) == b""


async def test_a_head_that_comes_in_drops_is_not_waited_for(origin: str) -> None:
    async with connected(origin) as (reader, writer):
        writer.write(HEAD.removesuffix(b"\r\n") + b"X-More: ")
        ending = asyncio.create_task(rest_of(reader))
        async with asyncio.timeout(TIMEOUT_S):
            while not ending.done():
                writer.write(b"x")
                await asyncio.wait([ending], timeout=0.05)
        assert await ending == b""


async def test_what_is_no_request_does_not_keep_an_answered_connection(origin: str) -> None:
    async with connected(origin) as (reader, writer):
        writer.write(HEAD + b"abcd")
        assert (await reader.readuntil(b"\r\n\r\n4")).startswith(b"HTTP/1.1 200")
        writer.write(b"\r\n")
        assert await rest_of(reader) == b""


async def test_who_does_not_read_the_answer_is_dropped(origin: str) -> None:
    async with connected(origin) as (reader, writer):
        writer.write(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        # The stream's own buffer is small: it stops to read until we do.
        async with connected(origin) as (idle, _):
            await rest_of(idle)
        async with connected(origin) as (idle, _):
            await rest_of(idle)
        assert len(await rest_of(reader)) < LARGE_BYTES


async def test_a_used_connection_stays(origin: str) -> None:
    url = origin.replace("http", "ws", 1) + "/ws"
    async with client(origin) as http, connect(url, proxy=None) as websocket:
        assert (await http.post("/", content=b"abcd")).text == "4"
        # Until others were dropped that said nothing for as long.
        async with connected(origin) as (reader, _):
            await rest_of(reader)
        await websocket.send("still here")
        assert await websocket.recv() == "still here"
        assert len((await http.get("/large")).content) == LARGE_BYTES


async def test_a_trusted_proxy_connects_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "Limits", partial(Limits, connections_per_address=1))
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    async with served(APP, proxies=["127.0.0.0/8"]) as origin:
        lines = [connected(origin) for _ in range(3)]
        async with lines[0] as first, lines[1] as second, lines[2] as third:
            for reader, writer in (first, second, third):
                writer.write(request)
                assert await reader.readuntil(b"\r\n\r\n0")


async def test_one_address_has_so_many_and_no_more(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "_IDLE_S", TIMEOUT_S)
    monkeypatch.setattr(http_server, "Limits", partial(Limits, connections_per_address=2))
    request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    async with connected(origin) as (reader, writer), connected(origin) as (other, _):
        writer.write(request)
        assert await reader.readuntil(b"\r\n\r\n0")
        async with connected(origin) as (refused, _):
            assert await rest_of(refused) == b""
        assert not other.at_eof()
