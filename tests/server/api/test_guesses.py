"""Guessing codes, tokens and invites is slow from one address, and knocking is slow from all."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
from tests.server.stage import Stage, error, staged

from codeinterview_server.api.crowd import Crowd
from codeinterview_server.api.guesses import INVITE_HEADER, address_of
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Role
from codeinterview_server.http_server import HttpProtocol, _address

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_server.db.engine import Database


def seen_from(stage: Stage, address: str) -> Stage:
    """The same server as somebody at another address sees it."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    http = httpx.AsyncClient(base_url=stage.origin, transport=transport, timeout=30)
    return replace(stage, http=http)


def guest(name: str) -> dict[str, Any]:
    return {"user": {"id": name, "name": f"Guest {name}", "color": ""}}


TOO_MANY = (429, "TOO_MANY_REQUESTS")


async def test_a_made_up_token_finds_out_no_more_codes_than_a_preview(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, joins_per_minute=2, previews_per_minute=3) as stage:
        interview = await stage.create()
        person = await stage.join(interview)
        path = f"/sessions/{interview.id}"
        for n in range(4):
            answer = await stage.call("GET", f"/sessions/{n:08x}", "x" * 43)
            assert error(answer) == (404, "SESSION_NOT_FOUND")
        assert (await stage.call("GET", path, "x" * 43)).status_code == 401
        # Now a code that exists looks like one that does not, whatever is presented.
        for asked in (path, "/sessions/00000000", f"{path}/preview", "/me"):
            refusal = await stage.call("GET", asked, "x" * 43)
            assert error(refusal) == TOO_MANY, asked
            assert 1 <= int(refusal.headers["Retry-After"]) <= 12
        async with replace(interview.room, token="x" * 43).enter() as client:
            assert await client.until_closed() == (4429, "too_many")
        # Whoever belongs here may share the address, as all do behind a tunnel.
        assert (await stage.call("GET", path, stage.host_key)).status_code == 200
        assert (await stage.call("GET", path, person.token)).status_code == 200
        async with interview.room.enter(person.token) as client:
            await client.message("welcome")
        # Their good credential does not help them to guess.
        for elsewhere_asked in ("/sessions/00000000", "/sessions/00000000/preview"):
            refusal = await stage.call("GET", elsewhere_asked, person.token)
            assert error(refusal) == TOO_MANY
        # Pages are no answer about anything, and who is elsewhere notices nothing.
        assert (await stage.http.get("/openapi.json")).status_code == 200
        elsewhere = seen_from(stage, "127.0.0.2")
        async with elsewhere.http:
            assert (await elsewhere.call("GET", path, person.token)).status_code == 200


async def test_asking_all_at_once_is_no_way_around_it(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, joins_per_minute=2, previews_per_minute=3) as stage:
        await stage.create()
        answers = await asyncio.gather(
            *(stage.call("GET", f"/sessions/{n:08x}", "x" * 43) for n in range(60))
        )
        told = [answer for answer in answers if error(answer) != TOO_MANY]
        # The five, and what came back in the second that this may take.
        assert 5 <= len(told) < 12


async def test_who_is_right_spends_nothing(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, joins_per_minute=1, previews_per_minute=2) as stage:
        interview = await stage.create()
        for _ in range(10):
            path = f"/sessions/{interview.id}"
            assert (await stage.call("GET", path, interview.creator.token)).status_code == 200
            async with interview.room.enter() as client:
                await client.message("welcome")
        assert (await stage.call("GET", "/sessions/00000000", "x" * 43)).status_code == 404


async def test_many_addresses_find_no_more_codes_together(
    database: Database, data_dir: Path
) -> None:
    limits = Limits(guesses_per_minute=6)
    async with (
        staged(
            database, data_dir, joins_per_minute=2, previews_per_minute=2, limits=limits
        ) as stage,
        AsyncExitStack() as stack,
    ):
        interview = await stage.create()
        person = await stage.join(interview)
        path = f"/sessions/{interview.id}"
        body = guest("g")
        many = [seen_from(stage, f"127.0.0.{n}") for n in range(2, 7)]
        for one in many:
            await stack.enter_async_context(one.http)
        guesses = [
            ("GET", "/sessions/00000000", "x" * 43, None),
            ("GET", "/sessions/00000001/preview", None, None),
            ("POST", "/sessions/00000002/join", None, body),
        ]
        for one in many[:2]:
            for method, asked, token, sent in guesses:
                refusal = await one.call(method, asked, token, json=sent)
                assert error(refusal) == (404, "SESSION_NOT_FOUND")
        # An address that was never wrong learns nothing more, in no way and of no code.
        fresh = many[-1]
        for session_id in ("00000003", interview.id):
            for method, asked, token, sent in guesses:
                asked = asked.replace(asked[10:18], session_id)
                assert error(await fresh.call(method, asked, token, json=sent)) == TOO_MANY, asked
            room = replace(interview.room, id=session_id, token="x" * 43)
            async with room.enter() as client:
                assert await client.until_closed() == (4429, "too_many")
        # What others do locks nobody out who has something good.
        assert (await fresh.call("GET", path, stage.host_key)).status_code == 200
        assert (await fresh.call("GET", path, person.token)).status_code == 200
        async with interview.room.enter(person.token) as client:
            await client.message("welcome")
        for role in Role:
            shown = {INVITE_HEADER: interview.invites[role.value]}
            assert (await fresh.call("GET", f"{path}/preview", headers=shown)).status_code == 200
            invited = {"user": {**body["user"], "id": role.value}, "invite": shown[INVITE_HEADER]}
            joined = await fresh.call("POST", f"{path}/join", json=invited, headers=shown)
            assert joined.json()["status"] == "admitted"
        # An invite is good for its own session.
        preview = await fresh.call("GET", "/sessions/00000000/preview", headers=shown)
        assert error(preview) == TOO_MANY


async def test_a_link_opens_while_somebody_else_at_the_same_address_guesses(
    database: Database, data_dir: Path
) -> None:
    """As behind a tunnel, where everybody has one address."""
    limits = Limits(arrivals_per_minute=2)
    async with staged(
        database, data_dir, joins_per_minute=1, previews_per_minute=1, limits=limits
    ) as stage:
        interview = await stage.create()
        path = f"/sessions/{interview.id}"
        for _ in range(4):
            await stage.call("POST", "/sessions/00000000/join", json=guest("g"))
            await stage.call("GET", "/sessions/00000000/preview")
        assert error(await stage.call("GET", f"{path}/preview")) == TOO_MANY
        assert error(await stage.call("POST", f"{path}/join", json=guest("g"))) == TOO_MANY
        shown = {INVITE_HEADER: interview.invites["candidate"]}

        async def arrive(name: str) -> httpx.Response:
            body = {**guest(name), "invite": shown[INVITE_HEADER]}
            return await stage.call("POST", f"{path}/join", json=body, headers=shown)

        assert (await stage.call("GET", f"{path}/preview", headers=shown)).status_code == 200
        assert [(await arrive(name)).status_code for name in ("a", "b")] == [200, 200]
        assert error(await arrive("c")) == TOO_MANY, "with an invite too there is a bound"
        # A made-up one is none.
        shown[INVITE_HEADER] = "x" * 22
        assert error(await stage.call("GET", f"{path}/preview", headers=shown)) == TOO_MANY
        assert error(await arrive("d")) == TOO_MANY


async def test_a_socket_is_no_way_around_it(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, joins_per_minute=1, previews_per_minute=2) as stage:
        interview = await stage.create()
        codes = []
        for session_id in (interview.id, "00000000", "00000001", interview.id):
            room = replace(interview.room, id=session_id, token="x" * 43)
            async with room.enter() as client:
                codes.append((await client.until_closed())[0])
        assert codes == [4401, 4404, 4404, 4429]


async def test_a_session_is_knocked_at_so_often_from_wherever(
    database: Database, data_dir: Path
) -> None:
    limits = Limits(knocks_per_minute=2)
    async with staged(database, data_dir, limits=limits) as stage:
        interview, other = await stage.create(), await stage.create()
        await stage.join(interview, None)
        elsewhere = seen_from(stage, "127.0.0.2")
        async with elsewhere.http:
            body = {"user": {"id": "g", "name": "Guest", "color": ""}, "invite": "x" * 22}
            path = f"/sessions/{interview.id}/join"
            wrong = await elsewhere.call("POST", path, json=body)
            assert error(wrong) == (403, "INVALID_INVITE")
            assert error(await elsewhere.call("POST", path, json=body)) == TOO_MANY
            del body["invite"]
            assert error(await elsewhere.call("POST", path, json=body)) == TOO_MANY
        assert error(await stage.call("POST", path, json=body)) == TOO_MANY
        await stage.join(interview, Role.CANDIDATE)
        await stage.join(other, None)


async def test_one_address_has_so_many_sockets_and_no_more(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, sockets_per_address=3) as stage:
        rooms = [(await stage.create()).room for _ in range(3)]
        async with AsyncExitStack() as stack:
            for room in rooms:
                await (await stack.enter_async_context(room.enter())).message("welcome")
            async with rooms[0].enter() as refused:
                assert await refused.until_closed() == (4429, "too_many")
                assert refused.frames == 0
        async with rooms[0].enter() as back:
            await back.message("welcome")


def test_who_is_gone_is_not_counted_any_more() -> None:
    crowd = Crowd(1)
    for n in range(100):
        with crowd.enter(f"2001:db8::{n:x}"):
            pass
    assert not crowd._open


def test_whoever_changes_between_addresses_of_ones_own_network_is_counted_once() -> None:
    def counted(address: str) -> set[str | None]:
        protocol = HttpProtocol.__new__(HttpProtocol)
        protocol.client = (address, 50_000)
        return {address_of({"client": protocol.client}), _address(protocol)}

    assert counted("2001:db8::1") == counted("2001:db8::ffff:2") == {"2001:db8::/64"}
    assert counted("::ffff:192.0.2.1") == counted("192.0.2.1") == {"192.0.2.1"}
