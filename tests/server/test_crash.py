"""Servers and databases that die in the middle of typing take no character with them."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
from tests.support.proxy import cable_to
from tests.support.room_client import Room
from tests.support.server import ServerProcess
from tests.support.stock_client import StockClient, stock_client

from codeinterview_server.db.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServerProcess]:
    """A real server with its own PostgreSQL."""
    server = ServerProcess(data_dir)
    server.start()
    yield server
    assert server.stop() == 0


@asynccontextmanager
async def two_who_type(server: ServerProcess) -> AsyncIterator[tuple[Room, list[StockClient]]]:
    """A room and two stock clients in it that have begun to type on one line."""
    creator = {"language": "python", "code": "\n"}
    room = await Room.create(server.origin, server.host_key, **creator)
    async with (
        stock_client(server.origin, room.id, await room.join("Zoe")) as first,
        stock_client(server.origin, room.id, await room.join("Yan")) as second,
    ):
        for client in (first, second):
            await client.until_synced()
            await client.until_text("\n")
        await first.tell("type", text=LOWER * 12, pause_ms=4)
        await second.tell("type", text=UPPER * 12, pause_ms=4)
        await first.until(lambda: len(first.text) > 60, "60 characters")
        await second.until(lambda: len(second.text) > 60, "60 characters")
        yield room, [first, second]


async def again(server: ServerProcess) -> None:
    """Kill the server and start it on the same port, while this loop goes on."""
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def all_there(room: Room, clients: list[StockClient]) -> str:
    """Return the text once everybody has all that was typed, and it is the same."""
    first, second = clients
    await first.until(lambda: bool(first.all("typed")) and whole(first.text), "all characters")
    await second.until(lambda: bool(second.all("typed")) and whole(second.text), "all characters")
    await second.until_text(first.text)
    assert (await room.call("GET"))["data"]["code"] == first.text
    return first.text


def whole(text: str) -> bool:
    """Whether both have all they typed in it, once each and in its order."""
    lower = "".join(character for character in text if character.islower())
    upper = "".join(character for character in text if character.isupper())
    return lower == LOWER * 12 and upper == UPPER * 12


async def test_a_server_killed_while_two_type_comes_back_with_every_character(
    server: ServerProcess,
) -> None:
    async with two_who_type(server) as (room, clients):
        for _ in range(2):
            handshakes = [len(client.all("synced")) for client in clients]
            await again(server)
            for client, before in zip(clients, handshakes, strict=True):
                await client.until_synced(before + 1)
        text = await all_there(room, clients)
    # What the last server was told is also what a new one finds.
    await again(server)
    assert (await room.call("GET"))["data"]["code"] == text


async def test_what_was_acknowledged_survives_without_any_client(server: ServerProcess) -> None:
    room = await Room.create(server.origin, server.host_key, language="python", code="\n")
    for n in range(2):
        code = f"x = {n}\n" * 50
        await room.call("PUT", "/code", json={"code": code})
        await again(server)
        assert (await room.call("GET"))["data"]["code"] == code


async def test_a_server_that_stops_in_order_has_everything_and_clients_come_back(
    server: ServerProcess,
) -> None:
    async with two_who_type(server) as (room, clients):
        handshakes = [len(client.all("synced")) for client in clients]
        assert await asyncio.to_thread(server.stop) == 0
        await asyncio.to_thread(server.start)
        for client, before in zip(clients, handshakes, strict=True):
            await client.until_synced(before + 1)
            assert client.all("closed") == [], "a stop in order is no refusal"
        await all_there(room, clients)


async def test_a_database_killed_while_two_type_comes_back_and_has_everything(
    server: ServerProcess,
) -> None:
    async with two_who_type(server) as (room, clients), room.enter() as watcher:
        await watcher.message("welcome")
        os.kill(postmaster(server).pid, signal.SIGKILL)
        await watcher.message("saved", lambda m: m["state"] == "unsaved")
        await watcher.until(
            lambda: (watcher.last("saved") or {}).get("state") == "saved", "saved again"
        )
        text = await all_there(room, clients)
        assert [len(client.all("synced")) for client in clients] == [1, 1], "nobody noticed"
    assert server.stop() == 0
    server.start()
    assert (await room.call("GET"))["data"]["code"] == text


def postmaster(server: ServerProcess) -> psutil.Process:
    """The main process of the server's own PostgreSQL."""
    assert server.process is not None
    children = psutil.Process(server.process.pid).children(recursive=True)
    return next(
        child
        for child in children
        if child.name() == "postgres" and child.parent().name() != "postgres"
    )


async def test_a_database_out_of_reach_is_told_and_caught_up_with(
    tcp_postgres_url: str, data_dir: Path
) -> None:
    upgrade(tcp_postgres_url)
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    async with cable_to(port) as cable:
        url = tcp_postgres_url.replace(f":{port}/", f":{cable.port}/")
        server = ServerProcess(data_dir, env={"CODEINTERVIEW_DATABASE_URL": url})
        await asyncio.to_thread(server.start)
        try:
            async with two_who_type(server) as (room, clients), room.enter() as watcher:
                await watcher.message("welcome")
                cable.cut()
                await watcher.message("saved", lambda m: m["state"] == "unsaved")
                first, second = clients
                # The room goes on meanwhile.
                await first.until(lambda: bool(first.all("typed")), "all typed")
                await second.until(lambda: whole(second.text), "all characters")
                cable.mend()
                await watcher.until(
                    lambda: (watcher.last("saved") or {}).get("state") == "saved", "saved"
                )
                text = await all_there(room, clients)
            await again(server)
            assert (await room.call("GET"))["data"]["code"] == text
        finally:
            assert await asyncio.to_thread(server.stop) == 0
