"""A server behind nginx, as docs/deployment.md has it, does all that it does without."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx
import pytest
from pycrdt import Doc
from tests.support.room_client import RoomClient
from tests.support.server import ServerProcess
from tests.support.ssh_server import free_port
from tests.support.web_proxy import WebProxy
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.support.server import Hosted


@dataclass
class Site:
    """A server and the nginx before it."""

    server: ServerProcess
    proxy: WebProxy

    def client(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """A browser at an address of this machine."""
        transport = httpx.AsyncHTTPTransport(
            verify=self.proxy.pair.trusting(), local_address=address
        )
        return httpx.AsyncClient(transport=transport, base_url=self.proxy.url, timeout=30)

    def socket(
        self, hosted: Hosted, token: str, **options: Any
    ) -> AbstractAsyncContextManager[Any]:
        url = self.proxy.url.replace("https", "wss")
        return connect(
            f"{url}/ws/sessions/{hosted.id}?token={token}",
            ssl=self.proxy.pair.trusting(),
            compression=None,
            proxy=None,
            **options,
        )

    async def join(self, hosted: Hosted, name: str) -> str:
        body = {"user": {"id": name, "name": name, "color": ""}}
        invite = {"invite": hosted.invites["candidate"]}
        async with self.client() as http:
            answer = await http.post(f"/api/v1/sessions/{hosted.id}/join", json=body | invite)
        token: str = answer.json()["token"]
        return token


LAYOUTS = {
    "at the root": ("", False),
    "path left in place": ("/inter/views", False),
    "path taken off": ("/inter/views", True),
}


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> tuple[str, bool]:
    return LAYOUTS[request.param]


@pytest.fixture
def site(data_dir: Path, tmp_path: Path, layout: tuple[str, bool]) -> Iterator[Site]:
    path, strips = layout
    port = free_port()
    server = ServerProcess(
        data_dir,
        options=(
            f"--public-url=https://localhost:{port}{path}",
            "--trusted-proxies=127.0.0.1",
        ),
        env={
            "CODEINTERVIEW_PREVIEWS_PER_MINUTE": "1",
            "CODEINTERVIEW_SOCKETS_PER_ADDRESS": "2",
        },
    ).start()
    try:
        with WebProxy(tmp_path, server.port, port, path, strips=strips).running() as proxy:
            yield Site(server, proxy)
    finally:
        assert server.stop() == 0
    assert "Traceback" not in server.log_text()


async def test_pages_and_what_they_name(site: Site) -> None:
    html = {"Accept": "text/html"}
    async with site.client() as http:
        for path in ("/", "/i/1a2b3c4d", "/s/1a2b3c4d", "/docs"):
            page = await http.get(path, headers=html)
            assert page.status_code == 200
            for mark in ('src="', 'rel="stylesheet" crossorigin href="'):
                name = page.text.split(mark)[1].partition('"')[0]
                file = await http.get(urljoin(str(page.url), name))
                assert file.status_code == 200, (path, name)
            policy = page.headers["Content-Security-Policy"]
            host = site.proxy.url.split("/")[2]
            assert f"connect-src 'self' ws://{host} wss://{host};" in policy
            assert "Strict-Transport-Security" not in page.headers
        described = (await http.get("/openapi.json")).json()
        came = (await http.get("/api/v1/connection")).json()
    path = site.proxy.url.removeprefix(f"https://{host}")
    assert described.get("servers") == ([{"url": path}] if path else None)
    assert came == {"success": True, "path": "server", "secure": True, "address": "127.0.0.1"}


async def test_the_path_without_its_slash(site: Site) -> None:
    async with site.client() as http:
        answer = await http.get(site.proxy.url, headers={"Accept": "text/html"})
        if answer.status_code != 200:
            assert answer.has_redirect_location
            answer = await http.get(urljoin(site.proxy.url, answer.headers["Location"]))
        assert '<div id="root">' in answer.text


async def test_people_meet_in_a_room(site: Site) -> None:
    hosted = site.server.host_session(code="", language="python")
    ada, grace = [await site.join(hosted, name) for name in ("ada", "grace")]
    async with site.socket(hosted, ada) as first, site.socket(hosted, grace) as second:
        here, there = RoomClient(first, Doc()), RoomClient(second, Doc())
        async with asyncio.TaskGroup() as readers:
            reading = [readers.create_task(each.read()) for each in (here, there)]
            await here.sync()
            await there.sync()
            text = "print('over nginx')\n" * 5_000
            await here.insert(0, text)
            await there.until_text(text)
            await there.insert(0, "# so\n")
            await here.until_text("# so\n" + text)
            for each in reading:
                each.cancel()
    assert "token" not in site.proxy.access_log()
    assert f"/ws/sessions/{hosted.id}" in site.proxy.access_log()


async def test_bounds_are_each_browsers_own(site: Site) -> None:
    hosted = site.server.host_session()
    path = f"/api/v1/sessions/{hosted.id}/preview"
    claims = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Host": "evil.example"}
    async with site.client("127.0.0.2") as ada, site.client("127.0.0.3") as grace:
        assert (await ada.get(path)).status_code == 200
        assert (await ada.get(path)).status_code == 429
        # What a browser says of itself counts for nothing.
        assert (await ada.get(path, headers=claims)).status_code == 429
        assert (await grace.get(path)).status_code == 200
        came = (await ada.get("/api/v1/connection", headers=claims)).json()
        assert (came["path"], came["address"]) == ("server", "127.0.0.2")
    token = await site.join(hosted, "ada")
    at_second, at_third = (("127.0.0.2", 0), ("127.0.0.3", 0))
    async with (
        site.socket(hosted, token, local_addr=at_second) as one,
        site.socket(hosted, token, local_addr=at_second) as two,
        site.socket(hosted, token, local_addr=at_third) as other,
    ):
        for each in (one, two, other):
            assert await each.recv()
        async with site.socket(hosted, token, local_addr=at_second) as third:
            await third.wait_closed()
            assert (third.close_code, third.close_reason) == (4429, "too_many")


async def test_only_its_own_pages_act(site: Site) -> None:
    hosted = site.server.host_session()
    host = "/".join(site.proxy.url.split("/")[:3])
    token = await site.join(hosted, "ada")
    async with site.socket(hosted, token, origin=Origin(host)) as websocket:
        assert await websocket.recv()
    for origin in ("https://evil.example", site.server.origin):
        with pytest.raises(InvalidStatus) as refusal:
            await site.socket(hosted, token, origin=Origin(origin)).__aenter__()
        assert refusal.value.response.status_code == 403


async def test_a_large_session_is_copied(site: Site) -> None:
    hosted = site.server.host_session(code="x" * 1_000_000, language="python")
    headers = {"Authorization": f"Bearer {site.server.host_key}"}
    async with site.client() as http:
        archive = await http.get(f"/api/v1/sessions/{hosted.id}/archive", headers=headers)
        taken = await http.post("/api/v1/archives", headers=headers, content=archive.content)
        assert taken.status_code == 201
