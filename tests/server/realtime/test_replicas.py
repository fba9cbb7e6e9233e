"""Several replicas on one database: whoever is in a session sees the same, wherever they landed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from tests.server.realtime.conftest import HOST_KEY
from tests.server.realtime.hearing import cursor, online, states
from tests.server.served import served
from tests.support.proxy import cable_to
from tests.support.room_client import Room, RoomClient

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.db.journal import JournalStore
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.realtime.protocol import encode_bytes, encode_integer
from codeinterview_server.realtime.rooms import Rooms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RUN: dict[str, dict[str, Any]] = {
    "started": {"language": "python", "path": "main.py"},
    "output": {"stream": "stdout", "text": "printed\n"},
    "finished": {"status": "ok", "duration_ms": 5},
}
RUNNING = ["started", "output"]


@dataclass
class Replica:
    """One of the servers."""

    origin: str
    rooms: Rooms

    def way_to(self, room: Room) -> Room:
        """The same session on this replica."""
        return replace(room, origin=self.origin)


class Fleet:
    """Replicas on one database, started as they are asked for."""

    def __init__(self, stack: AsyncExitStack, url: str) -> None:
        self._stack = stack
        self.url = url

    async def add(self, url: str | None = None, **settings: Any) -> Replica:
        database = Database(url or self.url, pool_size=4)
        await database.start()
        self._stack.push_async_callback(database.stop)
        app = create_app(Settings(**{"replicas": True, **settings}), database, HOST_KEY)
        origin = await self._stack.enter_async_context(served(app))
        return Replica(origin, app.state.rooms)


@pytest.fixture
async def fleet(database_url: str) -> AsyncIterator[Fleet]:
    async with AsyncExitStack() as stack:
        yield Fleet(stack, database_url)


async def new_room(replica: Replica, **body: Any) -> Room:
    return await Room.create(
        replica.origin, HOST_KEY, **{"language": "python", "code": "one\n", **body}
    )


async def until_typed(client: RoomClient, part: str, times: int = 1) -> None:
    """Return once the client has a text so many times."""
    await client.until(lambda: client.text().count(part) >= times, f"{part!r} {times} times")


async def test_what_is_typed_on_one_replica_appears_on_the_others(fleet: Fleet) -> None:
    first, second, third = await fleet.add(), await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl, cora = await room.join("Carl"), await second.way_to(room).join("Cora")
    async with (
        room.enter() as host,
        second.way_to(room).enter(carl) as one,
        third.way_to(room).enter(cora) as two,
    ):
        clients = (host, one, two)
        await asyncio.gather(*(client.sync() for client in clients))
        for n, client in enumerate(clients):
            await client.insert(0, f"{n}")
            for each in clients:
                await until_typed(each, f"{n}")
        # All at once, so that edits cross each other.
        for _ in range(20):
            await asyncio.gather(
                *(client.insert(0, "abc"[at]) for at, client in enumerate(clients))
            )
        for client in clients:
            await until_typed(client, "a", 20)
            await until_typed(client, "b", 20)
            await until_typed(client, "c", 20)
        assert host.text() == one.text() == two.text()
        await asyncio.gather(*(client.fence() for client in clients))
    stored = await stored_text(fleet, room)
    assert sorted(stored) == sorted(host.text())


async def stored_text(fleet: Fleet, room: Room) -> str:
    """The text that a server finds which starts with the database alone."""
    replica = await fleet.add()
    return str((await replica.way_to(room).call("GET"))["data"]["code"])


async def test_an_edit_too_long_for_one_notification_arrives(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl = await room.join("Carl")
    async with room.enter() as host, second.way_to(room).enter(carl) as guest:
        await asyncio.gather(host.sync(), guest.sync())
        for size in (50_000, 600_000):
            # The second one by way of the journal alone.
            await host.insert(0, "ü" * size)
            await until_typed(guest, "ü", size)
        assert guest.text() == host.text()


async def test_people_are_online_for_everybody_wherever_they_are(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    async with room.enter() as host:
        await host.message("welcome")
        elsewhere = second.way_to(room)
        carl = await elsewhere.join("Carl")
        async with elsewhere.enter(carl) as guest:
            welcome = await guest.message("welcome")
            assert online(welcome)["Carl"]
            await host.message("participants", lambda m: online(m) == {"host": True, "Carl": True})
            await guest.until(
                lambda: any(online(m)["host"] for m in (welcome, *guest.all("participants"))),
                "the host's presence",
            )
            page = await list_sessions(first)
            assert page["data"][0]["online_count"] == 2
        await host.message("participants", lambda m: online(m) == {"host": True, "Carl": False})


async def list_sessions(replica: Replica) -> Any:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(
            f"{replica.origin}/api/v1/sessions", headers={"Authorization": f"Bearer {HOST_KEY}"}
        )
    answer.raise_for_status()
    return answer.json()


async def test_a_knock_on_one_replica_is_answered_on_another(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    elsewhere = second.way_to(room)
    carl = await elsewhere.join("Carl", None)
    async with room.enter() as host, elsewhere.enter(carl) as guest:
        await guest.message("waiting")
        welcome = await host.message("welcome")
        lobbies = [welcome, *host.all("lobby")]
        await host.until(
            lambda: any(
                each["id"] == "Carl"
                for m in (*lobbies, *host.all("lobby"))
                for each in m["waiting"]
            ),
            "the knock",
        )
        await host.tell("admit", participant_id="Carl")
        await guest.message("welcome")
        await guest.sync()
        await guest.insert(0, "in ")
        await host.sync()
        await host.until_text("in one\n")


async def test_roles_removal_and_the_end_reach_the_other_replica(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    elsewhere = second.way_to(room)
    carl, cora = await room.join("Carl"), await room.join("Cora")
    async with (
        room.enter() as host,
        elsewhere.enter(carl) as one,
        elsewhere.enter(cora) as two,
    ):
        await asyncio.gather(host.sync(), one.sync(), two.sync())
        await room.call("PATCH", "/participants/Carl", json={"role": "observer", "name": "Karl"})
        message = await one.message("role", lambda m: m["participant"]["role"] == "observer")
        assert message["participant"]["name"] == "Karl"
        await one.insert(0, "refused")
        await one.message("refused")
        await room.call("DELETE", "/participants/Carl")
        assert await one.until_closed() == (4403, "removed")
        await room.call("PATCH", json={"locked": True, "title": "Locked"})
        await two.message("session", lambda m: m["session"]["locked"])
        await two.insert(0, "refused")
        await two.message("refused")
        await elsewhere.call("PATCH", json={"phase": "ended"})
        assert (await two.until_closed())[0] == 4409
        await host.message("session", lambda m: m["session"]["phase"] == "ended")
    assert (await room.call("GET"))["data"]["code"] == "one\n"


async def test_the_language_is_that_of_the_last_switch_anywhere(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl = await room.join("Carl")
    async with room.enter() as host, second.way_to(room).enter(carl) as guest:
        await asyncio.gather(host.sync(), guest.sync())
        await guest.tell("language", language="javascript")
        await host.message("session", lambda m: m["session"]["language"] == "javascript")
        await host.until(lambda: host.text("main.js") != "", "the other language's file")
        await host.tell("language", language="html")
        await guest.message("session", lambda m: m["session"]["language"] == "html")
        await guest.until(lambda: guest.text("index.html") != "", "the other language's files")
    await asyncio.gather(*(replica.rooms.stop() for replica in (first, second)))
    third = await fleet.add()
    assert (await third.way_to(room).call("GET"))["data"]["language"] == "html"


async def test_invites_are_renewed_and_revoked_for_all_replicas(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    elsewhere = second.way_to(room)
    await elsewhere.call("GET")
    renewed = await room.call("POST", "/invites", json={"role": "candidate"})
    fresh = replace(elsewhere, invites=renewed["invites"])
    # At once, whether or not that replica has heard of it.
    await fresh.join("Carl")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await elsewhere.join("Cora")
    assert refused.value.response.status_code == 403


async def test_whoever_joined_on_one_replica_is_known_on_another_at_once(fleet: Fleet) -> None:
    replicas = [await fleet.add() for _ in range(3)]
    room = await new_room(replicas[0])
    for replica in replicas:
        await replica.way_to(room).call("GET")
    for n in range(6):
        token = await replicas[n % 3].way_to(room).join(f"Person{n}")
        async with replicas[(n + 1) % 3].way_to(room).enter(token) as guest:
            await guest.message("welcome")


async def test_cursors_are_seen_across_replicas_and_go_with_their_owner(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl, olga = await room.join("Carl"), await room.join("Olga", "observer")
    async with (
        room.enter() as host,
        second.way_to(room).enter(carl) as guest,
        second.way_to(room).enter(olga) as observer,
    ):
        await asyncio.gather(host.sync(), guest.sync(), observer.sync())
        await host.show(cursor(7))
        await guest.until(lambda: states(guest).get(7) is not None, "the host's cursor")
        assert states(guest)[7]["user"]["name"] == "Ines Interviewer"
        await observer.show(cursor(9))
        await host.until(lambda: states(host).get(9) is not None, "the observer's cursor")
        async with second.way_to(room).enter(carl) as late:
            await late.until(lambda: 7 in states(late), "the cursors that are there")
        # A silent observer is none to candidates, on whichever replica.
        token = await room.join("Cora")
        async with room.enter(token) as candidate:
            await candidate.until(lambda: states(candidate).get(9) is not None, "the observer")
            await second.way_to(room).call("PATCH", json={"observers_listed": False})
            await candidate.until(lambda: states(candidate)[9] is None, "the observer hidden")
            assert states(host)[9] is not None
    async with room.enter() as host, second.way_to(room).enter(carl) as guest:
        await asyncio.gather(host.sync(), guest.sync())
        await guest.show(cursor(11))
        await host.until(lambda: states(host).get(11) is not None, "a cursor")
        await guest.socket.close()
        await host.until(lambda: states(host)[11] is None, "the cursor gone")


async def test_a_client_that_changes_replicas_is_still_seen(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl = await room.join("Carl")
    async with room.enter() as host, second.way_to(room).enter(carl) as before:
        await asyncio.gather(host.sync(), before.sync())
        await before.show(cursor(7))
        await host.until(lambda: states(host).get(7) is not None, "the cursor")
        # Its old socket is not known to be dead yet.
        async with room.enter(carl) as after:
            await after.sync()
            await after.show(cursor(7))
            await after.fence()
            await before.socket.close()
            await host.fence()
            await host.until(lambda: states(host)[7] is not None, "the cursor still there")
            # Nobody else takes it.
            mallory = await room.join("Mallory")
            async with second.way_to(room).enter(mallory) as other:
                await other.sync()
                await other.until(lambda: 7 in states(other), "Carl's cursor")
                await other.show(cursor(7))
                await other.fence()
            assert states(host)[7]["user"]["name"] == "Carl"


async def test_whoever_changes_replicas_takes_later_cursors_for_later(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    # In memory there before it is here: its clocks began earlier.
    room = await new_room(first)
    carl = await room.join("Carl")
    async with second.way_to(room).enter() as host:
        await host.sync()
        await host.show(cursor(7))
        async with second.way_to(room).enter(carl) as before:
            await before.until(lambda: states(before).get(7) is not None, "the host's cursor")
        async with first.way_to(room).enter(carl) as after:
            # A browser remembers which clocks it has seen.
            after.awareness[:0] = before.awareness
            await after.sync()
            moved = encode_bytes(b'{"x": "elsewhere"}')
            await host.show(encode_integer(1) + encode_integer(7) + encode_integer(2) + moved)
            await after.until(lambda: states(after)[7]["x"] == "elsewhere", "the cursor moved")


async def test_a_run_is_followed_on_every_replica(fleet: Fleet) -> None:
    first, second, third = await fleet.add(), await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl = await room.join("Carl")
    async with room.enter() as host, second.way_to(room).enter(carl) as guest:
        await asyncio.gather(host.sync(), guest.sync())
        run = {"run_id": "r1"}
        await guest.tell("run", **run, event="started", language="python", path="main.py")
        await guest.tell("run", **run, event="output", stream="stdout", text="first\n")
        await host.message("run", lambda m: m.get("text") == "first\n")
        # Somebody who comes to a third replica later has all of it.
        cora = await third.way_to(room).join("Cora")
        async with third.way_to(room).enter(cora) as late:
            await late.message("welcome")
            await guest.tell("run", **run, event="output", stream="stdout", text="second\n")
            await late.message("run", lambda m: m.get("text") == "second\n")
            await guest.tell("run", **run, event="finished", status="ok", duration_ms=5)
            for client in (host, late):
                await client.message("run", lambda m: m.get("status") == "ok")
        async with third.way_to(room).enter(cora) as again:
            (record,) = (await again.message("welcome"))["runs"]
            assert record["output"] == [{"stream": "stdout", "text": "first\nsecond\n"}]
            assert (record["status"], record["name"]) == ("ok", "Carl")


async def test_a_deleted_session_is_deleted_on_every_replica(fleet: Fleet) -> None:
    first, second = await fleet.add(), await fleet.add()
    room = await new_room(first)
    carl = await room.join("Carl")
    async with second.way_to(room).enter(carl) as guest:
        await guest.sync()
        await room.call("DELETE", token=HOST_KEY)
        assert (await guest.until_closed())[0] == 4404
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await second.way_to(room).call("GET")
        assert refused.value.response.status_code == 404


async def test_a_late_joiner_on_another_replica_sees_what_is_not_written_yet(
    tcp_postgres_url: str,
) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    async with AsyncExitStack() as stack:
        fleet = Fleet(stack, tcp_postgres_url)
        first, second = await fleet.add(), await fleet.add()
        room = await new_room(first)
        carl = await room.join("Carl")
        async with room.enter() as host:
            await host.sync()
            async with await psycopg.AsyncConnection.connect(tcp_postgres_url) as blocker:
                # No journal can be written as long as this is held.
                await blocker.execute("LOCK TABLE updates IN SHARE MODE")
                await host.insert(0, "unwritten ")
                await host.fence()
                async with second.way_to(room).enter(carl) as guest:
                    await guest.sync()
                    await guest.until_text("unwritten one\n")
                await blocker.rollback()


async def test_a_replica_whose_line_was_cut_catches_up(tcp_postgres_url: str) -> None:
    await asyncio.to_thread(upgrade, tcp_postgres_url)
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    async with cable_to(port) as cable, AsyncExitStack() as stack:
        fleet = Fleet(stack, tcp_postgres_url)
        far_url = tcp_postgres_url.replace(f":{port}/", f":{cable.port}/")
        first, second = await fleet.add(), await fleet.add(far_url)
        room = await new_room(first)
        carl = await room.join("Carl")
        async with room.enter() as host, second.way_to(room).enter(carl) as guest:
            await asyncio.gather(host.sync(), guest.sync())
            await guest.show(cursor(7))
            await host.until(lambda: states(host).get(7) is not None, "the cursor")
            cable.cut()
            await host.until(lambda: states(host)[7] is None, "the cursor of a lost replica gone")
            await host.message("participants", lambda m: online(m) == {"host": True, "Carl": False})
            await guest.insert(0, "there ")
            await host.insert(0, "here ")
            await room.call("PATCH", json={"title": "Changed meanwhile", "language": "html"})
            for run_id, events in (("r1", ("started", "output")), ("r2", ("started", "finished"))):
                for event in events:
                    await host.tell("run", run_id=run_id, event=event, **RUN[event])
            await guest.message("saved", lambda m: m["state"] == "unsaved")
            cable.mend()
            await guest.until(lambda: "here " in guest.text(), "what was typed meanwhile")
            await host.until(lambda: "there " in host.text(), "what was typed there meanwhile")
            assert host.text() == guest.text()
            await guest.message(
                "session",
                lambda m: (
                    (m["session"]["title"], m["session"]["language"])
                    == ("Changed meanwhile", "html")
                ),
            )
            await guest.message("run", lambda m: m.get("text") == "printed\n")
            await guest.message("run", lambda m: m.get("status") == "ok")
            assert [m["event"] for m in guest.all("run") if m["run_id"] == "r1"] == RUNNING
            await host.tell("run", run_id="r1", event="finished", **RUN["finished"])
            await guest.message("run", lambda m: (m["run_id"], m["event"]) == ("r1", "finished"))
            await guest.message("saved", lambda m: m["state"] == "saved")
            await host.until(lambda: states(host)[7] is not None, "the cursor back")


async def test_rows_that_replicas_write_at_once_are_all_read(database: Database) -> None:
    """Sequence numbers come from one counter; they must not become visible out of order."""
    from tests.server.realtime.test_journal import A, make_sessions

    from codeinterview_server.db.journal import JournalEntry

    await make_sessions(database, A)
    stores = [JournalStore(database, shared=True) for _ in range(3)]
    seen: list[tuple[int, bytes]] = []
    done = asyncio.Event()

    async def read() -> None:
        last = 0
        while True:
            is_last = done.is_set()
            for _, seq, data in await stores[0].read_later({A: last}):
                seen.append((seq, data))
                last = seq
            if is_last:
                return

    async def write(n: int) -> None:
        for count in range(60):
            await stores[n].append([JournalEntry(A, None, 0, f"{n}:{count}".encode())])

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(n) for n in range(3)))
    done.set()
    await reading
    assert len({data for _, data in seen}) == 180
    for store in stores:
        await store.close()


async def test_a_server_that_is_no_replica_is_refused_what_replicas_have_open(
    fleet: Fleet,
) -> None:
    first, alone = await fleet.add(), await fleet.add(replicas=False)
    room = await new_room(first)
    async with room.enter() as host:
        await host.sync()
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await alone.way_to(room).call("GET")
        assert refused.value.response.status_code == 409
    own = await new_room(alone)
    async with own.enter() as host:
        await host.sync()
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await first.way_to(own).call("GET")
        assert refused.value.response.status_code == 409
