"""axe-core finds nothing to complain of on any page, light or dark, wide or narrow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.support.browser import insecure_origin
from tests.support.proxy import cable_to

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page
    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
SIZES = pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "narrow"])


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text())
    result: dict[str, Any] = await page.evaluate("axe.run()")
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}"
        for one in result["violations"]
    ]


def look(scheme: str, size: tuple[int, int]) -> dict[str, Any]:
    return {
        "color_scheme": scheme,
        "reduced_motion": "reduce",
        "viewport": {"width": size[0], "height": size[1]},
    }


@SCHEMES
@SIZES
async def test_pages_before_the_room(
    server: ServerProcess, origin: str, people: People, scheme: str, size: tuple[int, int]
) -> None:
    hosted = server.host_session(title="Accessible to all")
    server.api("PUT", "/listed", json={"sessions": [hosted.id]})
    person = await people(**look(scheme, size))
    person.expect_complaint("404")
    page = person.page
    await page.goto(origin)
    await expect(page.get_by_label("Code or link")).to_be_visible()
    await expect(page.get_by_role("link", name="Accessible to all")).to_be_visible()
    assert await violations(page) == []
    await page.goto(hosted.join_url("candidate", origin))
    await expect(page.get_by_label("Your name")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Check my connection").click()
    await expect(page.get_by_role("button", name="Copy details")).to_be_visible()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    await page.goto(f"{origin}/i/00000000")
    await expect(page.get_by_role("heading", name="There is no such interview")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{origin}/nowhere")
    await expect(page.get_by_role("heading")).to_be_visible()
    assert await violations(page) == []
    await person.join(hosted.join_url(None, origin), "Cem")
    await expect(page.get_by_role("heading", name="Waiting for the host")).to_be_visible()
    assert await violations(page) == []


@SCHEMES
@SIZES
async def test_the_room(
    server: ServerProcess, origin: str, people: People, scheme: str, size: tuple[int, int]
) -> None:
    hosted = server.host_session(language="javascript", code="console.log('hi')")
    person = await people(**look(scheme, size))
    await person.enter(hosted.join_url("interviewer", origin), "Ines")
    await person.run()
    if size[0] < 800:
        await person.page.get_by_role("tab", name="Output").click()
    await expect(person.output).to_contain_text("hi")
    assert await violations(person.page) == []
    if size[0] < 800:
        await person.page.get_by_role("tab", name="People").click()
        await expect(person.page.get_by_role("heading", name="People")).to_be_visible()
        assert await violations(person.page) == []
        width = await person.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1280, 800)), ("dark", (390, 844))], ids=["light", "dark"]
)
async def test_what_opens_above_the_room(
    server: ServerProcess, origin: str, people: People, scheme: str, size: tuple[int, int]
) -> None:
    hosted = server.host_session(language="html")
    ines = await people(**look(scheme, size))
    await ines.enter(hosted.join_url("interviewer", origin), "Ines")
    page = ines.page
    await page.get_by_role("button", name="Invite").click()
    await expect(page.get_by_role("textbox", name="Candidate link")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await ines.connection.click()
    await expect(page.get_by_role("dialog", name="Your connection")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    for button in (re.compile("^Language:"), "More"):
        await page.get_by_role("button", name=button).click()
        await expect(page.get_by_role("menu")).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Keyboard shortcuts").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await ines.run()
    await expect(page.locator('[data-pane="preview"] iframe, iframe[title]').first).to_be_visible()
    assert await violations(page) == []

    eve = await people()
    await eve.join(hosted.join_url(None, origin), "Eve")
    if size[0] < 800:
        await expect(page.get_by_role("heading", name="One person asks to join")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name="Show").click()
    await expect(page.get_by_role("button", name="Admit").first).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Decline").first.click()
    await expect(eve.page.get_by_role("heading", name="You were not let in")).to_be_visible()


@SCHEMES
@SIZES
async def test_the_room_without_a_connection(
    server: ServerProcess, people: People, scheme: str, size: tuple[int, int]
) -> None:
    hosted = server.host_session(language="python", code="remarkable = 1\n")
    async with cable_to(server.port) as cable:
        cem = await people(**look(scheme, size))
        cem.expect_complaint(r"net::ERR_|WebSocket connection to")
        far = insecure_origin(f"http://127.0.0.1:{cable.port}")
        await cem.enter(hosted.join_url("candidate", far), "Cem")
        await cem.wake_editor("remarkable")
        cable.cut()
        await expect(cem.connection).to_have_accessible_name(re.compile("Offline$"))
        await cem.connection.click()
        await expect(cem.page.get_by_role("dialog", name="Your connection")).to_be_visible()
        assert await violations(cem.page) == []


@SCHEMES
@SIZES
async def test_those_who_knock(
    server: ServerProcess, origin: str, people: People, scheme: str, size: tuple[int, int]
) -> None:
    hosted = server.host_session(title="One by one")
    ines = await people(**look(scheme, size))
    await ines.enter(hosted.join_url("interviewer", origin), "Ines")
    server.api("PATCH", f"/sessions/{hosted.id}", json={"join_policy": "knock"})
    for name, role in (("Eve " * 60, "observer"), ("Mallory", None)):
        person = await people(**look(scheme, size))
        await person.page.goto(hosted.join_url(role, origin))
        await expect(person.page.get_by_text("one by one:")).to_be_visible()
        assert await violations(person.page) == []
        await person.join(hosted.join_url(role, origin), name)
        await expect(person.page.get_by_text("Connected, waiting")).to_be_visible()
    await expect(ines.page.get_by_role("heading", name="2 people ask to join")).to_be_visible()
    assert await violations(ines.page) == []
    server.api("PATCH", f"/sessions/{hosted.id}", json={"join_policy": "invite_only"})
    late = await people(**look(scheme, size))
    await late.page.goto(hosted.join_url(None, origin))
    await expect(late.page.get_by_role("heading", name="open by link only")).to_be_visible()
    assert await violations(late.page) == []


@SCHEMES
async def test_the_room_of_those_who_may_not_type(
    server: ServerProcess, origin: str, people: People, scheme: str
) -> None:
    hosted = server.host_session(language="python", code="x = 1\n1 / 0")
    ines = await people(**look(scheme, (1280, 800)))
    await ines.enter(hosted.join_url("interviewer", origin), "Ines")
    oda = await people(**look(scheme, (1280, 800)))
    await oda.enter(hosted.join_url("observer", origin), "Oda")
    await ines.run()
    await expect(oda.output).to_contain_text("ZeroDivisionError")
    assert await violations(oda.page) == []
    await ines.page.get_by_role("button", name="End interview").click()
    dialog = ines.page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    assert await violations(ines.page) == []
    await dialog.get_by_role("button", name="End interview").click()
    await expect(ines.page.get_by_text("This interview has ended.")).to_be_visible()
    assert await violations(ines.page) == []
    await expect(oda.page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert await violations(oda.page) == []
