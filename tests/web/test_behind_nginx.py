"""Below a path that nginx takes off or leaves, by TLS, the room does all that it does on a LAN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.server import ServerProcess
from tests.support.ssh_server import free_port
from tests.support.web_proxy import WebProxy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.support.room_page import RoomPage

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


@pytest.fixture(params=["taken off", "left in place"])
def team_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that is reached at its public URL only, which is its origin here."""
    port = free_port()
    base = f"https://localhost:{port}/inter/views"
    server = ServerProcess(
        tmp_path / "data", options=(f"--public-url={base}", "--trusted-proxies=127.0.0.1")
    ).start()
    strips = request.param == "taken off"
    try:
        with WebProxy(tmp_path, server.port, port, "/inter/views", strips=strips).running():
            yield server
    finally:
        assert server.stop() == 0


async def test_people_join_type_and_run_python(team_server: ServerProcess, people: People) -> None:
    account = team_server.api("GET", "/account")
    base = account["public_url"]
    hosted = team_server.host_session(language="python", code="")
    ines = await (await people(ignore_https_errors=True)).enter(
        hosted.join_url("interviewer", base), "Ines"
    )
    assert ines.page.url == f"{base}/s/{hosted.id}"
    assert await ines.page.evaluate("isSecureContext")
    cem = await people(ignore_https_errors=True)
    await cem.page.goto(base + "/")
    await cem.page.get_by_label("Code or link").fill(hosted.join_url("candidate", base))
    await cem.page.get_by_role("button", name="Join", exact=True).click()
    await cem.page.get_by_label("Your name").fill("Cem")
    await cem.page.get_by_role("button", name="Join", exact=True).click()
    await cem.in_room()
    await cem.focus_editor()
    await cem.type("print('below', 6 * 7)")
    await ines.wait_for_text("print('below', 6 * 7)")
    await ines.run()
    for each in (ines, cem):
        await expect(each.output).to_contain_text("below 42")
    # The page is one that can be loaded again.
    await cem.page.reload()
    await cem.in_room()
    await cem.wait_for_text("print('below', 6 * 7)")
    await ines.page.get_by_role("button", name="Invite").click()
    link = ines.page.get_by_role("textbox", name="Candidate link")
    await expect(link).to_have_value(hosted.join_url("candidate", base))
    for each in (ines, cem):
        ours = (f"{base}/", base.replace("https", "wss") + "/")
        asked = [url for url in each.person.requests if not url.startswith(("blob:", "data:"))]
        assert len(asked) > 10
        assert [url for url in asked if not url.startswith(ours)] == []


async def test_the_reference_is_below_the_path(team_server: ServerProcess, people: People) -> None:
    base = team_server.api("GET", "/account")["public_url"]
    page = (await people(ignore_https_errors=True)).page
    await page.goto(f"{base}/docs")
    await page.get_by_role("button", name="GET /api/v1/health Health").click()
    await page.get_by_role("button", name="Try it out").click()
    await page.get_by_role("button", name="Execute").click()
    await expect(page.locator(".live-responses-table")).to_contain_text('"status": "ok"')
