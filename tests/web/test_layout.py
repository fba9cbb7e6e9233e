"""The room's outward form: files, panes, themes, small windows, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Page
    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def test_a_page_of_three_files_is_written_together(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="html")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    texts = {
        "index.html": "<h1 id='it'>Slanted</h1><link rel='stylesheet' href='style.css'>"
        "<script src='script.js'></script>",
        "style.css": "#it { font-style: italic }",
        "script.js": "console.log('from', 'script.js')",
    }
    for path, text in texts.items():
        await cem.page.get_by_role("tab", name=path).click()
        await cem.replace_all(text)
    await cem.page.get_by_role("tab", name="index.html").click()
    await cem.wait_for_text(texts["index.html"])
    await ines.page.get_by_role("tab", name="style.css").click()
    await ines.wait_for_text(texts["style.css"])

    await ines.run()
    await expect(ines.output).to_contain_text("from script.js")
    await expect(cem.output).to_contain_text("from script.js")
    heading = ines.page.frame_locator('[data-pane="preview"] iframe').get_by_role("heading")
    if await ines.page.frame_locator('[data-pane="preview"] iframe').locator("iframe").count():
        outer = ines.page.frame_locator('[data-pane="preview"] iframe')
        heading = outer.frame_locator("iframe").get_by_role("heading")
    await expect(heading).to_have_css("font-style", "italic")


async def test_a_cursor_is_seen_in_its_own_file_only(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="html")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.page.get_by_role("tab", name="style.css").click()
    await cem.focus_editor()
    # What is out of sight is not drawn.
    await cem.page.keyboard.press("Control+Home")
    heads = ines.page.locator(".yRemoteSelectionHead")
    await ines.page.get_by_role("tab", name="style.css").click()
    await expect(heads).to_have_count(1)
    await ines.page.get_by_role("tab", name="index.html").click()
    await expect(heads).to_have_count(0)


async def test_words_of_the_document_are_offered(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="remarkable = 1\n")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.focus_editor()
    # Asked at the first letter: asked later, a slow worker may offer the unfinished word itself.
    await cem.type("r")
    await expect(cem.page.get_by_role("option", name="remarkable")).to_be_visible()
    await cem.type("em")
    await cem.page.keyboard.press("Tab")
    await cem.wait_for_text("remarkable = 1\nremarkable")


async def test_the_theme_is_chosen_once_and_stays(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await people(color_scheme="light")
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    light = await _ground(cem.page)
    await cem.page.get_by_role("button", name="Theme").click()
    await cem.page.get_by_role("menuitemradio", name="Dark").click()
    await expect(cem.page.locator(".monaco-editor").first).not_to_have_css(
        "background-color", light
    )
    dark = await _ground(cem.page)
    await cem.page.reload()
    await cem.in_room()
    assert await _ground(cem.page) == dark
    await cem.page.get_by_role("button", name="Theme").click()
    await cem.page.get_by_role("menuitemradio", name="Like the system").click()
    await expect(cem.page.locator(".monaco-editor").first).to_have_css("background-color", light)


async def _ground(page: Page) -> str:
    colour: str = await page.locator(".monaco-editor").first.evaluate(
        "(element) => getComputedStyle(element).backgroundColor"
    )
    return colour


async def test_panes_are_resized_by_keyboard_and_stay_so(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await people(viewport={"width": 1280, "height": 800})
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    separator = cem.page.get_by_role("separator", name="Resize editor and output")
    before = await _width(cem.page)
    await separator.focus()
    for _ in range(4):
        await cem.page.keyboard.press("ArrowLeft")
    narrowed = await _width(cem.page)
    assert narrowed < before - 50
    await cem.page.reload()
    await cem.in_room()
    assert await _width(cem.page) == pytest.approx(narrowed, abs=2)


async def _width(page: Page) -> float:
    box = await page.locator('[data-pane="editor"]').bounding_box()
    assert box is not None
    return box["width"]


async def test_a_phone_is_enough_to_take_part(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await people(viewport={"width": 390, "height": 844}, has_touch=True)
    await cem.enter(hosted.join_url("candidate", origin), "Cem")
    await cem.focus_editor()
    await cem.type("print('on a phone')")
    await ines.wait_for_text("print('on a phone')")
    await cem.run()
    await expect(cem.page.get_by_role("tab", name="Output")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(cem.output).to_contain_text("on a phone")
    await expect(ines.output).to_contain_text("on a phone")
    await cem.page.get_by_role("tab", name="People").click()
    online = cem.page.get_by_role("listitem").filter(has_text="Online")
    await expect(online).to_have_count(2)
    await expect(online.filter(has_text="Ines")).to_be_visible()
    await cem.page.get_by_role("tab", name="Editor").click()
    await cem.wait_for_text("print('on a phone')")
    assert await cem.page.evaluate("document.documentElement.scrollWidth") <= 390
    await cem.page.get_by_role("button", name="More").click()
    await cem.page.get_by_role("menuitem", name="Leave").click()
    await cem.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    await expect(cem.page.get_by_role("heading", name="You have left")).to_be_visible()


async def test_a_room_address_without_a_place_in_it_leads_to_the_join_page(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(title="Not yet in")
    eve = await people()
    await eve.page.goto(f"{origin}/s/{hosted.id}")
    await expect(eve.page.get_by_role("heading", name="Not yet in")).to_be_visible()
    assert re.fullmatch(rf"{origin}/i/{hosted.id}", eve.page.url)


async def test_the_head_fits_every_window(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(title="An interview with a title that is rather long " * 3)
    for number in range(8):
        user = {"id": f"u{number}", "name": f"Person {number}", "color": str(number)}
        server.api("POST", f"/sessions/{hosted.id}/join", json={"user": user})
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    head = ines.page.locator("header")
    for width in (320, 719, 720, 959, 960, 1149, 1150, 1279, 1280, 1439, 1440, 1920):
        await ines.page.set_viewport_size({"width": width, "height": 700})
        shown = ["Invite", "More"]
        # What has no room is in the menu.
        shown += ["Leave", "End interview"] if width >= 960 else []
        for name in shown:
            await expect(head.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        await expect(head.get_by_role("button", name=re.compile("^Run"))).to_be_in_viewport(ratio=1)
        await expect(ines.connection).to_be_in_viewport(ratio=1)
        ways = ines.connection.get_by_text("This device", exact=True)
        await expect(ways).to_be_visible(visible=width >= 1440)
        lines = ines.connection.get_by_text("Good", exact=True)
        await expect(lines).to_be_visible(visible=width >= 1280)


@pytest.mark.parametrize("width", [390, 1280])
async def test_what_the_invite_popover_asks_lies_above_it(
    server: ServerProcess, origin: str, people: People, width: int
) -> None:
    hosted = server.host_session()
    ines = await people(viewport={"width": width, "height": 800})
    await ines.enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.page.get_by_role("button", name="Invite", exact=True).click()
    row = ines.page.get_by_role("group", name="Candidate link")
    await row.get_by_role("button", name="Turn off").click()
    dialog = ines.page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    # A modal dialog takes the clicks even where it is hidden, so clicking would not tell.
    popover = ines.page.get_by_label("Invite people")
    heights = [
        await one.evaluate("(it) => +getComputedStyle(it).zIndex") for one in (popover, dialog)
    ]
    assert heights == sorted(set(heights))
    await dialog.get_by_role("button", name="Turn off").click()
    await expect(row.get_by_text("This link is off.")).to_be_visible()
