"""A server that knows its public URL answers there, below its path or with that taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from tests.server.stage import Stage, error, staged
from tests.support.room_client import Room
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from codeinterview_server.api.web_files import WEB_DIST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database

ORIGIN = "https://team.example:8443"
HOST = "team.example:8443"
BASE = "/inter.views/api"
HTML = {"Accept": "text/html"}


@pytest.fixture
async def stage(database: Database, data_dir: Path) -> AsyncIterator[Stage]:
    async with staged(database, data_dir, web_dist=WEB_DIST, public_url=ORIGIN + BASE) as stage:
        yield stage


async def test_everything_answers_below_the_path_and_without_it(stage: Stage) -> None:
    interview = await stage.create()
    script = next((WEB_DIST / "assets").glob("index-*.js")).name
    for path in (
        "/",
        f"/i/{interview.id}",
        "/docs",
        "/openapi.json",
        "/api/v1/health",
        f"/assets/{script}",
        "/sandbox/manifest.json",
        "/sandbox/frame.html",
    ):
        with_path = await stage.http.get(BASE + path, headers=HTML)
        without = await stage.http.get(path, headers=HTML)
        assert with_path.status_code == without.status_code == 200, path
        with_path.headers.pop("date"), without.headers.pop("date")
        if path != "/api/v1/health":
            assert (with_path.headers, with_path.text) == (without.headers, without.text), path
    for path in (
        "/inter.views",
        "/inter.views/",
        "/inter.viewsapi/",
        f"{BASE}x/docs",
        f"{BASE}{BASE}/docs",
        "/interXviews/api/docs",
        "/inter.views%2Fapi/docs",
    ):
        assert (await stage.http.get(path)).status_code == 404, path


async def test_a_pages_files_are_found_wherever_it_is(stage: Stage) -> None:
    for path in ("/", "/i/1a2b3c4d", "/s/1a2b3c4d", "/docs"):
        page = (await stage.http.get(BASE + path, headers=HTML)).text
        names = [each.partition('"')[0] for each in page.split('src="')[1:]]
        assert len(names) == 1
        for seen in (BASE + path, path, "/elsewhere" + path):
            place = urljoin(ORIGIN + seen, names[0])
            assert place.startswith(f"{ORIGIN}{seen.removesuffix(path)}/assets/")
        assert (await stage.http.get(urljoin(BASE + path, names[0]))).status_code == 200


async def test_the_path_alone_leads_to_its_start_page(stage: Stage) -> None:
    for method in ("GET", "HEAD"):
        answer = await stage.http.request(method, BASE + "?a=b%20c")
        assert answer.status_code == 307
        assert answer.headers["Location"] == BASE + "/?a=b%20c"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await stage.http.get(BASE)).headers["Location"] == BASE + "/"


async def test_sockets_and_bounds_are_below_the_path(stage: Stage) -> None:
    interview = await stage.create(code="x\n", language="python")
    room = Room(**{**vars(interview.room), "origin": stage.origin + BASE})
    token = await room.join("Ada")
    async with room.enter(token) as client:
        await client.message("welcome")
        await client.sync()
        assert client.text() == "x\n"
    # Guesses below it are guesses, and what is too large is too large.
    async with connect(
        f"{room.origin.replace('http', 'ws')}/ws/sessions/{room.id}?token=x", proxy=None
    ) as websocket:
        await websocket.wait_closed()
        assert websocket.close_code == 4401
    answer = await stage.http.post(f"{BASE}/api/v1/sessions", content=b"x" * 9_000_000)
    assert error(answer) == (413, "TOO_LARGE")


async def test_the_public_name_and_pages_are_the_servers_own(stage: Stage) -> None:
    body = {"creator": {"id": "c", "name": "C", "color": ""}}

    async def create(**headers: str) -> int:
        answer = await stage.call("POST", "/sessions", stage.host_key, json=body, headers=headers)
        return answer.status_code

    assert await create(Host=HOST, Origin=ORIGIN) == 201
    # Some proxies leave the port out, or name themselves.
    assert await create(Host="team.example", Origin=ORIGIN) == 201
    assert await create(Origin=ORIGIN) == 201
    assert await create(Host=HOST, Origin="https://evil.example") == 403
    assert await create(Host="evil.example", Origin=ORIGIN) == 400
    assert await create(Origin="https://team.example") == 403
    port = int(stage.origin.rsplit(":", 1)[1])

    async def opens(origin: str) -> bool:
        url = f"ws://{HOST}{BASE}/ws/sessions/00000000"
        try:
            socket = await connect(url, origin=Origin(origin), host="127.0.0.1", port=port)
        except InvalidStatus:
            return False
        await socket.close()
        return True

    assert await opens(ORIGIN)
    assert not await opens("https://evil.example")


async def test_it_tells_so(stage: Stage) -> None:
    async def came(**headers: str) -> dict[str, Any]:
        answer: dict[str, Any] = await stage.ask("GET", "/connection", headers=headers)
        return answer

    told = {"success": True, "path": "server", "secure": True, "address": "127.0.0.1"}
    assert await came(Host=HOST) == told
    assert (await came())["path"] == "this_device"
    claims = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "http"}
    assert await came(Host=HOST, **claims) == told, "nobody is trusted"
    account = await stage.ask("GET", "/account", stage.host_key)
    assert account["public_url"] == ORIGIN + BASE
    interview = await stage.create()
    path = f"/sessions/{interview.id}/invites"
    for method, body in (("GET", None), ("POST", {"role": "candidate"})):
        answer = await stage.ask(method, path, interview.creator.token, json=body)
        assert answer["public_url"] == ORIGIN + BASE
    described = (await stage.http.get("/openapi.json")).json()
    assert described["servers"] == [{"url": BASE}]
    page = await stage.http.get("/", headers=HTML)
    own = stage.origin.removeprefix("http://")
    sources = f"connect-src 'self' ws://{own} wss://{own} ws://{HOST} wss://{HOST};"
    assert sources in page.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in page.headers


async def test_without_one_nothing_of_it_is_told(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir) as stage:
        assert (await stage.ask("GET", "/account", stage.host_key))["public_url"] is None
        assert "servers" not in (await stage.http.get("/openapi.json")).json()
        assert (await stage.http.get(BASE + "/docs")).status_code == 404
