"""One database, two servers: only one of them writes, and neither takes from the other."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.server.realtime.conftest import HOST_KEY
from tests.server.served import served
from tests.support.proxy import cable_to
from tests.support.room_client import Room

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.db.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def server_on(url: str, **settings: Any) -> AsyncIterator[str]:
    """A server on a database."""
    database = Database(url, pool_size=4)
    await database.start()
    try:
        async with served(create_app(Settings(**settings), database, HOST_KEY)) as origin:
            yield origin
    finally:
        await database.stop()


async def test_a_server_that_lost_the_database_to_another_takes_its_edits_in(
    tcp_postgres_url: str,
) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    async with cable_to(port) as cable:
        far_url = tcp_postgres_url.replace(f":{port}/", f":{cable.port}/")
        async with server_on(far_url) as origin:
            room = await Room.create(origin, HOST_KEY, language="python", code="\n")
            async with room.enter() as host:
                await host.sync()
                await host.insert(0, "first ")
                await host.fence()
                await room.call("PUT", "/code", json={"code": "first second \n"})
                cable.cut()
                await host.insert(0, "cut off ")
                await host.message("saved", lambda m: m["state"] == "unsaved")
                async with server_on(tcp_postgres_url) as other:
                    elsewhere = Room(other, HOST_KEY, room.id, room.token, room.invites)
                    async with elsewhere.enter() as guest:
                        await guest.sync()
                        assert guest.text() == "first second \n"
                        await guest.insert(0, "elsewhere ")
                        await guest.fence()
                cable.mend()
                await host.message("saved", lambda m: m["state"] == "saved")
                await host.until(lambda: "elsewhere " in host.text(), "what was typed elsewhere")
                text = host.text()
                assert "cut off " in text
        async with server_on(tcp_postgres_url) as origin:
            room.origin = origin
            assert (await room.call("GET"))["data"]["code"] == text


async def test_a_server_that_takes_a_session_back_knows_who_came_and_went(
    tcp_postgres_url: str,
) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    async with cable_to(port) as cable:
        far_url = tcp_postgres_url.replace(f":{port}/", f":{cable.port}/")
        async with server_on(far_url) as origin:
            room = await Room.create(origin, HOST_KEY, language="python", code="\n")
            carl, cora = await room.join("Carl"), await room.join("Cora")
            async with room.enter() as host, room.enter(carl) as gone, room.enter(cora) as stays:
                await asyncio.gather(host.sync(), gone.sync(), stays.sync())
                cable.cut()
                await host.insert(0, "cut off ")
                await host.message("saved", lambda m: m["state"] == "unsaved")
                async with server_on(tcp_postgres_url) as other:
                    elsewhere = Room(other, HOST_KEY, room.id, room.token, room.invites)
                    await elsewhere.call("DELETE", "/participants/Carl")
                    await elsewhere.call("PATCH", "/participants/Cora", json={"role": "observer"})
                    await elsewhere.call("PATCH", json={"title": "Moved", "language": "html"})
                    await elsewhere.call("DELETE", "/invites/candidate")
                    dora = await elsewhere.join("Dora", "observer")
                assert gone.close_code is None
                cable.mend()
                assert await gone.until_closed() == (4403, "removed")
                await host.message("session", lambda m: m["session"]["title"] == "Moved")
                await host.message("invites")
                await stays.message("role", lambda m: m["participant"]["role"] == "observer")
                await host.message(
                    "participants",
                    lambda m: (
                        [each["id"] for each in m["participants"]] == ["host", "Cora", "Dora"]
                    ),
                )
                async with room.enter(dora) as guest:
                    await guest.message("welcome")
                await host.message("saved", lambda m: m["state"] == "saved")
        async with server_on(tcp_postgres_url) as origin:
            room.origin = origin
            data = (await room.call("GET"))["data"]
            assert (data["title"], data["language"]) == ("Moved", "python")


async def test_a_session_that_is_open_on_one_server_is_refused_by_another(
    tcp_postgres_url: str,
) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    async with server_on(tcp_postgres_url) as second, AsyncExitStack() as first:
        origin = await first.enter_async_context(server_on(tcp_postgres_url))
        room = await Room.create(origin, HOST_KEY, language="python", code="\n")
        elsewhere = Room(second, HOST_KEY, room.id, room.token, room.invites)
        # Each has sessions of its own.
        own = await Room.create(second, HOST_KEY, language="python", code="own\n")
        async with own.enter() as host:
            await host.sync()
        async with room.enter() as host:
            await host.sync()
            with pytest.raises(httpx.HTTPStatusError) as refused:
                await elsewhere.call("GET")
            assert refused.value.response.status_code == 409
            async with elsewhere.enter() as guest:
                assert await guest.until_closed() == (1013, "open_elsewhere")
            await host.insert(0, "early ")
            await host.fence()
            await first.aclose()
        assert (await elsewhere.call("GET"))["data"]["code"] == "early \n"


async def test_a_session_that_is_not_in_use_moves_to_another_server(tcp_postgres_url: str) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    async with (
        server_on(tcp_postgres_url, room_idle_s=0) as first,
        server_on(tcp_postgres_url, room_idle_s=0) as second,
    ):
        room = await Room.create(first, HOST_KEY, language="python", code="")
        for n in range(4):
            room.origin = (second, first)[n % 2]
            async with room.enter() as host:
                await host.sync()
                await host.insert(0, f"{n}")
                await host.fence()
        assert (await room.call("GET"))["data"]["code"] == "3210"
