"""How rooms end, and what they outlive."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.server.realtime.conftest import HOST_KEY
from tests.server.served import served
from tests.support.eventually import eventually
from tests.support.room_client import Room, call
from websockets.asyncio.client import connect

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.db.journal import JournalStore
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.document import BrokenDocument, RoomDocument
from codeinterview_server.retention import Retention

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.server.realtime.conftest import Serve, Server

    from codeinterview_server.db.embedded import EmbeddedPostgres


@asynccontextmanager
async def served_on(postgres: EmbeddedPostgres, **settings: Any) -> AsyncIterator[str]:
    """A server on a PostgreSQL that can be stopped under it."""
    url = await postgres.start()
    await asyncio.to_thread(upgrade, url)
    database = Database(url, pool_size=4)
    await database.start()
    try:
        async with served(create_app(Settings(**settings), database, HOST_KEY)) as origin:
            yield origin
    finally:
        await database.stop()


async def test_a_deleted_session_cuts_everybody_off(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        await host.sync()
        await host.insert(0, "x")
        await room.call("DELETE", token=HOST_KEY)
        assert await host.until_closed() == (4404, "not_found")
    async with room.enter() as host:
        assert await host.until_closed() == (4404, "not_found")
    assert room.id not in server.rooms.loaded


async def test_a_session_expires_under_its_people(serve: Serve) -> None:
    server = await serve(session_hours=1.5 / 3600)
    room = await server.room()
    async with room.enter() as host:
        assert await host.until_closed() == (4410, "expired")
    async with room.enter() as host:
        assert await host.until_closed() == (4410, "expired")


async def test_a_stop_flushes_and_tells_clients_to_come_back(database: Database) -> None:
    app = create_app(Settings(), database, HOST_KEY)
    async with served(app) as origin:
        room = await Room.create(origin, HOST_KEY, language="python", code="one\n")
        opened = room.enter()
        host = await opened.__aenter__()
        await host.sync()
        await host.insert(0, "last words ")
        await host.fence()
    assert (await host.until_closed())[0] == 1012
    await opened.__aexit__(None, None, None)
    stored = await JournalStore(database).load(room.id)
    assert stored.snapshot is not None
    assert stored.updates == ()
    async with served(create_app(Settings(), database, HOST_KEY)) as origin:
        room.origin = origin
        assert (await room.call("GET"))["data"]["code"] == "last words one\n"


async def test_a_room_goes_on_while_the_database_is_away(
    own_postgres: EmbeddedPostgres,
) -> None:
    async with served_on(own_postgres) as origin:
        room = await Room.create(origin, HOST_KEY, language="python", code="one\n")
        token = await room.join("Carl")
        async with room.enter() as host, room.enter(token) as candidate:
            await asyncio.gather(host.sync(), candidate.sync())
            await own_postgres.stop()
            await candidate.insert(0, "unsaved ")
            await host.until_text("unsaved one\n")
            await host.message("saved", lambda m: m["state"] == "unsaved")
            await host.tell("language", language="html")
            await candidate.message("session", lambda m: m["session"]["language"] == "html")
            # What a loaded room knows, it tells.
            data = (await room.call("GET"))["data"]
            assert data["files"]["main.py"] == "unsaved one\n"
            with pytest.raises(httpx.HTTPStatusError) as away:
                await room.call("PATCH", json={"title": "Later"})
            assert away.value.response.status_code == 503
            assert away.value.response.json()["detail"]["code"] == "DATABASE_AWAY"
            async with httpx.AsyncClient(trust_env=False) as http:
                assert (await http.get(f"{origin}/api/v1/health")).status_code == 503
            await own_postgres.start()
            await host.message("saved", lambda m: m["state"] == "saved")
            data = (await room.call("GET"))["data"]
            assert data["files"]["main.py"] == "unsaved one\n"
            assert data["language"] == "html"


async def test_people_come_back_while_the_database_is_away(
    own_postgres: EmbeddedPostgres,
) -> None:
    # Without patience for empty rooms: only the missing database keeps this one loaded.
    async with served_on(own_postgres, room_idle_s=0) as origin:
        room = await Room.create(origin, HOST_KEY, language="python", code="one\n")
        token, removed = await room.join("Carl"), await room.join("Rita")
        async with room.enter() as host:
            await host.sync()
            await room.call("DELETE", "/participants/Rita")
            await own_postgres.stop()
            await host.insert(0, "unsaved ")
            await host.message("saved", lambda m: m["state"] == "unsaved")
        async with room.enter() as host, room.enter(token) as candidate:
            await asyncio.gather(host.sync(), candidate.sync())
            assert host.text() == candidate.text() == "unsaved one\n"
            for path in ("", "/participants", "/invites"):
                await room.call("GET", path)
            await call(origin, "GET", "/me", token=token)
            await call(origin, "GET", f"/sessions/{room.id}/preview", token=None)
            async with room.enter(removed) as gone:
                assert await gone.until_closed() == (4403, "removed")
            async with room.enter("x" * 43) as stranger:
                # It may be somebody whom only the database knows.
                assert await stranger.until_closed() == (1013, "database_away")
            await own_postgres.start()
            await host.message("saved", lambda m: m["state"] == "saved")


async def test_old_sessions_are_deleted_but_not_under_their_people(
    database: Database, serve: Serve
) -> None:
    server = await serve(room_idle_s=0)
    used, unused = await server.room(), await server.room()
    for room in (used, unused):
        await room.call("PATCH", json={"phase": "ended"})
    sessions = SessionStore(database)
    async with used.enter() as host:
        await host.message("welcome")
        retention = Retention(database, 0, lambda: server.rooms.loaded, interval_s=0.05)
        retention.start()

        async def is_gone() -> bool:
            return await sessions.get(unused.id) is None

        await eventually(is_gone, "the unused session deleted")
        await retention.stop()
        await host.fence()
        await used.call("GET")
        assert await sessions.get(used.id) is not None


async def test_a_reader_that_does_not_keep_up_is_dropped(serve: Serve) -> None:
    limits = Limits(outbox_bytes=2 * 1024 * 1024, messages_per_s=10_000)
    server = await serve(limits, sockets_per_address=2)
    room = await server.room(code="")
    token = await room.join("Slow")
    port = int(room.origin.rsplit(":", 1)[1])
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
        url = f"ws://127.0.0.1:{port}/ws/sessions/{room.id}?token={token}"
        async with room.enter() as host:
            # Nobody reads from it, so after a while the buffers of the system are full, then
            # its outbox.
            slow = await connect(url, sock=raw, compression=None, max_queue=1, ping_interval=None)
            await host.message(
                "participants", lambda m: all(p["is_online"] for p in m["participants"])
            )
            await host.sync()
            for _ in range(100):
                await host.insert(0, "x" * 150_000)
                await host.edit(lambda text: text.__delitem__(slice(0, 150_000)))
            await host.until(
                lambda: (
                    [
                        p["is_online"]
                        for p in (host.last("participants") or {})["participants"]
                        if p["id"] == "Slow"
                    ]
                    == [False]
                ),
                "the slow reader gone",
            )
            await host.insert(0, "still here")
            await host.fence()

            async def is_dropped() -> bool:
                async with room.enter() as third:
                    await third.until(
                        lambda: third.frames > 0 or third.close_code is not None, "an answer"
                    )
                    return third.frames > 0

            # Not only the room has forgotten it: the connection does not count any more.
            await eventually(is_dropped, "the slow reader's connection gone")
            slow.transport.abort()
            await slow.wait_closed()


async def test_a_broken_document_is_loaded_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await server.room()
    token = await room.join("Carl")

    def fail(self: RoomDocument, *arguments: object) -> bytes:
        raise BrokenDocument

    async with room.enter() as host, room.enter(token) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        await host.insert(0, "kept ")
        await candidate.until_text("kept one\n")
        with monkeypatch.context() as patched:
            patched.setattr(RoomDocument, "apply", fail)
            patched.setattr(RoomDocument, "heal", fail)
            await candidate.insert(0, "deadly ")
            # Whoever sent it must not come back with it; the others may.
            assert await candidate.until_closed() == (4400, "malformed")
            assert await host.until_closed() == (1012, "restarting")
    async with room.enter() as host:
        await host.sync()
        assert host.text() == "kept one\n"
        await host.insert(0, "and ")
        await host.fence()
