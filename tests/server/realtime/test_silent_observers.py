"""Silent observers: candidates learn of them by nothing, everybody else sees them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.server.realtime.hearing import cursor, online, states

from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Serve, Server
    from tests.support.room_client import Room, RoomClient


def ids(people: list[dict[str, Any]]) -> list[str]:
    """The ids in a list of people."""
    return [person["id"] for person in people]


async def give(room: Room, name: str, role: str) -> None:
    """Give somebody a role, as the creator."""
    await room.call("PATCH", f"/participants/{name}", json={"role": role})


async def list_observers(room: Room, listed: bool) -> None:
    """List observers or not, as the creator."""
    answer = await room.call("PATCH", json={"observers_listed": listed})
    assert answer["data"]["observers_listed"] is listed


async def until_shown(client: RoomClient, client_id: int, is_shown: bool) -> None:
    """Return once a client has somebody's cursor, or has it no longer."""

    def fits() -> bool:
        return (states(client).get(client_id) is not None) is is_shown

    await client.until(fits, f"the cursor of {client_id}: {is_shown}")


async def until_listed(client: RoomClient, name: str, is_listed: bool) -> None:
    """Return once a client has somebody in its list of people, or no longer."""

    def fits() -> bool:
        message = client.last("participants")
        return message is not None and (name in online(message)) is is_listed

    await client.until(fits, f"{name} in the list: {is_listed}")


async def heard_since(client: RoomClient, frames: int) -> int:
    """How many frames a client heard since it had heard so many."""
    await client.fence()
    return client.frames - frames - 1


@pytest.mark.parametrize("query", ["", "&only=control"])
async def test_no_frame_reaches_a_candidate_for_what_an_observer_does(
    server: Server, query: str
) -> None:
    room = await server.room(observers_listed=False)
    carl = await room.join("Carl")
    async with room.enter() as host, room.enter(carl, query=query) as candidate:
        welcome = await candidate.message("welcome")
        assert welcome["session"]["observers_listed"] is False
        await host.sync()
        await candidate.fence()
        before = candidate.frames
        olga = await room.join("Olga", "observer")
        await host.message("participants", lambda m: "Olga" in online(m))
        async with room.enter(olga) as observer:
            await observer.sync()
            await observer.show(cursor(7))
            await host.until(lambda: 7 in states(host), "the cursor, for an interviewer")
            await room.call("PATCH", "/participants/Olga", token=olga, json={"name": "Ola"})
            await host.until(lambda: states(host)[7]["user"]["name"] == "Ola", "the new name")
            assert await heard_since(candidate, before) == 0
            before = candidate.frames
        await host.until(lambda: states(host)[7] is None, "the cursor's end")
        await host.message("participants", lambda m: online(m).get("Olga") is True)
        await room.call("DELETE", "/participants/Olga", token=olga)
        count = len(host.all("participants"))
        await room.join("Oskar", "observer")
        await host.until(lambda: len(host.all("participants")) > count, "another one")
        await room.call("DELETE", "/participants/Oskar")
        assert await heard_since(candidate, before) == 0


async def test_every_list_is_as_long_as_its_reader_may_see(server: Server) -> None:
    room = await server.room(observers_listed=False)
    olga = await room.join("Olga", "observer")
    async with room.enter(olga) as observer:
        await observer.sync()
        await observer.show(cursor(7))
        await observer.fence()
        answer = await room.call(
            "POST",
            "/join",
            token=await room.join("Carl"),
            json={"user": {"id": "Carl", "name": "Carl", "color": ""}},
        )
        carl = answer["token"]
        assert ids(answer["data"]["participants"]) == ["host", "Carl"]
        for token, expected in (
            (carl, ["host", "Carl"]),
            (olga, ["host", "Olga", "Carl"]),
            (room.token, ["host", "Olga", "Carl"]),
            (room.host_key, ["host", "Olga", "Carl"]),
        ):
            listed = await room.call("GET", "/participants", token=token)
            assert ids(listed["participants"]) == expected
            read = await room.call("GET", token=token)
            assert ids(read["data"]["participants"]) == expected
        for method, path, body in (
            ("PATCH", "", {"code": "two\n"}),
            ("PATCH", "", {"language": "html"}),
            ("PUT", "/code", {"code": "<p>\n"}),
        ):
            answer = await room.call(method, path, token=carl, json=body)
            assert ids(answer["data"]["participants"]) == ["host", "Carl"]
        oskar = await room.join("Oskar", "observer")
        for token, sees in ((carl, False), (oskar, True), (room.token, True)):
            async with room.enter(token) as late:
                welcome = await late.message("welcome")
                await late.fence()
                assert ("Olga" in ids(welcome["participants"])) is sees
                assert (7 in states(late)) is sees


async def test_a_silent_observer_cannot_be_told_from_nobody(server: Server) -> None:
    room = await server.room(observers_listed=False)
    await room.join("Olga", "observer")
    people = f"{room.origin}/api/v1/sessions/{room.id}/participants"
    tokens = [await room.join("Carl"), await room.join("Nick", None)]
    async with httpx.AsyncClient(trust_env=False) as http:
        for token in tokens:
            for method, body in (
                ("PATCH", {"name": "x"}),
                ("PATCH", {"role": "candidate"}),
                ("PATCH", {"status": "admitted"}),
                ("DELETE", None),
            ):
                answers = [
                    await http.request(
                        method,
                        f"{people}/{name}",
                        headers={"Authorization": f"Bearer {token}"},
                        json=body,
                    )
                    for name in ("Olga", "nobody")
                ]
                assert answers[0].status_code == 403
                assert answers[0].content == answers[1].content
    async with room.enter(tokens[0]) as candidate:
        await candidate.message("welcome")
        for name in ("Olga", "nobody"):
            await candidate.tell("admit", participant_id=name)
            await candidate.tell("decline", participant_id=name)
        await candidate.fence()
        refusals = candidate.all("refused")
        assert refusals[:2] == refusals[2:]


async def test_hiding_and_listing_takes_effect_at_once(server: Server) -> None:
    room = await server.room()
    carl, olga = await room.join("Carl"), await room.join("Olga", "observer")
    async with (
        room.enter() as host,
        room.enter(carl) as candidate,
        room.enter(olga) as observer,
    ):
        await asyncio.gather(host.sync(), candidate.sync(), observer.sync())
        await observer.show(cursor(7))
        await candidate.until(lambda: 7 in states(candidate), "the cursor")
        for listed in (False, True, False, True):
            await list_observers(room, listed)
            await until_shown(candidate, 7, listed)
            await until_listed(candidate, "Olga", listed)
            session = candidate.last("session")
            assert session is not None
            assert session["session"]["observers_listed"] is listed
            await observer.fence()
            assert observer.last("session") == session
            await host.fence()
            assert states(host)[7] is not None
            last = host.last("participants")
            assert last is not None
            assert "Olga" in online(last)
            async with room.enter(carl) as late:
                await late.message("welcome")
                await late.fence()
                assert (7 in states(late)) is listed


async def test_a_role_hides_and_shows_its_owner_at_once(server: Server) -> None:
    room = await server.room(observers_listed=False)
    carl, cora = await room.join("Carl"), await room.join("Cora")
    async with room.enter(carl) as carls, room.enter(cora) as coras:
        await asyncio.gather(carls.sync(), coras.sync())
        await coras.show(cursor(8))
        await carls.until(lambda: 8 in states(carls), "the cursor of a candidate")
        for role, is_seen in (("observer", False), ("candidate", True), ("observer", False)):
            await give(room, "Cora", role)
            await until_shown(carls, 8, is_seen)
            await until_listed(carls, "Cora", is_seen)
            await coras.fence()
            assert coras.all("role")[-1]["participant"]["role"] == role
        shown = [state["user"]["role"] for state in seen(carls, 8) if state is not None]
        assert set(shown) == {"candidate"}, "what they are otherwise is not told"
        await carls.fence()
        before = carls.frames
        await coras.show(cursor(8))
        await coras.fence()
        assert await heard_since(carls, before) == 0


def seen(client: RoomClient, client_id: int) -> list[Any]:
    """Every state of one client id that was heard of, in order."""
    found: list[Any] = []
    for count in range(1, len(client.awareness) + 1):
        part = type(client)(client.socket, client.doc, awareness=client.awareness[:count])
        state = states(part).get(client_id)
        if not found or state != found[-1]:
            found.append(state)
    return found


async def test_a_role_gives_sight_of_silent_observers_and_takes_it(server: Server) -> None:
    room = await server.room(observers_listed=False)
    carl, olga = await room.join("Carl"), await room.join("Olga", "observer")
    async with room.enter(olga) as observer, room.enter(carl) as other:
        await asyncio.gather(observer.sync(), other.sync())
        await observer.show(cursor(7))
        await observer.fence()
        await other.fence()
        assert states(other) == {}
        for role, sees in (("observer", True), ("candidate", False), ("interviewer", True)):
            await give(room, "Carl", role)
            await until_shown(other, 7, sees)
            await until_listed(other, "Olga", sees)


async def test_a_run_ends_with_the_role_and_not_when_its_owner_leaves(server: Server) -> None:
    room = await server.room(observers_listed=False)
    carl, cora = await room.join("Carl"), await room.join("Cora")
    async with room.enter(carl) as witness:
        await witness.sync()
        async with room.enter(cora) as runner:
            await runner.sync()
            await runner.tell(
                "run", run_id="r1", event="started", language="python", path="main.py"
            )
            await witness.message("run", lambda m: m["event"] == "started")
            await give(room, "Cora", "observer")
            finished = await witness.message("run", lambda m: m["event"] == "finished")
            assert finished["status"] == "stopped"
            await witness.fence()
            before = witness.frames
            await runner.tell(
                "run", run_id="r1", event="output", stream="stdout", text="still here"
            )
            assert (await runner.message("refused"))["code"] == "NOT_ALLOWED"
        async with room.enter() as host:
            await host.message("welcome", lambda m: {"Cora": False}.items() <= online(m).items())
        await witness.until(lambda: witness.frames - before == 2, "the host's coming and going")
        assert await heard_since(witness, before) == 2, "nobody else"
        assert [message["event"] for message in witness.all("run")] == ["started", "finished"]


async def test_colours_have_no_gap_where_a_silent_observer_is(server: Server) -> None:
    room = await server.room(observers_listed=False)
    await room.join("Olga", "observer")
    carl = await room.join("Carl")
    await room.join("Ida", "interviewer")
    await room.call("PATCH", "/participants/Carl", token=carl, json={"color": "red"})
    people = (await room.call("GET", "/participants"))["participants"]
    presences = {person["id"]: person["presence"] for person in people}
    assert presences == {"host": 0, "Olga": 1, "Carl": 1, "Ida": 2}


async def test_silent_observers_take_no_place_from_others(serve: Serve) -> None:
    server = await serve(Limits(participants=3))
    room = await server.room(observers_listed=False)
    for name in ("o1", "o2", "o3"):
        await room.join(name, "observer")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await room.join("o4", "observer")
    assert refused.value.response.json()["detail"]["code"] == "SESSION_FULL"
    await room.join("c1")
    await room.join("c2")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await room.join("c3")
    assert refused.value.response.json()["detail"]["code"] == "SESSION_FULL"
