"""Coming and going: the lobby, who is online, roles, being removed, the end."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.server.realtime.hearing import online, states
from tests.support.eventually import eventually

from codeinterview_server.db.events import EventKind, EventStore
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.protocol import (
    SyncKind,
    encode_bytes,
    encode_integer,
    encode_sync,
)

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Serve, Server
    from tests.support.room_client import Room


async def status_of(room: Room, token: str) -> int:
    """The status that a token's owner is answered with."""
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.get(
            f"{room.origin}/api/v1/sessions/{room.id}",
            headers={"Authorization": f"Bearer {token}"},
        )
    return response.status_code


async def test_online_means_one_open_socket_at_least(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host:
        await host.message("participants", lambda m: online(m) == {"host": True, "Carl": False})
        async with room.enter(token) as first:
            await host.message("participants", lambda m: online(m) == {"host": True, "Carl": True})
            async with room.enter(token) as second:
                await second.message("welcome")
            await first.fence()
            count = len(host.all("participants"))
        await host.until(lambda: len(host.all("participants")) > count, "Carl gone")
        last = host.last("participants")
        assert last is not None
        assert online(last) == {"host": True, "Carl": False}


async def test_a_knock_is_answered_over_the_socket(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        token = await room.join("Nick", None)
        lobby = await host.message("lobby")
        assert [(each["id"], each["name"]) for each in lobby["waiting"]] == [("Nick", "Nick")]
        async with room.enter(token) as knocker:
            waiting = await knocker.message("waiting")
            assert waiting["participant"]["status"] == "waiting"
            # A stock client asks at once, and hears of nothing as long as it waits.
            await knocker.send(encode_sync(SyncKind.STATE, knocker.doc.get_state()))
            await knocker.insert(0, "let me in")
            await knocker.fence()
            assert {each["type"] for each in knocker.heard} == {"waiting", "pong"}
            assert knocker.frames == len(knocker.heard)
            await host.tell("admit", participant_id="Nick")
            welcome = await knocker.message("welcome")
            assert welcome["participant"]["status"] == "admitted"
            await knocker.until(lambda: knocker.synced, "the text, unasked")
            await host.message("lobby", lambda m: m["waiting"] == [])
            await host.message("participants", lambda m: online(m).get("Nick") is True)
            # What was typed in the lobby comes along with the handshake.
            await host.sync()
            await host.until(lambda: "let me in" in host.text(), "the early edit")


async def test_a_knock_is_declined_over_rest(server: Server) -> None:
    room = await server.room()
    token = await room.join("Nick", None)
    async with room.enter(token) as knocker:
        await knocker.message("waiting")
        await room.call("PATCH", "/participants/Nick", json={"status": "declined"})
        assert await knocker.until_closed() == (4403, "declined")
    async with room.enter(token) as knocker:
        assert await knocker.until_closed() == (4403, "declined")


async def test_candidates_do_not_answer_knocks(server: Server) -> None:
    room = await server.room()
    await room.join("Nick", None)
    async with room.enter(await room.join("Carl")) as candidate:
        await candidate.message("welcome")
        await candidate.tell("admit", participant_id="Nick")
        refused = await candidate.message("refused")
        assert (refused["action"], refused["code"]) == ("admit", "NOT_ALLOWED")
        assert candidate.all("lobby") == []


async def test_a_knock_is_answered_once(server: Server) -> None:
    room = await server.room()
    await room.join("Nick", None)
    async with room.enter() as host:
        await host.tell("decline", participant_id="Nick")
        await host.message("lobby", lambda m: m["waiting"] == [])
        await host.tell("admit", participant_id="Nick")
        assert (await host.message("refused"))["code"] == "CONFLICT"
        await host.tell("admit", participant_id="nobody")
        await host.message("refused", lambda m: m["code"] == "PARTICIPANT_NOT_FOUND")


async def test_leaving_from_the_lobby_is_no_way_in(server: Server) -> None:
    room = await server.room()
    token = await room.join("Nick", None)
    await room.call("DELETE", "/participants/Nick", token=token)
    body = {"user": {"id": "Nick", "name": "Nick", "color": ""}}
    answer = await room.call("POST", "/join", token=token, json=body)
    assert answer["status"] == "waiting"
    assert answer["participant"]["id"] == "Nick"
    answer = await room.call(
        "POST", "/join", token=token, json={**body, "invite": room.invites["candidate"]}
    )
    assert answer["status"] == "admitted"


async def test_whoever_is_removed_is_cut_off_for_good(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host, room.enter(token) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        await room.call("DELETE", "/participants/Carl")
        assert await candidate.until_closed() == (4403, "removed")
        await host.message("participants", lambda m: set(online(m)) == {"host"})
    async with room.enter(token) as candidate:
        assert await candidate.until_closed() == (4403, "removed")
    assert await status_of(room, token) == 403


async def test_a_new_role_takes_effect_at_once(server: Server) -> None:
    room = await server.room()
    await room.join("Nick", None)
    token = await room.join("Olga", "observer")
    async with room.enter() as host, room.enter(token) as observer:
        await asyncio.gather(host.sync(), observer.sync())
        await room.call("PATCH", "/participants/Olga", json={"role": "interviewer"})
        role = await observer.message("role")
        assert role["participant"]["role"] == "interviewer"
        lobby = await observer.message("lobby")
        assert [each["id"] for each in lobby["waiting"]] == ["Nick"]
        await observer.insert(0, "x")
        await host.until_text("xone\n")


async def test_the_end_closes_candidates_and_leaves_interviewers_to_read(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host, room.enter(token) as candidate:
        await asyncio.gather(host.sync(), candidate.sync())
        await room.call("PATCH", json={"phase": "ended"})
        assert await candidate.until_closed() == (4409, "ended")
        await host.message("session", lambda m: m["session"]["phase"] == "ended")
        await host.insert(0, "x")
        refused = await host.message("refused")
        assert (refused["action"], refused["code"]) == ("edit_code", "SESSION_ENDED")
        assert (await room.call("GET"))["data"]["code"] == "one\n"
    async with room.enter(token) as candidate:
        assert await candidate.until_closed() == (4409, "ended")
    async with room.enter() as host:
        await host.sync()
        assert host.text() == "one\n"


async def test_the_lobby_and_the_session_are_bounded(serve: Serve) -> None:
    server = await serve(Limits(participants=4, waiting=1))
    room = await server.room()
    await room.join("n1", None)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await room.join("n2", None)
    assert refused.value.response.status_code == 409
    await room.join("c1")
    await room.join("c2")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        await room.join("c3")
    assert refused.value.response.json()["detail"]["code"] == "SESSION_FULL"


async def test_cursors_carry_the_name_that_the_server_knows(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    claim = json.dumps({"user": {"name": "Ines Interviewer", "role": "interviewer"}}).encode()
    state = b"\x01" + encode_integer(7) + encode_integer(1) + encode_bytes(claim)
    async with room.enter() as host:
        await host.message("welcome")
        async with room.enter(token) as candidate:
            await candidate.show(state)
            await host.until(lambda: 7 in states(host), "the state")
            user = states(host)[7]["user"]
            assert (user["id"], user["name"], user["role"]) == ("Carl", "Carl", "candidate")
            async with room.enter() as late:
                await late.until(lambda: 7 in states(late), "the state of who was here before")
            await room.call("PATCH", "/participants/Carl", token=token, json={"name": "Carla"})
            await host.until(lambda: states(host)[7]["user"]["name"] == "Carla", "the new name")
        await host.until(lambda: states(host)[7] is None, "the state's end")


async def test_what_happens_is_recorded_with_its_actor(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        await host.message("welcome")
        await room.join("Nick", None)
        await host.tell("admit", participant_id="Nick")
        await host.message("participants", lambda m: "Nick" in online(m))
        await host.tell("language", language="html")
        await host.message("session")
        await room.call("PATCH", json={"title": "Other"})
        await room.call("DELETE", "/participants/Nick")
    store = EventStore(server.database)
    expected = [
        (EventKind.CREATED, "host"),
        (EventKind.CODE_REPLACED, "host"),
        (EventKind.CONNECTED, "host"),
        (EventKind.KNOCKED, "Nick"),
        (EventKind.ADMITTED, "host"),
        (EventKind.LANGUAGE, "host"),
        (EventKind.TITLE, "host"),
        (EventKind.REMOVED, "host"),
        (EventKind.DISCONNECTED, "host"),
    ]

    async def is_complete() -> bool:
        return len(await store.list(room.id)) >= len(expected)

    await eventually(is_complete, "all events")
    events = await store.list(room.id)
    assert [(event.kind, event.actor_id) for event in events] == expected
