"""What the room's badge and the check on the join page tell of the way to the server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.browser import insecure_origin
from tests.support.proxy import cable_to
from tests.support.server import ServerProcess
from tests.support.ssh_server import free_port
from tests.support.web_proxy import WebProxy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from playwright.async_api import Locator, Page, Route
    from tests.support.room_page import RoomPage

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1500, "height": 800}}
CUT = r"net::ERR_|WebSocket connection to|Failed to load resource"
CONNECTION = "**/api/v1/connection"


@pytest.fixture
def tunnel(server: ServerProcess, origin: str) -> Iterator[None]:
    """The app has told the server that this origin is a tunnel's."""
    link = {"url": origin, "kind": "tunnel", "forwarded": False}
    server.api("PUT", "/links", json={"links": [link]})
    yield
    server.api("PUT", "/links", json={"links": []})


def details(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Your connection")


def figure(page: Page, name: str) -> Locator:
    return details(page).locator(f"dt:has-text('{name}') + dd")


async def check(page: Page) -> None:
    """Open the check and wait until it has come to its end."""
    await page.get_by_role("button", name="Check my connection").click()
    await expect(page.get_by_role("button", name="Copy details")).to_be_visible()


def finding(page: Page, about: str) -> Locator:
    return page.locator(f'li[data-about="{about}"]')


async def test_the_badge_tells_way_and_speed_and_shows_the_figures_by_keyboard(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people(**WIDE)).enter(hosted.join_url("interviewer", origin), "Ines")
    page = ines.page
    await expect(ines.connection).to_have_accessible_name("Your connection: This device, Good")
    await expect(ines.connection).to_have_text("This deviceGood")
    await ines.connection.focus()
    await page.keyboard.press("Enter")
    await expect(figure(page, "Round trip now")).to_have_text(re.compile(r"\d+ ms$"))
    await expect(figure(page, "Without an answer")).to_have_text(re.compile(r"^0 of [1-9]$"))
    await expect(figure(page, "Address that the server sees")).to_have_text("127.0.0.1")
    await expect(figure(page, "Encrypted")).to_have_text("Not needed")
    await page.keyboard.press("Escape")
    await expect(details(page)).to_be_hidden()
    await expect(ines.connection).to_be_focused()


@pytest.mark.usefixtures("tunnel")
async def test_the_badge_tells_of_a_tunnel_that_is_not_encrypted(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await people(viewport={"width": 390, "height": 844})
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    # Where the window is small, the words are in its name alone.
    await expect(cem.connection).to_have_accessible_name("Your connection: Tunnel, Good")
    for word in ("Tunnel", "Good"):
        await expect(cem.connection.get_by_text(word)).to_be_hidden()
    await cem.connection.click()
    await expect(figure(cem.page, "Encrypted")).to_have_text("No")
    await expect(details(cem.page)).to_contain_text("a link that begins with https")


async def test_a_line_that_stalls_is_slow_and_one_that_is_cut_is_offline(
    server: ServerProcess, people: People
) -> None:
    hosted = server.host_session(language="python", code="remarkable = 1\n")
    async with cable_to(server.port) as cable:
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        cem = await (await people(**WIDE)).enter(hosted.join_url("candidate", far), "Cem")
        cem.expect_complaint(CUT)
        good = "Your connection: This device, Good"
        await expect(cem.connection).to_have_accessible_name(good)
        place = await cem.connection.bounding_box()
        await cem.wake_editor("remarkable")

        cable.squeeze()
        await expect(cem.connection).to_have_accessible_name(re.compile("Slow$"))
        assert await cem.connection.bounding_box() == place
        cable.let_go()
        await expect(cem.connection).to_have_accessible_name(good)

        cable.cut()
        await expect(cem.connection).to_have_accessible_name(re.compile("Offline$"))
        assert await cem.connection.bounding_box() == place
        await cem.type("while offline")
        cable.mend()
        await expect(cem.connection).to_have_accessible_name(good)
        assert await cem.connection.bounding_box() == place
        await cem.type(", and after")
        await expect(cem.status("saved")).to_have_text("Saved")
        code = server.api("GET", f"/sessions/{hosted.id}")["data"]["code"]
        assert code == "remarkable = 1\nwhile offline, and after"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{"success": true, "path": "<img src=x>", "secure": true, "address": "1.2.3.4"}'),
        (200, '{"success": true, "path": "lan", "secure": "no", "address": {}}'),
        (200, "[" * 5_000),
        (200, "<html>Pay here for an hour of Wi-Fi</html>"),
        (200, ""),
        (502, "<html>bad gateway</html>"),
    ],
    ids=["another way", "other types", "deep", "a portal", "nothing", "a proxy's page"],
)
async def test_what_makes_no_sense_is_no_way_and_hurts_nothing(
    server: ServerProcess, origin: str, people: People, status: int, body: str
) -> None:
    hosted = server.host_session()
    cem = await people(**WIDE)
    cem.expect_complaint("502")

    async def answer(route: Route) -> None:
        await route.fulfill(status=status, body=body, content_type="application/json")

    await cem.page.route(CONNECTION, answer)
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    await expect(cem.connection).to_have_accessible_name("Your connection: Unknown, Good")
    await cem.connection.click()
    await expect(figure(cem.page, "Address that the server sees")).to_have_text("–")
    await expect(details(cem.page).locator("img")).to_have_count(0)


async def test_the_check_finds_everything_in_order_and_hands_on_no_secret(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await people()
    page = cem.page
    await page.goto(hosted.join_url("candidate", origin))
    await page.get_by_label("Your name").fill("Cem")
    asked = len(cem.person.requests)
    assert not any("/connection" in url or "/ws/" in url for url in cem.person.requests)
    await check(page)
    assert any("/ws/" in url for url in cem.person.requests[asked:])
    await expect(page.get_by_text("Everything works. You can join.")).to_be_visible()
    for about in ("way", "secrecy", "live", "speed", "browser"):
        await expect(finding(page, about)).to_have_attribute("data-tone", "good")
    await page.get_by_role("button", name="Copy details").click()
    await expect(page.get_by_role("button", name="Details copied")).to_be_visible()
    # Pasted where it can be read: the page may not read the clipboard.
    await page.evaluate("document.body.append(document.createElement('textarea'))")
    await page.locator("body > textarea").focus()
    await page.keyboard.press("Control+v")
    copied = await page.locator("body > textarea").input_value()
    for line in (f"Server: {origin}", "Way: this_device", "Live connection (WebSocket): works"):
        assert line in copied.splitlines()
    assert "Secure context: no" in copied.splitlines()
    assert hosted.id not in copied
    assert hosted.invites["candidate"] not in copied


async def test_a_proxy_that_lets_no_socket_through_is_told_from_a_server_that_is_away(
    people: People, tmp_path: Path
) -> None:
    port = free_port()
    base = f"https://localhost:{port}"
    options = (f"--public-url={base}", "--trusted-proxies=127.0.0.1")
    server = ServerProcess(tmp_path / "data", options=options).start()
    try:
        hosted = server.host_session()
        cem = await people(ignore_https_errors=True)
        cem.expect_complaint(CUT)
        page = cem.page
        with WebProxy(tmp_path, server.port, port, upgrades=False).running():
            await page.goto(hosted.join_url("candidate", base))
            await check(page)
            await expect(page.get_by_text("Something is in the way.")).to_be_visible()
            await expect(finding(page, "way")).to_contain_text("Server.")
            await expect(finding(page, "secrecy")).to_have_attribute("data-tone", "good")
            await expect(finding(page, "live")).to_have_attribute("data-tone", "bad")
            await expect(finding(page, "live")).to_contain_text("The live connection is blocked")
            # Whoever joins all the same can check where the room does not open.
            await page.get_by_label("Your name").fill("Cem")
            await page.get_by_role("button", name="Join", exact=True).click()
            await expect(page.get_by_text("The server does not answer yet.")).to_be_visible()
            await check(page)
            await expect(finding(page, "live")).to_contain_text("The live connection is blocked")
        await page.get_by_role("button", name="Check again").click()
        await expect(finding(page, "way")).to_have_attribute("data-tone", "bad")
        await expect(finding(page, "live")).to_have_count(0)
    finally:
        assert server.stop() == 0


async def test_a_browser_that_lacks_something_is_told_what_that_costs(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    for missing, words in (
        ("delete globalThis.WebAssembly", "Python cannot run in this browser"),
        ("delete globalThis.Worker", "This browser cannot show the editor"),
        (
            "Object.defineProperty(globalThis, 'localStorage', {get() { throw new Error('no'); }})",
            "This browser keeps nothing for this page",
        ),
    ):
        cem = await people()
        await cem.page.add_init_script(missing)
        await cem.page.goto(hosted.join_url("candidate", origin))
        await check(cem.page)
        await expect(finding(cem.page, "browser")).to_contain_text(words)
        await expect(finding(cem.page, "live")).to_have_attribute("data-tone", "good")
