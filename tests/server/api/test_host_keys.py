"""Named host keys: each sees its own sessions and shared ones, and ends at once when revoked."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.server.stage import Stage, error, staged
from tests.support.eventually import eventually

from codeinterview_server.db.events import Event, EventStore
from codeinterview_server.db.host_keys import REVOKED_CHANNEL
from codeinterview_server.db.participants import ParticipantStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import InvalidToken
from codeinterview_server.domain.roles import ParticipantStatus, Role
from codeinterview_server.domain.secrets import hash_token
from codeinterview_server.domain.sessions import Participant
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_server.db.engine import Database


def guest(name: str = "grace") -> dict[str, Any]:
    return {"user": {"id": name, "name": name.title(), "color": ""}}


async def listed(stage: Stage, key: str, query: str = "") -> set[str]:
    answer = await stage.ask("GET", f"/sessions?query={query}", key)
    assert answer["total"] == len(answer["data"])
    return {each["id"] for each in answer["data"]}


async def test_an_account_tells_whose_key_it_is(stage: Stage) -> None:
    _, ada = await stage.add_key("ada")
    for key, name in ((stage.host_key, None), (stage.run_key, None), (ada, "ada")):
        answer = await stage.ask("GET", "/account", key)
        expected = {"success": True, "name": name, "administrator": name is None}
        assert answer == {**expected, "version": __version__, "public_url": None}
    for wrong, code in ((None, "NOT_AUTHENTICATED"), ("x" * 43, "INVALID_TOKEN")):
        assert error(await stage.call("GET", "/account", wrong)) == (401, code)
    interview = await stage.create()
    answer = await stage.call("GET", "/account", interview.creator.token)
    assert error(answer) == (403, "NOT_ALLOWED")


async def test_each_lists_its_own_and_shared_ones_and_the_administrator_all(stage: Stage) -> None:
    _, ada = await stage.add_key("ada")
    _, grace = await stage.add_key("grace")
    hers = await stage.create(host_key=ada, title="Tree")
    shared = await stage.create(host_key=ada, title="Tree, shared", shared=True)
    others = await stage.create(host_key=grace, title="Tree of Grace")
    server = await stage.create(title="Tree of the server")
    assert await listed(stage, ada) == {hers.id, shared.id}
    assert await listed(stage, grace) == {shared.id, others.id}
    assert await listed(stage, grace, "tree") == {shared.id, others.id}
    assert await listed(stage, grace, hers.id) == set()
    assert await listed(stage, stage.host_key) == {hers.id, shared.id, others.id, server.id}
    answer = await stage.ask("GET", "/sessions", stage.host_key)
    owners = {each["id"]: (each["owner"], each["shared"]) for each in answer["data"]}
    assert owners == {
        hers.id: ("ada", False),
        shared.id: ("ada", True),
        others.id: ("grace", False),
        server.id: (None, False),
    }


async def test_anothers_session_looks_like_none(stage: Stage) -> None:
    _, ada = await stage.add_key("ada")
    _, grace = await stage.add_key("grace")
    theirs = await stage.create(host_key=grace)
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "Mine"}),
        ("PATCH", "", {"shared": True}),
        ("DELETE", "", None),
        ("POST", "/join", guest("ada")),
        ("GET", "/participants", None),
        ("DELETE", "/participants/ines", None),
        ("GET", "/invites", None),
    ):
        answers = [
            await stage.call(method, f"/sessions/{session_id}{path}", ada, json=body)
            for session_id in (theirs.id, "00000000")
        ]
        assert error(answers[0]) == (404, "SESSION_NOT_FOUND"), (method, path)
        assert answers[0].json() == answers[1].json()
    assert (await stage.ask("GET", f"/sessions/{theirs.id}", grace))["data"]["title"] != "Mine"


async def test_sharing_is_the_owners_to_decide_and_shows_at_once(stage: Stage) -> None:
    _, ada = await stage.add_key("ada")
    _, grace = await stage.add_key("grace")
    interview = await stage.create(host_key=ada)
    path = f"/sessions/{interview.id}"
    async with interview.room.enter() as client:
        await client.message("welcome")
        await stage.ask("PATCH", path, ada, json={"shared": True})
        assert (await client.message("session"))["session"]["shared"] is True
    assert (await stage.ask("PATCH", path, grace, json={"title": "Ours"}))["data"]["shared"]
    answer = await stage.call("PATCH", path, grace, json={"shared": False})
    assert error(answer) == (403, "NOT_ALLOWED")
    # Nor is it for those in the room, who may all be guests.
    answer = await stage.call("PATCH", path, interview.creator.token, json={"shared": False})
    assert error(answer) == (403, "NOT_ALLOWED")
    await stage.ask("PATCH", path, stage.host_key, json={"shared": False})
    assert error(await stage.call("GET", path, grace)) == (404, "SESSION_NOT_FOUND")


async def test_acts_are_recorded_with_the_keys_name(stage: Stage, database: Database) -> None:
    _, ada = await stage.add_key("ada")
    _, grace = await stage.add_key("grace")
    interview = await stage.create(host_key=ada, shared=True)
    path = f"/sessions/{interview.id}"
    await stage.ask("PATCH", path, grace, json={"title": "Ours", "shared": None})
    await stage.ask("PATCH", path, ada, json={"shared": False})
    await stage.ask("PATCH", path, ada, json={"code": "x = 1\n"})
    events = await _events(database, interview.id, 4)
    assert events[0].payload["by"] == "@host:ada"
    assert [(event.kind, event.actor_id) for event in events] == [
        ("created", "ines"),
        ("title", "@host:grace"),
        ("shared", "@host:ada"),
        ("code_replaced", "@host:ada"),
    ]


async def _events(database: Database, session_id: str, count: int) -> list[Event]:
    store = EventStore(database)

    async def all_of_them() -> bool:
        return len(await store.list(session_id)) >= count

    await eventually(all_of_them, f"{count} events")
    return await store.list(session_id)


@pytest.mark.parametrize("loaded", [True, False])
async def test_a_revoked_key_ends_its_requests_sockets_and_tokens_at_once(
    database: Database, data_dir: Path, loaded: bool
) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(database, data_dir))
        _, ada = await stage.add_key("ada")
        _, grace = await stage.add_key("grace")
        hers = await stage.create(host_key=ada)
        shared = await stage.create(host_key=grace, shared=True)
        join = await stage.ask("POST", f"/sessions/{shared.id}/join", ada, json=guest("ada"))
        candidate = await stage.join(hers)
        if not loaded:
            # As it is for another server, which has none of the rooms.
            await stack.aclose()
            stage = await stack.enter_async_context(staged(database, data_dir))
        async with AsyncExitStack() as sockets:
            clients = []
            if loaded:
                for room, token in (
                    (hers.room, hers.creator.token),
                    (shared.room, join["token"]),
                    (hers.room, candidate.token),
                    (shared.room, shared.creator.token),
                ):
                    client = await sockets.enter_async_context(room.enter(token))
                    await client.message("welcome")
                    clients.append(client)
            assert await stage.keys.revoke("ADA", now_ms()) is not None
            for path in ("/account", "/sessions", f"/sessions/{hers.id}"):
                assert error(await stage.call("GET", path, ada)) == (401, "INVALID_TOKEN")
            for client in clients[:2]:
                assert await client.until_closed() == (4403, "removed")
            for client in clients[2:]:
                await client.fence()
                assert client.close_code is None
        for session, token in ((hers, hers.creator.token), (shared, join["token"])):
            answer = await stage.call("GET", f"/sessions/{session.id}", token)
            assert error(answer) == (403, "REMOVED")
            answer = await stage.call("POST", f"/sessions/{session.id}/join", token, json=guest())
            assert error(answer) == (403, "REMOVED")
        await stage.ask("GET", f"/sessions/{hers.id}", candidate.token)
        assert hers.id in await listed(stage, stage.host_key)
        removed = [
            (event.actor_id, event.payload)
            for event in await EventStore(database).list(hers.id)
            if event.kind == "removed"
        ]
        assert removed == [("@host", {"participant_id": "ines", "key": "ada"})]
        assert await stage.keys.revoke("ada", now_ms()) is None
        await stage.add_key("Ada")


async def test_every_server_of_the_database_hears_of_it(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir) as first, staged(database, data_dir) as second:
        _, ada = await first.add_key("ada")
        here = await first.create(host_key=ada)
        there = await second.create(host_key=ada)
        async with here.room.enter() as one, there.room.enter() as other:
            await one.message("welcome")
            await other.message("welcome")
            await first.keys.revoke("ada", now_ms())
            for client in (one, other):
                assert await client.until_closed() == (4403, "removed")


async def test_what_was_revoked_while_nobody_listened_is_cut_off_on_return(
    stage: Stage, database: Database, database_url: str
) -> None:
    _, ada = await stage.add_key("ada")
    interview = await stage.create(host_key=ada)
    async with interview.room.enter() as client:
        await client.message("welcome")
        with psycopg.connect(database_url, autocommit=True) as other:
            # As on a server whose line was cut: the word reaches nobody.
            other.execute("UPDATE host_keys SET revoked_at = 1")

            async def cut_the_line() -> bool:
                ended = other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query = %s",
                    (f"LISTEN {REVOKED_CHANNEL}",),
                ).fetchall()
                return ended == [(True,)]

            await eventually(cut_the_line, "somebody who listens")
        assert await client.until_closed() == (4403, "removed")


async def test_a_key_that_is_revoked_meanwhile_lets_nobody_in(
    stage: Stage, database: Database
) -> None:
    key, ada = await stage.add_key("ada")
    interview = await stage.create(host_key=ada)
    await stage.keys.revoke("ada", now_ms())
    admitted = ParticipantStatus.ADMITTED
    late = Participant(interview.id, "late", "L", "", 0, Role.INTERVIEWER, admitted, 1, key.id)
    with pytest.raises(InvalidToken):
        await ParticipantStore(database).add(late, hash_token("late"))


async def test_its_last_use_is_noted_once_a_minute(stage: Stage, database: Database) -> None:
    async def last_used() -> int | None:
        [key] = await stage.keys.list()
        return key.last_used_at

    async def forget(at_ms: int) -> None:
        async with database.begin() as connection:
            await connection.exec_driver_sql(f"UPDATE host_keys SET last_used_at = {at_ms}")

    _, ada = await stage.add_key("ada")
    assert await last_used() is None
    before = now_ms()
    await stage.ask("GET", "/account", ada)
    used = await last_used()
    assert used is not None
    assert before <= used <= now_ms()
    recent = now_ms() - 30_000
    await forget(recent)
    await stage.ask("GET", "/account", ada)
    assert await last_used() == recent
    await forget(now_ms() - 61_000)
    await stage.ask("GET", "/account", ada)
    assert (await last_used() or 0) >= before
