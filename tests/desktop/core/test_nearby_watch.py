"""What is shown as nearby is what answers; whoever answers may be anybody."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from tests.desktop.listing_server import ListingServer, listing_server, say
from tests.desktop.support import until

from codeinterview_desktop.core.nearby import NearbyRecord, NearbySession
from codeinterview_desktop.core.nearby_probe import NearbyProbe
from codeinterview_desktop.core.nearby_watch import NearbyPace, NearbyWatch
from codeinterview_desktop.core.tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ID, OTHER = "1a2b3c4d", "00000001"
QUICK = NearbyPace(every_s=0.02, again_s=0.02, unanswered_s=(0.02,))
LISTED = json.dumps({"success": True, "sessions": [{"id": ID, "title": "T"}]}).encode()


def record(port: int, key: str = "key", title: str = "Backend", **parts: object) -> NearbyRecord:
    addresses = parts.get("addresses", ("127.0.0.1",))
    assert isinstance(addresses, tuple)
    return NearbyRecord(key, str(parts.get("id", ID)), title, "Ada", addresses, port)


@asynccontextmanager
async def watching(timeout_s: float = 5.0) -> AsyncIterator[NearbyWatch]:
    failures: list[object] = []
    tasks = BackgroundTasks(lambda *failure: failures.append(failure))
    watch = NearbyWatch(tasks, NearbyProbe(timeout_s), QUICK)
    yield watch
    await watch.stop()
    await tasks.stop()
    assert failures == []


@pytest.fixture
async def watch() -> AsyncIterator[NearbyWatch]:
    async with watching() as made:
        yield made


def titles(watch: NearbyWatch) -> list[str]:
    return [each.title for each in watch.sessions]


async def shown(watch: NearbyWatch, *wanted: str) -> None:
    await until(watch.changed, lambda: titles(watch) == list(wanted), f"{wanted}")


async def asked(server: ListingServer, times: int) -> None:
    """Wait until it was asked so often again."""
    goal = len(server.heads) + times
    async with asyncio.timeout(20):
        while len(server.heads) < goal:
            server.asked.clear()
            await server.asked.wait()


async def test_a_session_is_shown_while_its_server_shows_it(watch: NearbyWatch) -> None:
    async with listing_server() as server:
        watch.put(record(server.port))
        await asked(server, 2)
        assert not watch.sessions
        server.ids.append(ID)
        await shown(watch, "Backend")
        assert watch.sessions == (
            NearbySession("key", ID, "Backend", "Ada", "127.0.0.1", ("127.0.0.1",), server.port),
        )
        server.ids[:] = [OTHER]
        await shown(watch)
        server.ids.append(ID)
        await shown(watch, "Backend")
    # Now the server is gone, without a word.
    await shown(watch)


async def test_one_lost_answer_does_not_take_it_away(watch: NearbyWatch) -> None:
    seen: list[int] = []
    async with listing_server(ID) as server:
        watch.put(record(server.port))
        await shown(watch, "Backend")
        watch.changed.connect(lambda sessions: seen.append(len(sessions)))
        server.ids.clear()
        await asked(server, 1)
        server.ids.append(ID)
        await asked(server, 3)
        assert seen == []


async def test_a_new_title_is_shown_at_once_and_a_new_place_once_it_answers(
    watch: NearbyWatch,
) -> None:
    async with listing_server(ID) as server, listing_server(ID) as elsewhere:
        watch.put(record(server.port))
        await shown(watch, "Backend")
        watch.put(record(server.port, title="Frontend"))
        assert titles(watch) == ["Frontend"]
        watch.put(record(elsewhere.port, title="Frontend"))
        await until(watch.changed, lambda: watch.sessions[0].port == elsewhere.port, "moved")
        assert len(watch.sessions) == 1


async def test_what_is_withdrawn_goes_at_once_and_is_asked_no_more(watch: NearbyWatch) -> None:
    async with listing_server(ID) as server, listing_server(ID) as other:
        watch.put(record(server.port))
        watch.put(record(other.port, "other", "Other"))
        await shown(watch, "Backend", "Other")
        watch.drop("key")
        assert titles(watch) == ["Other"]
        before = len(server.heads)
        await asked(other, 3)
        assert len(server.heads) - before <= 1
        watch.clear()
        assert watch.sessions == ()


async def test_the_best_address_that_answers_is_first(watch: NearbyWatch) -> None:
    async with listing_server(ID, host="127.0.0.3") as server:
        addresses = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
        watch.put(record(server.port, addresses=addresses))
        await shown(watch, "Backend")
        (session,) = watch.sessions
        assert (session.address, session.addresses) == ("127.0.0.3", ("127.0.0.3",))


async def test_two_entries_of_one_session_at_one_place_are_one(watch: NearbyWatch) -> None:
    async with listing_server(ID, OTHER) as server:
        watch.put(record(server.port, "a"))
        watch.put(record(server.port, "b"))
        watch.put(record(server.port, "c", "Backend", id=OTHER))
        await until(watch.changed, lambda: {each.key for each in watch.sessions} == {"a", "c"})


async def test_a_request_tells_nothing_and_names_the_server_as_it_knows_itself(
    watch: NearbyWatch,
) -> None:
    async with listing_server(ID) as server:
        watch.put(record(server.port))
        await shown(watch, "Backend")
    first, *headers = server.heads[0].split("\r\n")
    assert first == "GET /api/v1/listed HTTP/1.1"
    names = {line.partition(":")[0].lower() for line in headers if line}
    assert f"Host: 127.0.0.1:{server.port}" in headers
    assert names == {"host", "accept", "accept-encoding", "connection"}


async def redirects(server: ListingServer, writer: asyncio.StreamWriter) -> None:
    await say(writer, LISTED, f"Location: http://127.0.0.1:{server.port}/", status=302)


async def refuses(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    await say(writer, LISTED, status=404)


async def is_compressed(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    await say(writer, LISTED, "Content-Encoding: gzip")


async def says_nothing(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()
    writer.close()


async def hangs_up(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def drips(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def floods(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


async def floods_headers(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: " + b"a" * 65536 + b"\r\n")
        await writer.drain()


async def speaks_something_else(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()


def body(content: bytes) -> object:
    async def behave(_server: ListingServer, writer: asyncio.StreamWriter) -> None:
        await say(writer, content)

    return behave


HOSTILE = {
    "redirects": redirects,
    "refuses": refuses,
    "is compressed": is_compressed,
    "says nothing": says_nothing,
    "hangs up": hangs_up,
    "drips": drips,
    "floods": floods,
    "floods with headers": floods_headers,
    "is a mail server": speaks_something_else,
    "no JSON": body(b"<html>"),
    "no UTF-8": body(b'{"sessions": "\xff"}'),
    "deep": body(b"[" * 200_000),
    "another list": body(b'{"sessions": "1a2b3c4d"}'),
    "other items": body(b'{"sessions": ["1a2b3c4d", null, {"id": 7}, {"id": ["1a2b3c4d"]}]}'),
    "a list alone": body(b'[{"id": "1a2b3c4d"}]'),
    "nothing": body(b""),
    "another session": body(LISTED.replace(b"1a2b", b"1a2c")),
}


@pytest.mark.parametrize("behave", HOSTILE.values(), ids=HOSTILE.keys())
async def test_whatever_else_answers_is_not_shown(behave: object) -> None:
    async with (
        watching(timeout_s=0.5) as watch,
        listing_server(behave=behave) as hostile,  # type: ignore[arg-type]
        listing_server(ID) as good,
    ):
        watch.put(record(hostile.port, "hostile", "Hostile"))
        watch.put(record(good.port, "good", "Good"))
        await shown(watch, "Good")
        await asked(hostile, 2)
        assert titles(watch) == ["Good"]


async def test_many_that_never_answer_do_not_delay_what_does() -> None:
    async with (
        watching(timeout_s=20.0) as watch,
        listing_server(behave=says_nothing) as hostile,
        listing_server(ID) as good,
    ):
        watch.put(record(good.port, "good", "Good"))
        await shown(watch, "Good")
        for number in range(199):
            watch.put(record(hostile.port, f"hostile {number}", "Hostile"))
        await asked(hostile, 20)
        # Every slot of those is taken for a long time now.
        await asked(good, 5)
        good.ids.clear()
        await shown(watch)
