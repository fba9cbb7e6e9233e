"""A browser reaches the server by its own names alone, and only its own pages may act."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from tests.server.served import client, served
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from codeinterview_server.api.origins import AllowedHosts, OriginGuard
from codeinterview_server.api.reach import Reach

if TYPE_CHECKING:
    import httpx

ALLOWED = [
    "127.0.0.1",
    "127.0.0.1:8765",
    "192.168.1.20:8765",
    "[::1]",
    "[::1]:8765",
    "[fe80::1]:80",
    "localhost",
    "LOCALHOST:8765",
    "localhost.",
    "room.localhost:1",
    "mybox.local",
    "mybox.local:8765",
    socket.gethostname(),
    "interview.test:8765",
    "INTERVIEW.test",
    "a.team.example",
]
REFUSED = [
    "",
    "evil.example",
    "evil.example:8765",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil-interview.test",
    "team.example",
    "notteam.example",
    "local",
    "mylocal",
    "127.0.0.1:8765:1",
    "127.0.0.1/evil",
    "evil.example\\@localhost",
    "user@localhost",
    "localhost:port",
    "[::1",
    "::1",
    "[::g]",
    " localhost",
    "localhost ",
    "локальный",
]


@pytest.fixture
def hosts() -> AllowedHosts:
    return AllowedHosts(("0.0.0.0", "Interview.test.", ".team.example"))


@pytest.mark.parametrize("host", ALLOWED)
def test_own_names_and_addresses_are_allowed(hosts: AllowedHosts, host: str) -> None:
    assert hosts.allows(host)


@pytest.mark.parametrize("host", REFUSED)
def test_other_names_are_refused(hosts: AllowedHosts, host: str) -> None:
    assert not hosts.allows(host)


def test_a_star_allows_every_well_formed_name() -> None:
    anything = AllowedHosts(("*",))
    assert anything.allows("anything.example:1")
    assert not anything.allows("any thing")
    assert not anything.allows("")


async def _page(_request: object) -> PlainTextResponse:
    return PlainTextResponse("done")


async def _socket(websocket: Any) -> None:
    await websocket.accept()
    await websocket.close()


def guarded() -> OriginGuard:
    methods = ["GET", "POST", "DELETE", "OPTIONS"]
    routes = [Route("/", _page, methods=methods), WebSocketRoute("/ws", _socket)]
    return OriginGuard(Starlette(routes=routes), AllowedHosts(()), Reach())


async def test_pages_of_other_sites_may_look_but_not_act() -> None:
    async with served(guarded()) as origin, client(origin) as http:
        own_host = origin.removeprefix("http://")

        async def status(method: str, site: str | None, host: str = own_host) -> httpx.Response:
            headers = {"Host": host} | ({} if site is None else {"Origin": site})
            return await http.request(method, "/", headers=headers)

        for method in ("POST", "DELETE"):
            assert (await status(method, None)).text == "done", "a program, not a page"
            assert (await status(method, origin)).text == "done"
            assert (await status(method, f"https://{own_host}")).text == "done", "behind a tunnel"
            for site in (
                "http://evil.example",
                "http://127.0.0.1:1",
                "http://127.0.0.1",
                "null",
                "file://",
                f"ftp://{own_host}",
                f"http://{own_host}.evil.example",
                "http://[",
                "",
            ):
                refusal = await status(method, site)
                assert refusal.status_code == 403, site
                assert refusal.json()["detail"]["code"] == "NOT_ALLOWED"
        assert (await status("GET", "http://evil.example")).text == "done"
        assert (await status("OPTIONS", "http://evil.example")).text == "done"
        for method in ("GET", "POST"):
            refusal = await status(method, None, host="rebound.example")
            assert refusal.status_code == 400
            assert "--allowed-hosts" in refusal.json()["detail"]["error"]


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Host": "rebound.example"}, False),
    ],
    ids=str,
)
async def test_sockets_of_other_sites_are_refused(headers: dict[str, str], allowed: bool) -> None:
    async with served(guarded()) as origin:
        url = origin.replace("http", "ws") + "/ws"
        if allowed:
            async with connect(url, additional_headers=headers) as open_socket:
                await open_socket.wait_closed()
            async with connect(url, origin=Origin(origin)) as open_socket:
                await open_socket.wait_closed()
            return
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url, additional_headers=headers)
        assert refusal.value.response.status_code == 403
