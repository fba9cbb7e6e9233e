"""What an interviewer does with a room and its people, and what the others see of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def test_locking_and_unlocking_the_editor(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.wait_for_text("x = 1")
    await ines.page.get_by_role("button", name="More").click()
    await ines.page.get_by_role("menuitem", name="Lock the editor for candidates").click()
    await expect(cem.page.get_by_text("The interviewer has locked the editor.")).to_be_visible()
    await expect(cem.page.get_by_role("button", name=re.compile("^Language:"))).to_be_disabled()
    await ines.page.get_by_role("button", name="More").click()
    await ines.page.get_by_role("menuitem", name="Unlock the editor").click()
    await expect(cem.page.get_by_text("Read only")).to_be_hidden()
    await cem.focus_editor()
    await cem.type("2")
    await ines.wait_for_text("x = 12")


async def test_a_new_title_reaches_everybody(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(title="Draft")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await ines.page.get_by_role("button", name="More").click()
    await ines.page.get_by_role("menuitem", name="Rename").click()
    dialog = ines.page.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("Graphs <and> trees")
    await dialog.get_by_role("button", name="Rename").click()
    for person in (ines, cem):
        await expect(person.page.get_by_role("heading", name="Graphs <and> trees")).to_be_visible()
        await expect(person.page).to_have_title(re.compile("Graphs <and> trees"))


async def test_people_change_roles_and_are_removed(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="x = 1")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await ines.page.get_by_role("button", name=re.compile("^People:")).click()
    row = ines.page.get_by_role("listitem").filter(has_text="Cem")
    await expect(row).to_contain_text("Candidate")
    await expect(row).to_contain_text("Online")

    await row.get_by_role("button", name="Actions for Cem").click()
    await ines.page.get_by_role("menuitemradio", name="Observer").click()
    await expect(row).to_contain_text("Observer")
    await expect(cem.page.get_by_text("You are watching.")).to_be_visible()
    await expect(cem.status("role")).to_have_text("Observer")

    await row.get_by_role("button", name="Actions for Cem").click()
    await ines.page.get_by_role("menuitem", name="Remove").click()
    await ines.page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(cem.page.get_by_role("heading", name="You were removed")).to_be_visible()
    await expect(row).to_have_count(0)


async def test_who_closes_the_page_is_shown_offline_until_the_return(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await ines.page.get_by_role("button", name=re.compile("^People:")).click()
    row = ines.page.get_by_role("listitem").filter(has_text="Cem")
    await expect(row).to_contain_text("Online")
    await cem.page.goto("about:blank")
    await expect(row).to_contain_text("Offline")
    await cem.page.goto(f"{origin}/s/{hosted.id}")
    await cem.in_room()
    await expect(row).to_contain_text("Online")


async def test_observers_see_everything_and_change_nothing(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="print(6 * 7)")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    oda = await (await people()).enter(hosted.join_url("observer", origin), "Oda")
    await oda.wait_for_text("print(6 * 7)")
    await ines.run()
    await expect(oda.output).to_contain_text("42")
    await oda.focus_editor()
    await oda.type("no")
    await ines.focus_editor()
    await ines.type("#")
    await oda.wait_for_text("print(6 * 7)#")
    await expect(oda.page.get_by_role("button", name=re.compile(r"^Run\b"))).to_be_disabled()
    await expect(oda.page.get_by_role("button", name="Invite")).to_have_count(0)
    await expect(oda.page.get_by_role("button", name="End interview")).to_have_count(0)


async def test_the_links_of_the_room_lead_in_until_they_are_renewed(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    await ines.page.get_by_role("button", name="Invite").click()
    field = ines.page.get_by_role("textbox", name="Observer link")
    old = await field.input_value()
    assert old == hosted.join_url("observer", origin)
    await (await people()).enter(old, "Oda")

    await ines.page.get_by_role("button", name="New link for observers").click()
    dialog = ines.page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Make a new link").click()
    await expect(field).not_to_have_value(old)
    late = await people()
    late.expect_complaint("403")
    await late.join(old, "Otto")
    await expect(late.page.get_by_text("not valid any more")).to_be_visible()
    await (await people()).enter(await field.input_value(), "Olga")


async def test_a_deleted_session_says_so(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    server.api("DELETE", f"/sessions/{hosted.id}")
    await expect(cem.page.get_by_role("heading", name="There is no such interview")).to_be_visible()
    await cem.page.get_by_role("link", name="Go to the start page").click()
    await expect(cem.page.get_by_label("Code or link")).to_be_visible()
