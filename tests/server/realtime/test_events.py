"""Every act in a session is written down: what it was, when, and who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.support.eventually import eventually

from codeinterview_server.db.events import Event, EventKind, EventStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.ids import parse_participant_id
from codeinterview_server.domain.roles import HOST_ACTOR

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Server

Told = tuple[EventKind, str | None, dict[str, Any]]


async def events_of(server: Server, session_id: str, count: int) -> list[Event]:
    """A session's events, once there are so many."""
    store = EventStore(server.database)

    async def is_complete() -> bool:
        return len(await store.list(session_id)) >= count

    await eventually(is_complete, "all events")
    return await store.list(session_id)


def told(events: list[Event]) -> list[Told]:
    """What events say but for their time."""
    return [(event.kind, event.actor_id, dict(event.payload)) for event in events]


def test_no_participant_can_pass_for_the_host() -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        parse_participant_id(HOST_ACTOR)


CREATED = {"title": "Coding interview", "language": "python", "by": HOST_ACTOR}


@pytest.mark.parametrize("actor", ["host", HOST_ACTOR])
async def test_every_act_over_rest_has_its_time_and_its_actor(server: Server, actor: str) -> None:
    """The creator, who is called `host` here, and the host's key are told apart."""
    room = await server.room()
    token = room.host_key if actor == HOST_ACTOR else room.token
    before_ms = now_ms()
    for name in ("n1", "n2"):
        await room.join(name, None)
    await room.join("c1")
    for method, path, body in (
        ("PATCH", "/participants/n1", {"status": "admitted"}),
        ("PATCH", "/participants/n2", {"status": "declined"}),
        ("PATCH", "/participants/c1", {"role": "interviewer"}),
        ("PATCH", "/participants/c1", {"role": "observer"}),
        ("PATCH", "/participants/c1", {"name": "C"}),
        ("DELETE", "/participants/n1", None),
        ("PATCH", "", {"locked": True}),
        ("PATCH", "", {"locked": False}),
        ("PATCH", "", {"title": "T"}),
        ("PATCH", "", {"join_policy": "knock"}),
        ("PATCH", "", {"observers_listed": False}),
        ("DELETE", "/invites/observer", None),
        ("DELETE", "/invites/observer", None),
        ("POST", "/invites", {"role": "observer"}),
        ("PATCH", "", {"language": "html"}),
        ("PUT", "/code", {"code": "<p>\n"}),
        ("PATCH", "", {"phase": "ended"}),
        ("PATCH", "", {"phase": "ended"}),
    ):
        await room.call(method, path, token=token, json=body)
    expected: list[Told] = [
        (EventKind.CREATED, "host", CREATED),
        (EventKind.CODE_REPLACED, "host", {"path": "main.py"}),
        (EventKind.KNOCKED, "n1", {"name": "n1", "role": "candidate"}),
        (EventKind.KNOCKED, "n2", {"name": "n2", "role": "candidate"}),
        (EventKind.JOINED, "c1", {"name": "c1", "role": "candidate"}),
        (EventKind.ADMITTED, actor, {"participant_id": "n1"}),
        (EventKind.DECLINED, actor, {"participant_id": "n2"}),
        (EventKind.ROLE, actor, {"participant_id": "c1", "role": "interviewer"}),
        (EventKind.ROLE, actor, {"participant_id": "c1", "role": "observer"}),
        (EventKind.RENAMED, actor, {"participant_id": "c1", "name": "C"}),
        (EventKind.REMOVED, actor, {"participant_id": "n1"}),
        (EventKind.LOCKED, actor, {"locked": True}),
        (EventKind.LOCKED, actor, {"locked": False}),
        (EventKind.TITLE, actor, {"title": "T"}),
        (EventKind.JOIN_POLICY, actor, {"join_policy": "knock"}),
        (EventKind.OBSERVERS_LISTED, actor, {"observers_listed": False}),
        (EventKind.INVITE_REVOKED, actor, {"role": "observer"}),
        (EventKind.INVITE_RENEWED, actor, {"role": "observer"}),
        (EventKind.LANGUAGE, actor, {"language": "html"}),
        (EventKind.CODE_REPLACED, actor, {"path": "index.html"}),
        (EventKind.ENDED, actor, {}),
    ]
    events = await events_of(server, room.id, len(expected))
    assert told(events) == expected
    times = [event.at_ms for event in events]
    assert times == sorted(times)
    assert before_ms <= times[2]
    assert times[-1] <= now_ms()


async def test_every_act_over_the_socket_has_its_time_and_its_actor(server: Server) -> None:
    room = await server.room()
    before_ms = now_ms()
    async with room.enter() as host:
        await host.message("welcome")
        for name in ("n1", "n2"):
            await room.join(name, None)
        await host.tell("admit", participant_id="n1")
        await host.message("participants", lambda m: len(m["participants"]) == 2)
        await host.tell("decline", participant_id="n2")
        await host.message("lobby", lambda m: m["waiting"] == [])
        await host.tell("language", language="html")
        await host.tell("run", run_id="r1", event="started", language="html", path="index.html")
        await host.tell("run", run_id="r1", event="finished", status="ok", duration_ms=1)
        await host.fence()
    expected: list[Told] = [
        (EventKind.CREATED, "host", CREATED),
        (EventKind.CODE_REPLACED, "host", {"path": "main.py"}),
        (EventKind.CONNECTED, "host", {}),
        (EventKind.KNOCKED, "n1", {"name": "n1", "role": "candidate"}),
        (EventKind.KNOCKED, "n2", {"name": "n2", "role": "candidate"}),
        (EventKind.ADMITTED, "host", {"participant_id": "n1"}),
        (EventKind.DECLINED, "host", {"participant_id": "n2"}),
        (EventKind.LANGUAGE, "host", {"language": "html"}),
        (EventKind.RUN_STARTED, "host", {"run_id": "r1"}),
        (EventKind.RUN_FINISHED, "host", {"run_id": "r1", "status": "ok"}),
        (EventKind.DISCONNECTED, "host", {}),
    ]
    events = await events_of(server, room.id, len(expected))
    assert told(events) == expected
    assert all(before_ms <= event.at_ms <= now_ms() for event in events[2:])
