"""An interview on a team's server: the app's window hosts it there, a candidate's browser joins it.

Afterwards it is copied to the interviewer's computer, and from there back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.desktop.conftest import keyring, no_garbage, no_keyring, on_qt, qapp_cls  # noqa: F401
from tests.desktop.support import seen
from tests.desktop.team_server import Team, team_server
from tests.desktop.ui.conftest import House, host, house, press  # noqa: F401 - a fixture
from tests.desktop.ui.team.test_account import offers_copy, open_copy, signed_in
from tests.support.browser import chromium, new_person
from tests.support.room_page import RoomPage

from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.desktop.keyrings import MemoryKeyring

    from codeinterview_desktop.ui.main_window import MainWindow
    from codeinterview_desktop.ui.session.page import HostedPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GIVEN = """
(() => {
  const given = window.codeinterviewDesktop;
  return JSON.stringify({ given, stored: { ...localStorage, ...sessionStorage } });
})()
"""


@pytest.fixture
def team() -> Iterator[Team]:
    with team_server() as made:
        yield made


async def copied(window: MainWindow, title: str, place: Place) -> HostedPage:
    """Copy a session from Recent as a person does, and open the copy."""
    window.workspace.show_page(window.home)
    before = window.rooms.hosted
    await seen(lambda: offers_copy(window, title, place), "the row")
    dialog = open_copy(window, title, place)
    press(dialog.act)
    await seen(lambda: dialog.act.text() == "&Open copy", "copied")
    press(dialog.act)
    await seen(lambda: len(window.rooms.hosted) > len(before), "the copy's room")
    return window.rooms.hosted[-1]


async def what_the_page_has(page: HostedPage) -> str:
    """The page's credential and everything that it stored, as text."""
    await seen(lambda: page.view.state is ViewState.SHOWN, "the room's page")
    answers: list[str] = []
    page.view.page.runJavaScript(GIVEN, 0, answers.append)
    await seen(lambda: bool(answers), "the page's answer")
    return answers[0]


def test_an_interview_on_the_team_server_is_copied_down_and_up(
    on_qt: Callable[..., Any],  # noqa: F811
    house: House,  # noqa: F811
    team: Team,
    keyring: MemoryKeyring,  # noqa: F811
) -> None:
    async def story() -> None:
        async with house.served() as app, chromium() as browser:
            window = app.window
            await signed_in(window, team, "ines")
            (key,) = keyring.kept.values()
            there = await host(window, "Pairing")
            assert there.room.ref.place is Place.TEAM
            link = there.panel.link.link.text()
            assert link.startswith(f"{team.origin}/i/")

            # The page may act as the interviewer in this room, and has nothing of the key.
            had = await what_the_page_has(there)
            assert '"hostKey":null' in had
            assert '"token":"' in had
            assert key not in had

            cem = RoomPage(await new_person(browser))
            await cem.enter(link, "Cem")
            people = there.panel.people.list
            await seen(
                lambda: [row.title.text() for row in people.rows] == ["Ada (you)", "Cem"], "people"
            )
            await cem.replace_all("print('six', 2 * 3)")
            await cem.run()
            await expect(cem.output).to_contain_text("six 6")

            here = await copied(window, "Pairing", Place.HERE)
            assert here.room.ref.place is Place.HERE
            again = await copied(window, "Pairing", Place.TEAM)
            assert again.room.ref.place is Place.TEAM
            assert again.room.ref != there.room.ref
            # Each has what the candidate wrote and ran, under links of its own.
            for name, page in (("down", here), ("up", again)):
                own = page.room.links(Role.CANDIDATE)[0].url
                assert own != link
                reader = RoomPage(await new_person(browser))
                await reader.enter(own, f"Reads the copy {name}")
                await reader.wait_for_text("print('six', 2 * 3)")
                await expect(reader.output).to_contain_text("six 6")

            # The original goes on for the candidate, also when the interviewer signs out.
            assert window.account_dialog is None
            await app.services.team.sign_out()
            await seen(lambda: window.rooms.hosted == (here,), "the team's rooms are closed")
            await cem.replace_all("goes on")
            await expect(cem.status("saved")).to_have_text("Saved")
            assert cem.complaints() == []
            assert cem.person.foreign_requests(team.origin) == []

    on_qt(story(), timeout_s=240)
