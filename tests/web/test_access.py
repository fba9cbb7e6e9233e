"""Who may come in, which links lead in, and who is seen there, as an interviewer sets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.support.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator
    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def open_invites(interviewer: RoomPage) -> Locator:
    """Open the popover and return it once the links are there."""
    await interviewer.page.get_by_role("button", name="Invite", exact=True).click()
    popover = interviewer.page.get_by_role("dialog", name="Invite people")
    await expect(popover.get_by_role("textbox", name="Candidate link")).to_be_visible()
    return popover


async def open_people(person: RoomPage) -> Locator:
    """Show the people panel and return it."""
    await person.page.get_by_role("button", name=re.compile("^People:")).click()
    panel = person.page.get_by_role("region", name="People")
    await expect(panel).to_be_visible()
    return panel


async def caret_names(person: RoomPage) -> list[str]:
    """The names that the editor writes at the others' carets, as CSS has them."""
    names: list[str] = await person.page.evaluate(
        """() => [...document.querySelectorAll(".yRemoteSelectionHead")].map(
          (head) => getComputedStyle(head, "::after").content)"""
    )
    return names


async def test_where_everybody_knocks_a_link_leads_into_the_lobby(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    popover = await open_invites(ines)
    await popover.get_by_role("radio", name="Everybody knocks").click()
    await expect(popover.get_by_text("Whoever opens a link asks to join")).to_be_visible()

    oda = await people()
    await oda.join(hosted.join_url("observer", origin), "Oda")
    await ines.page.keyboard.press("Escape")
    panel = await open_people(ines)
    await expect(panel.get_by_text("asks to join as observer")).to_be_visible()
    await panel.get_by_role("button", name="Admit Oda").click()
    await oda.in_room()
    await expect(oda.status("role")).to_have_text("Observer")


async def test_where_links_only_lead_in_the_code_alone_does_not(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    popover = await open_invites(ines)
    await popover.get_by_role("radio", name="Links only").click()
    await expect(popover.get_by_text("does not let anybody ask to join")).to_be_visible()
    page = (stranger := await people()).page
    await page.goto(hosted.join_url(None, origin))
    await expect(page.get_by_text("open by link only")).to_be_visible()
    await expect(page.get_by_role("button", name="Ask to join")).to_have_count(0)
    await stranger.enter(hosted.join_url("candidate", origin), "Cem")


async def test_a_link_that_was_turned_off_opens_nothing_and_a_new_one_does(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    other = await (await people()).enter(hosted.join_url("interviewer", origin), "Imre")
    popover, others = await open_invites(ines), await open_invites(other)
    row = popover.get_by_role("group", name="Candidate link")
    old = await row.get_by_role("textbox").input_value()
    await row.get_by_role("button", name="Turn off the candidate link").click()
    dialog = ines.page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Turn off").click()
    make = row.get_by_role("button", name="Make a new candidate link")
    await expect(make).to_be_focused()
    for shown in (popover, others):
        await expect(shown.get_by_text("This link is off.")).to_be_visible()

    late = await people()
    late.expect_complaint("403")
    await late.join(old, "Late")
    await expect(late.page.get_by_text("not valid any more")).to_be_visible()

    await make.click()
    field = others.get_by_role("textbox", name="Candidate link")
    await expect(field).not_to_have_value(old)
    new = await field.input_value()
    await expect(row.get_by_role("textbox")).to_have_value(new)
    await late.enter(new, "Late")


async def test_candidates_do_not_learn_of_hidden_observers(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    oda = await (await people()).enter(hosted.join_url("observer", origin), "Odalys")
    await oda.wait_for_text("x = 1")
    await oda.focus_editor()
    seen, shown, own = await open_people(cem), await open_people(ines), await open_people(oda)
    await expect(seen.get_by_text("Odalys")).to_be_visible()
    caret = cem.page.locator(".yRemoteSelectionHead")
    await expect(caret).to_have_count(1)
    assert await caret_names(cem) == ['"Odalys"']
    await expect(own.get_by_text("Shown to candidates")).to_be_visible()

    popover = await open_invites(ines)
    await popover.get_by_role("switch", name="Show observers to candidates").click()
    await expect(seen.get_by_text("Odalys")).to_have_count(0)
    await expect(caret).to_have_count(0)
    # Nothing but what was announced, once, while she was shown.
    await expect(cem.page.get_by_text("Odalys")).to_have_text(["Odalys is here."])
    await expect(
        shown.get_by_role("listitem")
        .filter(has_text="Odalys")
        .get_by_text("Hidden from candidates")
    ).to_be_visible()
    await expect(ines.page.locator(".yRemoteSelectionHead")).to_have_count(1)
    await expect(own.get_by_text("Hidden from candidates")).to_be_visible()
    await expect(oda.status("role")).to_have_text("Observer, hidden")

    # Also for whoever comes, and points, only now.
    dana = await (await people()).enter(hosted.join_url("candidate", origin), "Dana")
    news = await open_people(dana)
    await expect(seen.get_by_text("Dana")).to_be_visible()
    await expect(news.get_by_text("Cem")).to_be_visible()
    assert "Odalys" not in await dana.page.content()

    await popover.get_by_role("switch", name="Show observers to candidates").click()
    await expect(seen.get_by_text("Odalys")).to_be_visible()
    await expect(caret).to_have_count(1)
    await expect(shown.get_by_text("Hidden from candidates")).to_have_count(0)


async def test_a_new_name_of_mine_is_shown_to_the_others(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.wait_for_text("x = 1")
    await cem.focus_editor()
    mine, theirs = await open_people(cem), await open_people(ines)
    await expect(theirs.get_by_text("Cem")).to_be_visible()
    await mine.get_by_role("button", name="Change name and colour").click()
    dialog = cem.page.get_by_role("dialog", name="Your name and colour")
    await dialog.get_by_label("Your name").fill("Dr. Cem <b>Yilmaz</b>")
    await dialog.get_by_role("radio", name="Teal").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    for panel in (mine, theirs):
        await expect(panel.get_by_text("Dr. Cem <b>Yilmaz</b>")).to_be_visible()

    # The name at the caret as well.
    async def is_at_the_caret() -> bool:
        return await caret_names(ines) == ['"Dr. Cem <b>Yilmaz</b>"']

    await eventually(is_at_the_caret, "the new name at the caret")
