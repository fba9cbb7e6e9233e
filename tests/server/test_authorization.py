"""Every route and socket message, asked by everybody in every state, answers as the table says."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.routing import APIRoute, APIRouter, APIWebSocketRoute
from starlette.routing import BaseRoute, Route
from tests.server.stage import Interview, Person, Stage, error, staged
from tests.support.room_client import RoomClient

from codeinterview_server.api.errors import STATUSES
from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    DomainError,
    InvalidToken,
    NotAuthenticated,
    SessionExpired,
)
from codeinterview_server.domain.ids import new_participant_id
from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.domain.roles import (
    ANONYMOUS,
    HOST,
    MESSAGE_ACTIONS,
    PUBLIC,
    ROUTE_ACTIONS,
    Action,
    Kind,
    ParticipantStatus,
    Phase,
    Principal,
    Role,
    may,
    require,
)
from codeinterview_server.realtime.close_codes import close_for
from codeinterview_server.realtime.protocol import encode_bytes, encode_integer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database
    from codeinterview_server.domain.host_keys import HostKey

SESSION = "/api/v1/sessions/{session_id}"
PARTICIPANT = SESSION + "/participants/{participant_id}"


@dataclass(frozen=True)
class State:
    """What a session is while it is asked about."""

    id: str
    phase: Phase = Phase.OPEN
    locked: bool = False
    owner_key_id: str | None = None
    shared: bool = False


@dataclass(frozen=True)
class Ask:
    """One request, and the action that decides it."""

    method: str
    path: str
    action: Action
    body: dict[str, Any] | None = None
    target: str = ""
    """Whom it is about: `self`, `other` or `waiting`."""
    bound: bool = True
    """Whether it concerns one session."""
    mutates: bool = False
    """Whether it cannot be done twice."""
    is_archive: bool = False
    """Whether its body is a session's archive."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path} {self.action} {self.target}"


ASKS = [
    Ask("GET", "/api/v1/me", Action.WHO_AM_I, bound=False),
    Ask(
        "POST",
        "/api/v1/sessions",
        Action.CREATE_SESSION,
        {"creator": {"id": "c", "name": "C", "color": ""}},
        bound=False,
    ),
    Ask("GET", "/api/v1/sessions", Action.LIST_SESSIONS, bound=False),
    Ask("GET", "/api/v1/account", Action.READ_ACCOUNT, bound=False),
    Ask("GET", "/api/v1/links", Action.READ_LINKS, bound=False),
    Ask("PUT", "/api/v1/links", Action.CHANGE_LINKS, {"links": []}, bound=False),
    Ask("PUT", "/api/v1/listed", Action.SHOW_SESSIONS, {"sessions": []}, bound=False),
    Ask("POST", "/api/v1/archives", Action.ADD_COPY, bound=False, is_archive=True),
    Ask("GET", SESSION + "/archive", Action.COPY_SESSION),
    Ask("GET", SESSION, Action.READ_SESSION),
    Ask("PATCH", SESSION, Action.CHANGE_SESSION, {"title": "Changed"}),
    Ask("PATCH", SESSION, Action.CHANGE_SESSION, {"join_policy": "knock"}),
    Ask("PATCH", SESSION, Action.CHANGE_SESSION, {"observers_listed": True}),
    Ask("PATCH", SESSION, Action.EDIT_CODE, {"code": "x = 2\n"}),
    Ask("PATCH", SESSION, Action.SWITCH_LANGUAGE, {"language": "html"}),
    Ask("PATCH", SESSION, Action.END_SESSION, {"phase": "ended"}, mutates=True),
    Ask("PATCH", SESSION, Action.SHARE_SESSION, {"shared": True}, mutates=True),
    Ask("DELETE", SESSION, Action.DELETE_SESSION, mutates=True),
    Ask("PUT", SESSION + "/code", Action.EDIT_CODE, {"code": "x = 3\n"}),
    Ask("GET", SESSION + "/participants", Action.LIST_PARTICIPANTS),
    Ask("PATCH", PARTICIPANT, Action.UPDATE_SELF, {"name": "Myself"}, target="self"),
    Ask("PATCH", PARTICIPANT, Action.MANAGE_PARTICIPANTS, {"name": "Theirs"}, target="other"),
    Ask("PATCH", PARTICIPANT, Action.MANAGE_PARTICIPANTS, {"role": "observer"}, target="other"),
    Ask("PATCH", PARTICIPANT, Action.ADMIT, {"status": "admitted"}, target="waiting"),
    Ask("DELETE", PARTICIPANT, Action.LEAVE, target="self", mutates=True),
    Ask("DELETE", PARTICIPANT, Action.MANAGE_PARTICIPANTS, target="other", mutates=True),
    Ask("GET", SESSION + "/invites", Action.READ_INVITES),
    Ask("POST", SESSION + "/invites", Action.RENEW_INVITES, {"role": "observer"}),
    Ask("DELETE", SESSION + "/invites/{role}", Action.RENEW_INVITES),
    Ask("WS", "/ws/sessions/{session_id}", Action.OPEN_SOCKET),
]


@dataclass
class Caller:
    """Somebody who asks; `person` is None for whom the session does not know."""

    principal: Principal
    token: str | None
    person: Person | None = None
    unknown: bool = False

    def refusal(self, action: Action, state: State | None) -> DomainError | None:
        """What the table answers; None when it is allowed."""
        if self.unknown:
            return InvalidToken()
        try:
            require(self.principal, action, state)
        except DomainError as refused:
            return refused
        return None


@dataclass
class Cast:
    """One session in one state, and everybody who may ask about it."""

    interview: Interview
    state: State
    callers: dict[str, Caller]
    other: Person
    waiting: Person
    archive: bytes
    home: dict[str, State] = field(default_factory=dict)
    """The state of the session that somebody belongs to, when it is another one."""


def _principal(person: Person, role: Role, status: ParticipantStatus) -> Principal:
    return Principal(Kind.PARTICIPANT, person.session_id, person.id, role, status)


def _host(key: HostKey) -> Principal:
    return Principal(Kind.HOST, key_id=key.id, key_name=key.name)


async def assemble(stage: Stage, phase: Phase, *, locked: bool, shared: bool) -> Cast:
    """Create a session with everybody in it, then bring it into its state."""
    names = [f"{name}-{secrets.token_hex(4)}" for name in ("ada", "grace", "mallory")]
    keys = [await stage.add_key(name) for name in names]
    (owner, owners), (colleague, colleagues), (revoked, former) = keys
    assert await stage.keys.revoke(revoked.name, now_ms()) is not None
    interview = await stage.create(
        host_key=owners, language="python", code="x = 1\n", shared=shared
    )
    elsewhere = await stage.create()
    people = f"/sessions/{interview.id}/participants"
    admitted, waiting = ParticipantStatus.ADMITTED, ParticipantStatus.WAITING
    callers = {
        "host": Caller(HOST, stage.host_key),
        "host of this run": Caller(HOST, stage.run_key),
        "owner": Caller(_host(owner), owners),
        "colleague": Caller(_host(colleague), colleagues),
        "revoked key": Caller(ANONYMOUS, former, unknown=True),
        "anonymous": Caller(ANONYMOUS, None),
        "unknown": Caller(ANONYMOUS, "x" * 43, unknown=True),
        "invite as token": Caller(ANONYMOUS, interview.invites["interviewer"], unknown=True),
        "interviewer elsewhere": Caller(
            _principal(elsewhere.creator, Role.INTERVIEWER, admitted), elsewhere.creator.token
        ),
    }
    for role in Role:
        person = await stage.join(interview, role)
        callers[role.value] = Caller(_principal(person, role, admitted), person.token, person)
    knocked = await stage.join(interview, None)
    callers["waiting"] = Caller(
        _principal(knocked, Role.CANDIDATE, waiting), knocked.token, knocked
    )
    declined = await stage.join(interview, None)
    await stage.ask("PATCH", f"{people}/{declined.id}", stage.host_key, json={"status": "declined"})
    removed = await stage.join(interview, Role.INTERVIEWER)
    await stage.ask("DELETE", f"{people}/{removed.id}", stage.host_key)
    left = await stage.join(interview, Role.INTERVIEWER)
    await stage.ask("DELETE", f"{people}/{left.id}", left.token)
    for name, person, role, status in (
        ("declined", declined, Role.CANDIDATE, ParticipantStatus.DECLINED),
        ("removed interviewer", removed, Role.INTERVIEWER, ParticipantStatus.REMOVED),
        ("interviewer who left", left, Role.INTERVIEWER, ParticipantStatus.LEFT),
    ):
        callers[name] = Caller(_principal(person, role, status), person.token, person)
    other, last = await stage.join(interview), await stage.join(interview, None)
    if locked:
        path = f"/sessions/{interview.id}"
        await stage.ask("PATCH", path, stage.host_key, json={"locked": True})
    if phase is Phase.ENDED:
        path = f"/sessions/{interview.id}"
        await stage.ask("PATCH", path, stage.host_key, json={"phase": "ended"})
    state = State(interview.id, phase, locked, owner.id, shared)
    home = {"interviewer elsewhere": State(elsewhere.id)}
    packed = await stage.call("GET", f"/sessions/{elsewhere.id}/archive", stage.host_key)
    assert packed.is_success
    return Cast(interview, state, callers, other, last, packed.content, home)


# Phase, whether it is locked, and whether its owner shares it.
STATES = {
    "open": (Phase.OPEN, False, False),
    "locked and shared": (Phase.OPEN, True, True),
    "ended and shared": (Phase.ENDED, False, True),
    "ended and locked": (Phase.ENDED, True, False),
}


@pytest.fixture
async def stage(database: Database, data_dir: Path) -> AsyncIterator[Stage]:
    async with staged(database, data_dir) as stage:
        yield stage


async def test_every_route_is_in_the_table(database: Database, data_dir: Path) -> None:
    app = create_app(Settings(data_dir=data_dir), database, "key")
    found: set[tuple[str, str]] = set()
    for route in _all(app.routes):
        if isinstance(route, APIRoute):
            found |= {(method, route.path) for method in route.methods or ()}
        elif isinstance(route, APIWebSocketRoute):
            found.add(("WS", route.path))
        else:
            assert isinstance(route, Route), "something else is mounted; the table does not know it"
            assert route.path == "/openapi.json"
    assert found == set(ROUTE_ACTIONS)


def _all(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if isinstance(included, APIRouter):
            yield from _all(included.routes)
        else:
            yield route


def test_every_action_of_every_route_is_asked_for() -> None:
    asked: dict[tuple[str, str], set[Action]] = {}
    for each in ASKS:
        asked.setdefault((each.method, each.path), set()).add(each.action)
    assert asked == {
        route: set(actions) for route, actions in ROUTE_ACTIONS.items() if actions != PUBLIC
    }


@pytest.mark.parametrize(("phase", "locked", "shared"), STATES.values(), ids=STATES.keys())
async def test_every_route_answers_everybody_as_the_table_says(
    stage: Stage, phase: Phase, locked: bool, shared: bool
) -> None:
    cast = await assemble(stage, phase, locked=locked, shared=shared)
    allowed = refused = 0
    for ask in ASKS:
        for name in list(cast.callers):
            caller = cast.callers[name]
            if ask.target == "self" and caller.principal.kind is Kind.HOST:
                continue
            state = cast.state if ask.bound else cast.home.get(name, cast.state)
            of_none = not ask.bound and caller.principal.kind is Kind.HOST
            about = None if of_none or ask.action in _OF_NO_SESSION else state
            if ask.action is Action.DELETE_SESSION:
                # In whatever state it is.
                about = replace(state, phase=Phase.OPEN, locked=False)
            expected = caller.refusal(ask.action, about)
            done = await carry_out(stage, cast, ask, caller, expected, f"{ask.name} by {name}")
            allowed, refused = allowed + done, refused + (not done)
            if done and ask.mutates:
                cast = await assemble(stage, phase, locked=locked, shared=shared)
    assert allowed > 20
    assert refused > 100


async def test_an_expired_session_is_gone_for_everybody_on_every_route(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir) as before:
        cast = await assemble(before, Phase.OPEN, locked=False, shared=True)
    async with database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE sessions SET expires_at = 1 WHERE id = %(id)s", {"id": cast.interview.id}
        )
    async with staged(database, data_dir) as after:
        cast.callers["host"].token, cast.callers["host of this run"].token = (
            after.host_key,
            after.run_key,
        )
        cast.interview = replace(
            cast.interview, room=replace(cast.interview.room, origin=after.origin)
        )
        # Whether it may be deleted does not depend on its state.
        others = {*_OF_NO_SESSION, Action.DELETE_SESSION}
        asked = [each for each in ASKS if each.action not in others]
        for ask in asked:
            for name, caller in cast.callers.items():
                expected: DomainError | None = SessionExpired()
                if caller.unknown or name == "interviewer elsewhere":
                    expected = InvalidToken()
                elif caller.principal.kind is Kind.ANONYMOUS:
                    expected = NotAuthenticated()
                if ask.action is Action.WHO_AM_I and (
                    caller.principal.kind is Kind.HOST or name == "interviewer elsewhere"
                ):
                    expected = None
                what = f"{ask.name} by {name}"
                await carry_out(after, cast, ask, caller, expected, what)
        path = f"/sessions/{cast.interview.id}"
        body = {"user": {"id": "k", "name": "K", "color": ""}}
        for invite in (None, *cast.interview.invites.values()):
            answer = await after.call("POST", f"{path}/join", json={**body, "invite": invite})
            assert error(answer) == (410, "SESSION_EXPIRED")
        assert error(await after.call("GET", f"{path}/preview")) == (410, "SESSION_EXPIRED")
        for name in ("interviewer", "candidate", "removed interviewer"):
            answer = await after.call("DELETE", path, cast.callers[name].token)
            assert answer.status_code == 403, name
        assert (await after.call("DELETE", path, after.host_key)).status_code == 204


_OF_NO_SESSION = {
    Action.CREATE_SESSION,
    Action.LIST_SESSIONS,
    Action.READ_ACCOUNT,
    Action.READ_LINKS,
    Action.CHANGE_LINKS,
    Action.SHOW_SESSIONS,
    Action.ADD_COPY,
}


async def carry_out(
    stage: Stage,
    cast: Cast,
    ask: Ask,
    caller: Caller,
    expected: DomainError | None,
    what: str,
) -> bool:
    """Make the request and compare; tell whether it was allowed."""
    if ask.method == "WS":
        room = replace(cast.interview.room, token=caller.token or "")
        async with room.enter() as client:
            if expected is None:
                await greeted(client)
                assert client.heard[0]["type"] in ("welcome", "waiting"), what
            else:
                code, reason = close_for(expected)
                assert await client.until_closed() == (code, reason), what
                assert client.frames == 0, what
        return expected is None
    target = {
        "": "",
        "self": cast.other.id if caller.person is None else caller.person.id,
        "other": cast.other.id,
        "waiting": cast.waiting.id,
    }[ask.target]
    path = ask.path.removeprefix("/api/v1").format(
        session_id=cast.interview.id, participant_id=target, role="observer"
    )
    body: dict[str, Any] = {"json": ask.body}
    if ask.is_archive:
        body = {"content": cast.archive}
    answer = await stage.call(ask.method, path, caller.token, **body)
    if expected is None:
        assert answer.is_success, (what, answer.status_code, answer.text)
    else:
        assert error(answer) == (STATUSES[type(expected)], expected.code), what
    return expected is None


async def greeted(client: RoomClient) -> None:
    """Return once the server has said something."""
    await client.until(lambda: bool(client.heard), "a greeting")


async def test_public_routes_need_no_credential(stage: Stage) -> None:
    interview = await stage.create()
    public = {route for route, actions in ROUTE_ACTIONS.items() if actions == PUBLIC}
    bodies = {
        ("GET", "/api/v1/health"): None,
        ("GET", "/api/v1/connection"): None,
        ("GET", "/api/v1/listed"): None,
        ("GET", SESSION + "/preview"): None,
        ("POST", SESSION + "/join"): {"user": {"id": "k", "name": "K", "color": ""}},
    }
    assert set(bodies) == public
    for (method, path), body in bodies.items():
        path = path.removeprefix("/api/v1").format(session_id=interview.id)
        answer = await stage.call(method, path, json=body)
        assert answer.status_code == 200, path


# Socket messages.


def awareness_of(client_id: int) -> bytes:
    """A cursor of one client."""
    state = encode_bytes(json.dumps({"x": client_id}).encode())
    return encode_integer(1) + encode_integer(client_id) + encode_integer(1) + state


@dataclass
class Scene:
    """A socket that sends, another one that sees what comes of it, and REST for the rest."""

    stage: Stage
    cast: Cast
    sender: RoomClient
    watcher: RoomClient
    caller: Caller

    async def happened(self, kind: str) -> bool:
        """Send one message of a kind; tell whether it took effect."""
        return await getattr(self, f"_{kind}")()  # type: ignore[no-any-return]

    async def _settled(self) -> None:
        await self.sender.fence()
        await self.watcher.fence()

    async def _data(self) -> dict[str, Any]:
        path = f"/sessions/{self.cast.interview.id}"
        answer = await self.stage.ask("GET", path, self.stage.host_key)
        data: dict[str, Any] = answer["data"]
        return data

    async def _sync(self) -> bool:
        before = (await self._data())["files"]["main.py"]
        if self.sender.last("welcome") is not None:
            await self.sender.sync()
        await self.sender.insert(0, "#")
        await self._settled()
        return bool((await self._data())["files"]["main.py"] == "#" + before)

    async def _awareness(self) -> bool:
        before = len(self.watcher.awareness)
        await self.sender.show(awareness_of(self.sender.doc.client_id))
        await self._settled()
        return len(self.watcher.awareness) > before

    async def _run(self) -> bool:
        run_id = new_participant_id()
        await self.sender.tell(
            "run", run_id=run_id, event="started", language="python", path="main.py"
        )
        await self._settled()
        return any(each["run_id"] == run_id for each in self.watcher.all("run"))

    async def _language(self) -> bool:
        before = (await self._data())["language"]
        after = next(each for each in LANGUAGES if each != before)
        await self.sender.tell("language", language=after)
        await self._settled()
        return bool((await self._data())["language"] == after)

    async def _admit(self) -> bool:
        return await self._answer("admit", "admitted")

    async def _decline(self) -> bool:
        return await self._answer("decline", "declined")

    async def _answer(self, kind: str, status: str) -> bool:
        knocked = self.cast.waiting
        if self.cast.state.phase is Phase.OPEN:
            knocked = await self.stage.join(self.cast.interview, None)
        refusals = len(self.sender.all("refused"))
        await self.sender.tell(kind, participant_id=knocked.id)
        path = f"/sessions/{self.cast.interview.id}/participants"
        await self._settled()
        if len(self.sender.all("refused")) > refusals:
            return False
        # Admitting waits for the database, so its effect comes after the next pong.
        await self.watcher.until(
            lambda: knocked.id not in self._lobby(), f"{knocked.id} out of the lobby"
        )
        listed = (await self.stage.ask("GET", path, self.stage.host_key))["participants"]
        statuses = {each["id"]: each["status"] for each in listed}
        assert statuses.get(knocked.id, "declined") == status
        return True

    def _lobby(self) -> set[str]:
        lobby = self.watcher.last("lobby") or {"waiting": []}
        return {each["id"] for each in lobby["waiting"]}

    async def _ping(self) -> bool:
        await self.sender.fence("are you there")
        return bool(self.sender.all("pong"))


@pytest.mark.parametrize(("phase", "locked", "shared"), STATES.values(), ids=STATES.keys())
async def test_every_socket_message_does_what_the_table_says(
    stage: Stage, phase: Phase, locked: bool, shared: bool
) -> None:
    cast = await assemble(stage, phase, locked=locked, shared=shared)
    names = ["interviewer", "candidate", "observer", "waiting"]
    done: dict[tuple[str, str], bool] = {}
    expected: dict[tuple[str, str], bool] = {}
    # The creator watches: an interviewer may, even after the end.
    async with cast.interview.room.enter() as watcher:
        await watcher.message("welcome")
        for name in names:
            caller = cast.callers[name]
            assert caller.token is not None
            if not may(caller.principal, Action.OPEN_SOCKET, cast.state):
                continue
            for kind, action in MESSAGE_ACTIONS.items():
                async with cast.interview.room.enter(caller.token) as sender:
                    await greeted(sender)
                    scene = Scene(stage, cast, sender, watcher, caller)
                    done[name, kind] = await scene.happened(kind)
                    refusal = caller.refusal(action, cast.state)
                    expected[name, kind] = refusal is None
                    told = [(each["action"], each["code"]) for each in sender.all("refused")]
                    if refusal is None or (kind in _SILENT and name == "waiting"):
                        assert told == [], (name, kind)
                    elif kind != "awareness":
                        assert told == [(action.value, refusal.code)], (name, kind)
                    assert sender.close_code is None, (name, kind)
    assert done == expected
    assert len(done) == len(MESSAGE_ACTIONS) * (1 if phase is Phase.ENDED else len(names))


_SILENT = {"sync", "awareness"}
"""What the lobby does not take part in at all: a stock client sends these unasked."""
