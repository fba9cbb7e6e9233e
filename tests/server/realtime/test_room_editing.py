"""Typing together: relayed, kept, refused, replaced, switched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pycrdt import Doc, Text
from tests.support.eventually import eventually

from codeinterview_server.db.journal import JournalStore, StoredDocument
from codeinterview_server.realtime.protocol import SyncKind, encode_sync

if TYPE_CHECKING:
    import pytest
    from tests.server.realtime.conftest import Serve, Server
    from tests.support.room_client import RoomClient


async def test_edits_reach_the_others_and_the_api(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        assert host.text() == "one\n"
        await candidate.insert(3, " zwölf 😀")
        await host.until_text("one zwölf 😀\n")
        await host.insert(0, "# ")
        await candidate.until_text("# one zwölf 😀\n")
        assert (await room.call("GET"))["data"]["code"] == "# one zwölf 😀\n"


async def test_edits_at_once_converge(server: Server) -> None:
    room = await server.room(code="")
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())

        async def type_letters(client: RoomClient, letter: str) -> None:
            for _ in range(50):
                await client.insert(0, letter)

        await asyncio.gather(type_letters(host, "a"), type_letters(candidate, "b"))
        await host.until(lambda: len(host.text()) == 100, "all letters")
        await candidate.until(lambda: len(candidate.text()) == 100, "all letters")
        assert host.text() == candidate.text()
        assert host.text().count("a") == 50


async def test_edits_made_while_away_merge_on_return(server: Server) -> None:
    room = await server.room()
    doc: Doc[Any] = Doc()
    async with room.enter(doc=doc) as host:
        await host.sync()
    doc.get("file:main.py", type=Text).insert(0, "away ")
    async with room.enter(await room.join("Carl")) as candidate:
        await candidate.sync()
        await candidate.insert(4, "here\n")
        async with room.enter(doc=doc) as host:
            await candidate.until_text("away one\nhere\n")
            await host.sync()
            assert host.text() == candidate.text()


async def test_rest_replaces_text_by_a_small_edit_in_open_editors(server: Server) -> None:
    lines = [f"line {number}\n" for number in range(2000)]
    room = await server.room(code="".join(lines))
    async with room.enter() as host:
        await host.sync()
        sizes: list[int] = []
        host.doc.observe(lambda event: sizes.append(len(event.update)))
        lines[1000] = "line ONE THOUSAND\n"
        await room.call("PUT", "/code", json={"code": "".join(lines)})
        await host.until_text("".join(lines))
        assert len(sizes) == 1
        assert sizes[0] < 200
        await room.call("PATCH", json={"code": "short\n", "title": "New"})
        await host.until_text("short\n")
        changed = await host.message("session", lambda m: m["session"]["title"] == "New")
        assert changed["session"]["language"] == "python"


async def test_observers_read_and_their_edits_are_refused(server: Server) -> None:
    room = await server.room()
    token = await room.join("Olga", "observer")
    async with room.enter() as host, room.enter(token) as observer:
        await asyncio.gather(host.sync(), observer.sync())
        await host.insert(0, "x")
        await observer.until_text("xone\n")
        assert observer.all("refused") == []
        await observer.insert(0, "y")
        refused = await observer.message("refused")
        assert (refused["action"], refused["code"]) == ("edit_code", "NOT_ALLOWED")
        await host.fence()
        assert host.text() == "xone\n"


async def test_an_answer_that_adds_nothing_is_not_refused(server: Server) -> None:
    room = await server.room(code="abcdef\n")
    async with room.enter() as host:
        await host.sync()
        await host.edit(lambda text: text.__delitem__(slice(0, 3)))
        await host.fence()
    token = await room.join("Olga", "observer")
    doc: Doc[Any] = Doc()
    for _ in range(2):
        # The second time, the answer to the server's question holds the deletions.
        async with room.enter(token, doc=doc) as observer:
            await observer.sync()
            await observer.fence()
            assert observer.all("refused") == []
    doc.get("file:main.py", type=Text).__delitem__(slice(0, 1))
    async with room.enter(token, doc=doc) as observer:
        assert (await observer.message("refused"))["action"] == "edit_code"


async def test_a_lock_stops_candidates_at_once(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        await room.call("PATCH", json={"locked": True})
        await candidate.message("session", lambda m: m["session"]["locked"])
        for _ in range(20):
            await candidate.insert(0, "x")
        refused = await candidate.message("refused")
        assert "locked" in refused["error"]
        # Many edits are refused in one breath, and the rest before the next pong.
        await candidate.fence()
        assert len(candidate.all("refused")) == 2
        order = [each["type"] for each in candidate.heard if each["type"] in {"refused", "pong"}]
        assert order == ["refused", "refused", "pong"]
        # A pong that goes ahead vouches for no edit: it overtakes even the refusal.
        for _ in range(20):
            await candidate.insert(0, "x")
        await candidate.tell("ping", id="line", ahead=True)
        await candidate.tell("ping", id="edits")
        edits = await candidate.message("pong", lambda m: m["id"] == "edits")
        line = await candidate.message("pong", lambda m: m["id"] == "line")
        between = candidate.heard[candidate.heard.index(line) : candidate.heard.index(edits)]
        assert [each["type"] for each in between] == ["pong", "refused"]
        await host.insert(0, "h")
        await host.fence()
        assert host.text() == "hone\n"
        await room.call("PATCH", json={"locked": False})
        await candidate.message("session", lambda m: not m["session"]["locked"])


async def test_an_edit_that_builds_on_unknown_ones_is_asked_for(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter() as other:
        await asyncio.gather(host.sync(), other.sync())
        text = host.doc.get("file:main.py", type=Text)
        text.insert(0, "lost ")
        before = host.doc.get_state()
        text.insert(5, "kept ")
        await host.send(encode_sync(SyncKind.UPDATE, host.doc.get_update(before)))
        await other.until_text("lost kept one\n")


async def test_a_language_brings_its_files_and_keeps_the_others(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        await candidate.tell("language", language="html")
        changed = await host.message("session")
        assert changed["session"]["language"] == "html"
        await host.until(lambda: "<html" in host.text("index.html"), "the page's template")
        await host.until(lambda: host.text("style.css") != "", "the style's template")
        data = (await room.call("GET"))["data"]
        assert set(data["files"]) == {"main.py", "index.html", "style.css", "script.js"}
        assert data["files"]["main.py"] == "one\n"
        assert data["code"] == data["files"]["index.html"]
        await room.call("PATCH", json={"language": "python"})
        assert (await room.call("GET"))["data"]["code"] == "one\n"


async def test_observers_do_not_switch_the_language(server: Server) -> None:
    room = await server.room()
    async with room.enter(await room.join("Olga", "observer")) as observer:
        await observer.message("welcome")
        await observer.tell("language", language="html")
        refused = await observer.message("refused")
        assert refused["action"] == "switch_language"
        assert (await room.call("GET"))["data"]["language"] == "python"


async def test_rooms_that_open_together_are_loaded_once(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(room_idle_s=0)
    room = await server.room()
    tokens = [await room.join(f"p{number}") for number in range(6)]
    await unloaded(server, room.id)
    loads: list[str] = []
    load = JournalStore.load

    async def count(self: JournalStore, session_id: str) -> StoredDocument:
        loads.append(session_id)
        return await load(self, session_id)

    monkeypatch.setattr(JournalStore, "load", count)

    async def visit(token: str) -> None:
        async with room.enter(token) as client:
            await client.sync()
            assert client.text() == "one\n"
            together.append(client)
            await client.message("welcome")
            await everybody.wait()

    together: list[RoomClient] = []
    everybody = asyncio.Barrier(len(tokens))
    await asyncio.gather(*(visit(token) for token in tokens))
    assert loads == [room.id]


async def unloaded(server: Server, session_id: str) -> None:
    """Return once the room is out of memory."""

    async def is_gone() -> bool:
        return session_id not in server.rooms.loaded

    await eventually(is_gone, "the room unloaded")


async def test_an_idle_room_is_written_unloaded_and_loaded_again(serve: Serve) -> None:
    server = await serve(room_idle_s=0)
    room = await server.room()
    async with room.enter() as host:
        await host.sync()
        for number in range(30):
            await host.insert(0, f"{number} ")
        await host.fence()
        text = host.text()
    await unloaded(server, room.id)
    stored = await JournalStore(server.database).load(room.id)
    assert stored.snapshot is not None
    assert stored.updates == ()
    async with room.enter() as host:
        await host.sync()
        assert host.text() == text
