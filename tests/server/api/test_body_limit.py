"""A body above the limit is refused by its announced size, or as soon as it has grown past it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import pytest
from fastapi import Body, FastAPI
from tests.server.served import client, served

from codeinterview_server.api import errors
from codeinterview_server.api.body_limit import BodyLimit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LIMIT_BYTES = 1_000
JSON = {"Content-Type": "application/json"}


def bounded() -> BodyLimit:
    app = FastAPI()
    errors.install(app)

    @app.post("/echo")
    async def echo(text: Annotated[str, Body(embed=True)]) -> int:
        return len(text)

    return BodyLimit(app, LIMIT_BYTES)


def body(size_bytes: int) -> bytes:
    return b'{"text": "' + b"x" * (size_bytes - 12) + b'"}'


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    async with served(bounded()) as origin:
        yield origin


@pytest.mark.parametrize(
    ("size_bytes", "status"), [(LIMIT_BYTES, 200), (LIMIT_BYTES + 1, 413), (5_000_000, 413)]
)
async def test_a_body_of_announced_size(origin: str, size_bytes: int, status: int) -> None:
    async with client(origin) as http:
        answer = await http.post("/echo", content=body(size_bytes), headers=JSON)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["detail"]["code"] == "TOO_LARGE"


@pytest.mark.parametrize(
    ("size_bytes", "status"), [(LIMIT_BYTES, 200), (LIMIT_BYTES + 1, 413), (200_000, 413)]
)
async def test_a_body_that_grows(origin: str, size_bytes: int, status: int) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        whole = body(size_bytes)
        for at in range(0, len(whole), 100):
            yield whole[at : at + 100]

    async with client(origin) as http:
        answer = await http.post("/echo", content=pieces(), headers=JSON)
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["detail"]["code"] == "TOO_LARGE"


@pytest.mark.parametrize("length", ["9" * 30, "5000"])
async def test_an_announced_size_is_refused_before_the_body_comes(origin: str, length: str) -> None:
    port = int(origin.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(10):
        status = await reader.readline()
    # A number that no program can count with may be refused by the HTTP parser already.
    assert status.split()[1] in ({b"413"} if length == "5000" else {b"413", b"400"})
    writer.close()
