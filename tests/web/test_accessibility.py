"""axe-core finds nothing to complain of on any page, light or dark, wide or narrow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

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
    person = await people(**look(scheme, size))
    person.expect_complaint("404")
    page = person.page
    await page.goto(origin)
    await expect(page.get_by_label("Code or link")).to_be_visible()
    assert await violations(page) == []
    await page.goto(hosted.join_url("candidate", origin))
    await expect(page.get_by_label("Your name")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{origin}/i/00000000")
    await expect(page.get_by_role("heading", name="There is no such interview")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{origin}/nowhere")
    await expect(page.get_by_role("heading")).to_be_visible()
    assert await violations(page) == []
    await person.join(hosted.join_url(None, origin), "Cem")
    await expect(page.get_by_role("heading", name="You asked to join")).to_be_visible()
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
