"""Proxies that are trusted say for whom they ask; what others claim changes nothing."""

from __future__ import annotations

import json
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.served import client, served
from tests.server.stage import Stage, error, staged
from websockets.asyncio.client import connect

from codeinterview_server.api.approach import APPROACH, Approach, Approaches, Path
from codeinterview_server.api.errors import UnexpectedErrors
from codeinterview_server.api.reach import Reach
from codeinterview_server.domain.addresses import parse_network

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path as FilePath

    from starlette.types import Receive, Scope, Send

    from codeinterview_server.db.engine import Database

NETWORKS = ("127.0.0.1", "10.0.0.0/8", "2001:db8:aaaa::/48")
DIRECT = ("this_device", False, "127.0.0.1")
EACH = {
    # One hop: the proxy adds whom it was asked by.
    "192.0.2.7": "192.0.2.7",
    "198.51.100.1\t,  192.0.2.7": "192.0.2.7",
    "192.0.2.7:54321": "192.0.2.7",
    "2001:db8::7": "2001:db8::7",
    "[2001:db8::7]": "2001:db8::7",
    "[2001:db8::7]:54321": "2001:db8::7",
    "::ffff:192.0.2.7": "192.0.2.7",
    "fe80::7%eth0": "fe80::7",
    "[fe80::7%25eth0]:54321": "fe80::7",
    # What the browser made up stands before it.
    "198.51.100.1, 192.0.2.7": "192.0.2.7",
    "10.9.9.9, 192.0.2.7": "192.0.2.7",
    "<script>, unknown, 192.0.2.7": "192.0.2.7",
    # Further trusted proxies.
    "192.0.2.7, 10.0.0.2, 127.0.0.1": "192.0.2.7",
    "198.51.100.1, 192.0.2.7, 2001:db8:aaaa::1, [::ffff:10.0.0.2]:443": "192.0.2.7",
    # Nobody but proxies: the first one asked for itself.
    "10.0.0.3, 10.0.0.2": "10.0.0.3",
    # A proxy that could not say it: whoever said so is all that is known.
    "unknown": "127.0.0.1",
    "": "127.0.0.1",
    ",": "127.0.0.1",
    "unix:": "127.0.0.1",
    "192.0.2.7, unix:": "127.0.0.1",
    "192.0.2.7, _hidden, 10.0.0.2": "10.0.0.2",
    "192.0.2.7, 10.0.0.2,": "127.0.0.1",
    "192.0.2.7.evil.example": "127.0.0.1",
    "256.1.1.1": "127.0.0.1",
    "[2001:db8::7": "2001:db8::7",
    "[[::1]]": "127.0.0.1",
    "192.0.2.7;192.0.2.8": "127.0.0.1",
    "0x7f000001": "127.0.0.1",
    "\uff11\uff19\uff12.0.2.7": "127.0.0.1",
    ", ".join(f"198.51.100.{n}" for n in range(256)) + ", 192.0.2.7": "192.0.2.7",
    "a" * 20_000: "127.0.0.1",
    "," * 20_000 + "192.0.2.7": "192.0.2.7",
    ", ".join(["10.0.0.2"] * 2_000): "10.0.0.2",
}


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer what is seen of a request or socket."""
    approach: Approach = scope[APPROACH]
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    seen = json.dumps([approach.path, approach.secure, approach.address, hosts, scope["scheme"]])
    assert scope["client"][0] == approach.address
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": seen})
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": seen.encode()})


@asynccontextmanager
async def told(
    networks: tuple[str, ...] = NETWORKS, app: Any = tell
) -> AsyncIterator[tuple[str, Reach]]:
    reach = Reach()
    approaches = Approaches(app, reach, [parse_network(each) for each in networks])
    async with served(approaches) as origin:
        yield origin, reach


Headers = list[tuple[str, str]]


async def seen(origin: str, headers: Headers) -> list[Any]:
    """What the server sees of a request, and in the same way of a socket."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    async with client(origin) as http:
        answer = await http.get("/", headers=raw)
        by_request: list[Any] = answer.json()
    url = origin.replace("http", "ws")
    async with connect(url, additional_headers=headers, proxy=None) as websocket:
        by_socket = json.loads(await websocket.recv())
    assert by_request[:4] == by_socket[:4]
    assert {"http": "ws", "https": "wss"}[by_request[4]] == by_socket[4]
    assert by_request[1] is (by_request[4] == "https")
    return by_request


async def test_the_last_address_that_is_no_trusted_proxys_is_the_browsers() -> None:
    async with told() as (origin, _), client(origin) as http:
        for given, address in EACH.items():
            answer = await http.get("/", headers=[(b"X-Forwarded-For", given.encode())])
            assert answer.json()[:3] == ["server", False, address], given[:80]


async def test_sockets_are_seen_as_requests_are() -> None:
    async with told() as (origin, _):
        for given in ("192.0.2.7", "198.51.100.1, [2001:db8::7]:54321, 10.0.0.2", "unknown"):
            assert (await seen(origin, [("X-Forwarded-For", given)]))[2] == EACH.get(
                given, "2001:db8::7"
            )


async def test_lines_count_as_one_list() -> None:
    async with told() as (origin, _):
        lines = [("X-Forwarded-For", each) for each in ("198.51.100.1", "192.0.2.7", "10.0.0.2")]
        assert (await seen(origin, lines))[2] == "192.0.2.7"


@pytest.mark.parametrize(
    ("given", "secure"),
    [
        (["https"], True),
        (["HTTPS"], True),
        (["wss"], True),
        (["http"], False),
        (["ws"], False),
        (["http", "https"], True),
        (["https", "http"], False),
        (["https,http"], False),
        (["https://"], False),
        (["on"], False),
        ([""], False),
    ],
)
async def test_whether_it_was_encrypted(given: list[str], secure: bool) -> None:
    async with told() as (origin, _):
        lines = [("X-Forwarded-Proto", each) for each in given]
        assert (await seen(origin, lines))[:3] == ["server", secure, "127.0.0.1"]


@pytest.mark.parametrize(
    ("given", "host"),
    [
        (["team.example"], "team.example"),
        (["evil.example", "team.example:8443"], "team.example:8443"),
        (["evil.example, team.example"], "team.example"),
        # Whether it is a name of ours is asked of it next, as of any other.
        (["<script>"], "<script>"),
        ([""], None),
    ],
)
async def test_which_name_it_asked_for(given: list[str], host: str | None) -> None:
    async with told() as (origin, _):
        lines = [("X-Forwarded-Host", each) for each in given]
        own = origin.removeprefix("http://")
        assert (await seen(origin, lines))[3] == [host or own]


CLAIMS = [
    ("X-Forwarded-For", "192.0.2.7"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "team.example"),
    ("Forwarded", "for=192.0.2.7;proto=https;host=team.example"),
    ("X-Real-IP", "192.0.2.7"),
]


async def test_whoever_is_not_trusted_is_who_connects() -> None:
    for networks in ((), ("192.0.2.0/24", "10.0.0.0/8", "::1")):
        async with told(networks) as (origin, _):
            plain = await seen(origin, [])
            assert tuple(plain[:3]) == DIRECT
            assert await seen(origin, CLAIMS) == plain


async def test_other_headers_are_not_read_of_anybody() -> None:
    async with told() as (origin, _):
        plain = await seen(origin, [])
        assert tuple(plain[:3]) == DIRECT, "a proxy's own question, such as a health check"
        assert await seen(origin, CLAIMS[3:]) == plain


async def see(client_name: tuple[str, int] | None, server: str = "192.168.1.5") -> Approach:
    """How somebody is seen whose connection cannot be made here."""
    found: list[Approach] = []

    async def keep(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope[APPROACH])

    async def nothing(*_: object) -> Any:
        raise AssertionError

    scope = {
        "type": "http",
        "scheme": "http",
        "client": client_name,
        "server": (server, 8765),
        "headers": [(b"x-forwarded-for", b"192.0.2.7")],
    }
    await Approaches(keep, Reach(), [parse_network("10.0.0.0/8")])(scope, nothing, nothing)
    return found[0]


async def test_ways_without_a_proxy() -> None:
    near = Approach(Path.LAN, False, "192.168.1.20")
    assert await see(("192.168.1.20", 5)) == near
    assert await see(("::ffff:192.168.1.20", 5)) == near
    assert await see(("fe80::7%3", 5)) == Approach(Path.LAN, False, "fe80::7")
    assert await see(("127.0.0.9", 5)) == Approach(Path.THIS_DEVICE, False, "127.0.0.9")
    assert await see(("::1", 5)) == Approach(Path.THIS_DEVICE, False, "::1")
    # Whoever connects to an address from that very address is on this machine.
    own = Approach(Path.THIS_DEVICE, False, "192.168.1.5")
    assert await see(("192.168.1.5", 5)) == own
    assert await see(("::ffff:10.0.0.1", 5)) == Approach(Path.SERVER, False, "192.0.2.7")
    # A Unix socket's peer has no address.
    assert await see(None) == Approach(Path.LAN, False, "")
    assert await see(("", 0)) == Approach(Path.LAN, False, "")


async def came(stage: Stage, token: str | None, address: str) -> tuple[int, str]:
    headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
    return error(await stage.call("GET", "/sessions/00000000", token, headers=headers))


async def test_bounds_are_each_browsers_own(database: Database, data_dir: FilePath) -> None:
    async with staged(
        database,
        data_dir,
        trusted_proxies="127.0.0.1",
        joins_per_minute=1,
        previews_per_minute=1,
        sockets_per_address=1,
    ) as stage:
        interview = await stage.create()
        token = "x" * 43
        for address in ("192.0.2.7", "2001:db8:1:2::1"):
            for _ in range(2):
                assert await came(stage, token, address) == (404, "SESSION_NOT_FOUND")
            assert await came(stage, token, address) == (429, "TOO_MANY_REQUESTS")
        assert await came(stage, token, "2001:db8:1:2::2") == (429, "TOO_MANY_REQUESTS")
        assert await came(stage, token, "2001:db8:1:3::1") == (404, "SESSION_NOT_FOUND")

        def entering(address: str) -> Any:
            url = stage.origin.replace("http", "ws")
            return connect(
                f"{url}/ws/sessions/{interview.id}?token={interview.creator.token}",
                additional_headers={"X-Forwarded-For": address},
                proxy=None,
            )

        async with entering("192.0.2.8") as first, entering("192.0.2.9") as second:
            for each in (first, second):
                assert await each.recv()
            async with entering("192.0.2.9") as third:
                await third.wait_closed()
                assert (third.close_code, third.close_reason) == (4429, "too_many")
            assert second.close_code is None


async def test_the_log_names_the_browsers_address(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("broken")

    async with told(app=UnexpectedErrors(fail)) as (origin, _), client(origin) as http:
        answer = await http.get("/here", headers={"X-Forwarded-For": "192.0.2.7"})
    assert answer.status_code == 500
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert record.getMessage() == "GET '/here' from 192.0.2.7 failed"
