"""Coming in and going out: invites, the lobby, and the pages for those who cannot enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.support.room_page import RoomPage
    from tests.support.server import ServerProcess

    People = Callable[..., Awaitable[RoomPage]]

pytestmark = pytest.mark.browser


async def test_the_invite_leaves_the_address_bar(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    assert cem.page.url == f"{origin}/s/{hosted.id}"
    await expect(cem.status("role")).to_have_text("Candidate")


async def test_the_code_alone_knocks_and_the_interviewer_admits(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(title="Knock, knock")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await people()
    await cem.page.goto(origin)
    await cem.page.get_by_label("Code or link").fill(hosted.id.upper())
    await cem.page.get_by_role("button", name="Join", exact=True).click()
    await cem.page.get_by_label("Your name").fill("Cem")
    await cem.page.get_by_role("button", name="Ask to join").click()
    await expect(cem.page.get_by_role("heading", name="Waiting for the host")).to_be_visible()
    await cem.page.reload()
    await expect(cem.page.get_by_role("heading", name="Waiting for the host")).to_be_visible()
    await ines.page.get_by_role("button", name="Admit").first.click()
    await cem.in_room()
    await expect(cem.status("role")).to_have_text("Candidate")


async def test_declined_people_read_why_and_may_go_on(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    eve = await people()
    await eve.join(hosted.join_url(None, origin), "Eve")
    await ines.page.get_by_role("button", name="Decline").first.click()
    await expect(eve.page.get_by_role("heading", name="You were not let in")).to_be_visible()


async def test_removed_people_read_so(server: ServerProcess, origin: str, people: People) -> None:
    hosted = server.host_session()
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    everyone = server.api("GET", f"/sessions/{hosted.id}/participants")["participants"]
    [person] = [one for one in everyone if one["name"] == "Cem"]
    server.api("DELETE", f"/sessions/{hosted.id}/participants/{person['id']}")
    await expect(cem.page.get_by_role("heading", name="You were removed")).to_be_visible()
    cem.expect_complaint("403")
    await cem.page.reload()
    await expect(cem.page.get_by_role("heading", name="You were removed")).to_be_visible()


async def test_the_end_thanks_candidates_and_lets_interviewers_read(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session(language="python", code="the_end = True")
    ines = await (await people()).enter(hosted.join_url("interviewer", origin), "Ines")
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await ines.page.get_by_role("button", name="End interview").click()
    await ines.page.get_by_role("alertdialog").get_by_role("button", name="End interview").click()
    await expect(cem.page.get_by_role("heading", name="Thank you")).to_be_visible()
    await expect(ines.page.get_by_text("This interview has ended.")).to_be_visible()
    await ines.wait_for_text("the_end = True")


async def test_leaving_and_coming_back_by_the_link(
    server: ServerProcess, origin: str, people: People
) -> None:
    hosted = server.host_session()
    cem = await (await people()).enter(hosted.join_url("candidate", origin), "Cem")
    await cem.page.get_by_role("button", name="Leave", exact=True).click()
    await cem.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    await expect(cem.page.get_by_role("heading", name="You have left")).to_be_visible()
    await cem.enter(hosted.join_url("candidate", origin), "Cem")


async def test_an_unknown_session_is_a_page_with_a_way_on(origin: str, people: People) -> None:
    eve = await people()
    eve.expect_complaint("404")
    await eve.page.goto(f"{origin}/i/00000000")
    await expect(eve.page.get_by_role("heading", name="There is no such interview")).to_be_visible()
    await eve.page.get_by_role("link", name="Go to the start page").click()
    await expect(eve.page.get_by_label("Code or link")).to_be_visible()


async def test_a_renewed_invite_says_so(server: ServerProcess, origin: str, people: People) -> None:
    hosted = server.host_session()
    old = hosted.join_url("candidate", origin)
    server.api("POST", f"/sessions/{hosted.id}/invites", json={"role": "candidate"})
    cem = await people()
    cem.expect_complaint("403")
    await cem.join(old, "Cem")
    await expect(cem.page.get_by_text("not valid any more")).to_be_visible()


async def test_the_host_creates_a_session_in_a_browser(
    server: ServerProcess, origin: str, people: People
) -> None:
    host = await people()
    await host.page.goto(origin)
    await host.page.get_by_role("button", name="I am hosting").click()
    await host.page.get_by_label("Host key").fill(server.host_key)
    await host.page.keyboard.press("Enter")
    await host.page.get_by_label("Title").fill("From the browser")
    await host.page.get_by_label("Your name").fill("Ines")
    await host.page.get_by_role("button", name="Create").click()
    await host.in_room()
    await expect(host.page.get_by_role("heading", name="From the browser")).to_be_visible()
    assert server.host_key not in host.page.url
