"""The room watch against a scripted server on a real socket: what it hears, when it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.desktop.support import LIMIT_S, until
from websockets.asyncio.server import ServerConnection, serve

from codeinterview_desktop.core.frames import encode_control
from codeinterview_desktop.core.room_watch import Backoff, RoomState, RoomWatch, WatchState
from codeinterview_desktop.core.supervisor import ServerAwayError
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.values import Role, SavedState

SESSION: dict[str, Any] = {
    "id": "1a2b3c4d",
    "title": "Backend",
    "language": "python",
    "phase": "open",
    "locked": False,
    "creator_id": "u1",
    "created_at": 1,
    "updated_at": 2,
    "expires_at": 3,
    "join_policy": "invite",
    "observers_listed": True,
}


def person(name: str, role: str = "interviewer") -> dict[str, Any]:
    return {
        "id": name.lower(),
        "name": name,
        "role": role,
        "color": "1",
        "presence": 1,
        "status": "admitted",
        "joined_at": 1,
        "is_online": True,
    }


def waiting(name: str) -> dict[str, Any]:
    return {"id": name.lower(), "name": name, "presence": 2, "knocked_at": 5, "role": "candidate"}


WELCOME: dict[str, Any] = {
    "type": "welcome",
    "session": SESSION,
    "participant": person("Ada"),
    "participants": [person("Ada")],
    "waiting": [],
    "runs": [],
    "saved": "saved",
    "limits": {"frame_bytes": 1, "document_bytes": 1},
    "server_time": 1,
}
QUICK = Backoff(first_s=0.001, most_s=0.01)
Conversation = Callable[[ServerConnection, int], Awaitable[None]]


class Stage:
    """A watch, and how often it connected."""

    def __init__(self, watch: RoomWatch, connections: list[ServerConnection]) -> None:
        self.watch = watch
        self.connections = connections
        self.states: list[WatchState] = []
        watch.changed.connect(self._note)

    def _note(self, before: RoomState, now: RoomState) -> None:
        if now.connection is not before.connection:
            self.states.append(now.connection)

    async def until(self, condition: Callable[[RoomState], bool], what: str = "") -> RoomState:
        await until(self.watch.changed, lambda: condition(self.watch.state), what)
        return self.watch.state


@asynccontextmanager
async def stage(talk: Conversation, origins: list[str] | None = None) -> AsyncIterator[Stage]:
    connections: list[ServerConnection] = []

    async def welcome(connection: ServerConnection) -> None:
        connections.append(connection)
        await talk(connection, len(connections))

    async with serve(welcome, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]

        async def origin() -> str:
            if origins:
                raise ServerAwayError(origins.pop())
            return f"http://127.0.0.1:{port}"

        tasks = BackgroundTasks()
        watch = RoomWatch("1a2b3c4d", "secret-token", origin=origin, tasks=tasks, backoff=QUICK)
        each = Stage(watch, connections)
        watch.start()
        watch.start()
        try:
            yield each
        finally:
            await watch.stop()
            await watch.stop()
            await tasks.stop()


async def send(connection: ServerConnection, **message: Any) -> None:
    await connection.send(encode_control(message))


async def test_everything_that_is_told_becomes_state() -> None:
    async def talk(connection: ServerConnection, number: int) -> None:
        await send(connection, **WELCOME)
        await send(connection, type="participants", participants=[person("Ada"), person("Bob")])
        await send(connection, type="lobby", waiting=[waiting("Eve")])
        await send(connection, type="lobby", waiting=[waiting("Eve"), waiting("Dan")])
        await send(connection, type="session", session={**SESSION, "title": "Renamed"})
        await send(connection, type="role", participant=person("Ada", "observer"))
        await send(connection, type="refused", action="admit", code="X", error="Not now.")
        await send(connection, type="saved", state="unsaved")
        await connection.wait_closed()

    async with stage(talk) as each:
        knocks: list[str] = []
        refusals: list[str] = []
        each.watch.knocked.connect(lambda entry: knocks.append(entry.name))
        each.watch.refused.connect(refusals.append)
        state = await each.until(lambda now: now.saved is SavedState.UNSAVED)
    assert [one.name for one in state.participants] == ["Ada", "Bob"]
    assert [one.name for one in state.lobby] == ["Eve", "Dan"]
    assert state.session is not None
    assert state.session.title == "Renamed"
    assert state.me is not None
    assert state.me.role is Role.OBSERVER
    assert knocks == ["Eve", "Dan"]
    assert refusals == ["Not now."]
    assert each.states == [WatchState.CONNECTING, WatchState.CONNECTED, WatchState.IDLE]
    request = each.connections[0].request
    assert request is not None
    assert request.path == "/ws/sessions/1a2b3c4d?only=control"
    assert request.headers["Authorization"] == "Bearer secret-token"


@pytest.mark.parametrize(
    "rubbish",
    [
        "text",
        b"",
        b"\x00\x00",
        b"\x64\xff",
        encode_control({"type": "unheard of"}),
        encode_control({"type": "participants", "participants": [{"id": 1}]}),
        encode_control({"type": "session", "session": None}),
        encode_control({"type": "saved", "state": 7}),
        encode_control({"type": "refused"}),
        encode_control({"type": "lobby", "waiting": {}}),
    ],
)
async def test_rubbish_changes_nothing(rubbish: str | bytes) -> None:
    async def talk(connection: ServerConnection, number: int) -> None:
        await send(connection, **WELCOME)
        await connection.send(rubbish)
        await send(connection, type="saved", state="saving")
        await connection.wait_closed()

    async with stage(talk) as each:
        state = await each.until(lambda now: now.saved is SavedState.SAVING)
        assert len(each.connections) == 1
    assert [one.name for one in state.participants] == ["Ada"]


@pytest.mark.parametrize("code", [1000, 1001, 1012, 1013, None])
async def test_a_lost_connection_comes_back_and_keeps_the_people(code: int | None) -> None:
    async def talk(connection: ServerConnection, number: int) -> None:
        if number == 2:
            # Not even a welcome this time.
            connection.transport.abort()
            return
        await send(connection, **WELCOME)
        if number == 1 and code is None:
            connection.transport.abort()
        elif number == 1:
            await connection.close(code or 1000)
        else:
            await connection.wait_closed()

    async with stage(talk) as each:
        lost = await each.until(lambda now: now.connection is WatchState.RECONNECTING)
        assert [one.name for one in lost.participants] == ["Ada"]
        await each.until(lambda now: now.connection is WatchState.CONNECTED)
        assert len(each.connections) == 3


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4404, 4409, 4410, 4413])
async def test_some_ends_are_for_good_and_are_said(code: int) -> None:
    async def talk(connection: ServerConnection, number: int) -> None:
        await connection.close(code)

    async with stage(talk) as each:
        state = await each.until(lambda now: now.connection is WatchState.OVER)
        assert state.over is not None
        assert state.over.endswith(".")
        assert len(each.connections) == 1


async def test_too_fast_means_waiting_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(delay_s: float) -> None:
        waited.append(delay_s)
        await sleep(0)

    async def talk(connection: ServerConnection, number: int) -> None:
        await connection.close(4429 if number == 1 else 4404)

    monkeypatch.setattr("codeinterview_desktop.core.room_watch.asyncio.sleep", note)
    async with stage(talk) as each:
        await each.until(lambda now: now.connection is WatchState.OVER)
    assert 10.0 in waited


async def test_a_server_that_is_away_is_waited_for() -> None:
    async def talk(connection: ServerConnection, number: int) -> None:
        await send(connection, **WELCOME)
        await connection.wait_closed()

    away = ["The server is stopped."] * 3
    async with stage(talk, away) as each:
        await each.until(lambda now: now.connection is WatchState.CONNECTED)
    assert away == []


async def test_stopping_while_it_tries_to_connect() -> None:
    tasks = BackgroundTasks()
    entered = asyncio.Event()

    async def origin() -> str:
        entered.set()
        await asyncio.Event().wait()
        return ""

    watch = RoomWatch("1a2b3c4d", "token", origin=origin, tasks=tasks)
    watch.start()
    async with asyncio.timeout(LIMIT_S):
        await entered.wait()
        await watch.stop()
    assert watch.state.connection is WatchState.IDLE


def test_the_waits_grow_to_a_limit() -> None:
    backoff = Backoff(first_s=0.25, most_s=5.0)
    for failures in range(1, 40):
        longest_s = min(5.0, 0.25 * 2 ** (failures - 1))
        assert longest_s / 2 <= backoff.delay_s(failures) <= longest_s
