"""The lobby: who knocks in one list, and who may come in under each of the join policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Locator, Page
    from tests.support.room_page import RoomPage
    from tests.support.server import Hosted, ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1280, "height": 800}}
LONG_NAME = ("Maximiliane Theodora " * 20)[:255].strip()


def knocks(page: Page) -> Locator:
    """The list of those who ask to join."""
    return page.get_by_role("region", name="People who ask to join")


async def knock(people: People, url: str, *names: str) -> list[RoomPage]:
    """Let people ask to join one after the other; all of them wait in the end."""
    waiting = []
    for name in names:
        person = await people()
        await person.join(url, name)
        await waits(person)
        waiting.append(person)
    return waiting


async def waits(person: RoomPage) -> None:
    """Wait until the person sees that they wait, connected."""
    await expect(person.page.get_by_role("heading", name="Waiting for the host")).to_be_visible()
    await expect(person.page.get_by_text("Connected, waiting")).to_be_visible()


async def two_interviewers(
    hosted: Hosted, origin: str, people: People
) -> tuple[RoomPage, RoomPage]:
    """Two who see the knocks."""
    link = hosted.join_url("interviewer", origin)
    ines = await (await people(**WIDE)).enter(link, "Ines")
    iris = await (await people(**WIDE)).enter(link, "Iris")
    return ines, iris


async def test_several_knock_in_one_list_that_clears_for_every_interviewer(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines, iris = await two_interviewers(hosted, origin, people)
    url = hosted.join_url(None, origin)
    cem, eve, mallory = await knock(people, url, "Cem", "Eve", LONG_NAME)
    for page in (ines.page, iris.page):
        await expect(knocks(page).get_by_role("heading")).to_have_text("3 people ask to join")
        await expect(knocks(page).get_by_role("listitem")).to_have_count(3)
    await knocks(ines.page).get_by_role("button", name="Admit Cem").click()
    await cem.in_room()
    await knocks(iris.page).get_by_role("button", name="Decline Eve").click()
    await expect(eve.page.get_by_role("heading", name="You were not let in")).to_be_visible()
    for page in (ines.page, iris.page):
        await expect(knocks(page).get_by_role("heading")).to_have_text("One person asks to join")
        await expect(knocks(page)).to_contain_text(LONG_NAME)
    await waits(mallory)
    await knocks(iris.page).get_by_role("button", name="Admit").click()
    await mallory.in_room()
    await expect(knocks(ines.page)).to_be_hidden()


async def test_the_list_is_put_away_and_comes_back_with_somebody_new(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people(**WIDE)).enter(hosted.join_url("interviewer", origin), "Ines")
    url = hosted.join_url(None, origin)
    [cem] = await knock(people, url, "Cem")
    await ines.focus_editor()
    await ines.page.keyboard.press("F8")
    await expect(knocks(ines.page)).to_be_focused()
    await ines.page.keyboard.press("Escape")
    await expect(knocks(ines.page)).to_be_hidden()
    await ines.type("still = 'in the editor'")
    await expect(ines.editor).to_contain_text("still")
    await cem.page.reload()
    await waits(cem)
    [eve] = await knock(people, url, "Eve")
    await expect(knocks(ines.page).get_by_role("listitem")).to_have_count(2)
    await knocks(ines.page).get_by_role("button", name="Admit all").click()
    await cem.in_room()
    await eve.in_room()
    await expect(knocks(ines.page)).to_be_hidden()


async def test_those_turned_away_do_not_come_back_as_who_they_were(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people(**WIDE)).enter(hosted.join_url("interviewer", origin), "Ines")
    [eve] = await knock(people, hosted.join_url(None, origin), "Eve")
    await knocks(ines.page).get_by_role("button", name="Decline Eve").click()
    turned_away = eve.page.get_by_role("heading", name="You were not let in")
    await expect(turned_away).to_be_visible()
    eve.expect_complaint("403")
    for address in (f"{origin}/i/{hosted.id}", f"{origin}/s/{hosted.id}"):
        await eve.page.goto(address)
        await expect(turned_away).to_be_visible()
    await expect(knocks(ines.page)).to_be_hidden()


async def test_one_by_one_also_by_link_and_across_a_reload(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(join_policy="knock")
    ines = await people(**WIDE)
    await ines.join(hosted.join_url("interviewer", origin), "Ines")
    await waits(ines)
    everyone = server.api("GET", f"/sessions/{hosted.id}/participants")["participants"]
    [waiting] = [one for one in everyone if one["name"] == "Ines"]
    server.api(
        "PATCH",
        f"/sessions/{hosted.id}/participants/{waiting['id']}",
        json={"status": "admitted"},
    )
    await ines.in_room()
    otto = await people()
    await otto.page.goto(hosted.join_url("observer", origin))
    await expect(otto.page.get_by_text("The host lets everybody in one by one")).to_be_visible()
    await otto.join(hosted.join_url("observer", origin), "Otto")
    await waits(otto)
    assert otto.page.url == f"{origin}/i/{hosted.id}"
    await otto.page.reload()
    await waits(otto)
    await expect(knocks(ines.page).get_by_text("as observer")).to_be_visible()
    await knocks(ines.page).get_by_role("button", name="Admit Otto").click()
    await otto.in_room()
    await expect(otto.status("role")).to_have_text("Observer")
    await otto.page.reload()
    await otto.in_room()


async def test_by_link_only(server: ServerProcess, origin: str, people: People) -> None:
    hosted = server.host_session(join_policy="invite_only")
    eve = await people()
    await eve.page.goto(hosted.join_url(None, origin))
    closed = eve.page.get_by_role("heading", name="This interview is open by link only")
    await expect(closed).to_be_visible()
    await expect(eve.page.get_by_label("Your name")).to_be_hidden()
    await eve.enter(hosted.join_url("candidate", origin), "Eve")
    await expect(eve.status("role")).to_have_text("Candidate")


async def test_the_policy_changes_while_somebody_fills_in_the_form(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    eve = await people()
    await eve.page.goto(hosted.join_url(None, origin))
    await eve.page.get_by_label("Your name").fill("Eve")
    server.api("PATCH", f"/sessions/{hosted.id}", json={"join_policy": "invite_only"})
    eve.expect_complaint("403")
    await eve.page.get_by_role("button", name="Ask to join").click()
    closed = eve.page.get_by_role("heading", name="This interview is open by link only")
    await expect(closed).to_be_visible()
    server.api("PATCH", f"/sessions/{hosted.id}", json={"join_policy": "invite"})
    await eve.page.get_by_role("button", name="Try again").click()
    await eve.page.get_by_label("Your name").fill("Eve")
    await eve.page.get_by_role("button", name="Ask to join").click()
    await waits(eve)


async def test_a_link_that_was_turned_off(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(join_policy="invite_only")
    server.api("DELETE", f"/sessions/{hosted.id}/invites/candidate")
    cem = await people()
    cem.expect_complaint("403")
    await cem.join(hosted.join_url("candidate", origin), "Cem")
    await expect(cem.page.get_by_text("turned off")).to_be_visible()
    await expect(cem.page.get_by_role("button", name="Ask to be let in")).to_be_hidden()
    await cem.page.get_by_role("link", name="Go to the start page").click()
    await expect(cem.page.get_by_label("Code or link")).to_be_visible()


async def test_the_end_reaches_those_who_wait(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people(**WIDE)).enter(hosted.join_url("interviewer", origin), "Ines")
    [eve] = await knock(people, hosted.join_url(None, origin), "Eve")
    await expect(knocks(ines.page)).to_be_visible()
    server.api("PATCH", f"/sessions/{hosted.id}", json={"phase": "ended"})
    await expect(eve.page.get_by_role("heading", name="Thank you")).to_be_visible()
    await expect(ines.page.get_by_text("This interview has ended.")).to_be_visible()
    await expect(knocks(ines.page)).to_be_hidden()
    eve.expect_complaint("40[39]")
    await eve.page.reload()
    await expect(eve.page.get_by_role("heading", name="Thank you")).to_be_visible()


async def test_in_a_small_window_the_list_leaves_the_editor_alone(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await people(viewport={"width": 390, "height": 844})
    await ines.enter(hosted.join_url("interviewer", origin), "Ines")
    editor = ines.page.locator('[data-pane="editor"] .monaco-editor').first
    before = await editor.bounding_box()
    cem, eve = await knock(people, hosted.join_url(None, origin), "Cem", "Eve")
    bar = knocks(ines.page)
    await expect(bar.get_by_role("heading")).to_have_text("2 people ask to join")
    over = await bar.bounding_box()
    assert before is not None
    assert over is not None
    assert await editor.bounding_box() == before
    assert over["y"] + over["height"] <= before["y"]
    await bar.get_by_role("button", name="Show").click()
    await expect(bar).to_be_hidden()
    await ines.page.get_by_role("button", name="Admit all").click()
    await cem.in_room()
    await eve.in_room()
