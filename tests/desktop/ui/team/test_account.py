"""The team server in the real window: signing in and out, hosting, copying, what goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from tests.desktop.support import seen
from tests.desktop.team_server import Team, team_server
from tests.desktop.ui.conftest import House, buttons, host, press

from codeinterview_desktop.core.api import ServerApi
from codeinterview_desktop.core.key_store import SERVICE
from codeinterview_desktop.core.places import Place
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.core.team_address import parse_team_address
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui.dialogs.question import Question
from codeinterview_desktop.ui.team.copy_dialog import CopyDialog
from codeinterview_desktop.ui.team.words import place_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.desktop.keyrings import MemoryKeyring

    from codeinterview_desktop.ui.main_window import MainWindow
    from codeinterview_desktop.ui.team.account_dialog import AccountDialog
    from codeinterview_desktop.ui.widgets.rows import Row

    RunOnQt = Callable[..., Any]


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    with team_server() as made:
        yield made


def open_account(window: MainWindow) -> AccountDialog:
    window.commands.team.trigger()
    assert window.account_dialog is not None
    return window.account_dialog


async def sign_in(window: MainWindow, address: str, key: str) -> AccountDialog:
    """Sign in by the dialog, as far as that goes."""
    dialog = open_account(window)
    dialog.form.address.setText(address)
    dialog.form.key.setText(key)
    press(dialog.enter)
    return dialog


async def signed_in(window: MainWindow, team: Team, name: str) -> None:
    """Sign in with a new key and close the dialog."""
    dialog = await sign_in(window, team.origin, team.add_key(name))
    await seen(lambda: dialog.done_button.isVisible(), "signed in")
    press(dialog.done_button)
    await seen(lambda: window.account_dialog is None, "dialog closed")


def place_of(window: MainWindow) -> Place:
    """Where the form hosts."""
    return window.home.host.chosen_place


def question() -> Question:
    return next(
        each
        for each in QApplication.topLevelWidgets()
        if isinstance(each, Question) and each.isVisible()
    )


def asks() -> bool:
    return any(
        isinstance(each, Question) and each.isVisible() for each in QApplication.topLevelWidgets()
    )


def row_of(window: MainWindow, title: str) -> Row | None:
    rows = (each for each in window.home.recent.list.rows if each.title.text() == title)
    return next(rows, None)


def copying_action(window: MainWindow, title: str, to: Place) -> Any:
    """The entry, in the menu of the newest row of this title, that copies to a place."""
    rows = [each for each in window.home.recent.list.rows if each.title.text() == title]
    found = (menu_of(each).get(f"Copy to {place_word(to)}…") for each in rows)
    return next((each for each in found if each is not None), None)


def offers_copy(window: MainWindow, title: str, to: Place = Place.TEAM) -> bool:
    return copying_action(window, title, to) is not None


def open_copy(window: MainWindow, title: str, to: Place = Place.TEAM) -> CopyDialog:
    copying_action(window, title, to).trigger()
    (dialog,) = window.findChildren(CopyDialog)
    return dialog


def menu_of(row: QWidget) -> dict[str, Any]:
    """What a row's menu offers."""
    from PySide6.QtWidgets import QMenu

    (menu,) = row.findChildren(QMenu)
    return {each.text().replace("&", ""): each for each in menu.actions()}


def test_signing_in_hosting_there_and_signing_out(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            card = window.home.host
            assert (place_of(window), card.team.isVisible()) == (Place.HERE, False)
            key = team.add_key("ada")
            dialog = await sign_in(window, team.origin, key)
            assert dialog.form.key.echoMode() is dialog.form.key.EchoMode.Password
            await seen(lambda: dialog.done_button.isVisible(), "signed in")
            assert dialog.state.status is not None
            assert dialog.state.status.word == "Signed in as ada"
            assert "keyring" in dialog.kept.text()
            assert keyring.kept == {(SERVICE, team.origin): key}
            assert dialog.form.key.text() == ""
            press(dialog.done_button)

            # Whoever signs in wants to host there, also after the next start.
            assert place_of(window) is Place.TEAM
            assert card.team.isVisible()
            page = await host(window, "There")
            assert page.room.ref.place is Place.TEAM
            assert page.icon == "team"
            assert not page.panel.internet.isVisible()
            assert not page.panel.link.allow.isVisible()
            assert not page.panel.link.check.isVisible()
            assert page.panel.link.reach.status is not None
            assert page.panel.link.reach.status.word == "On the team server"
            assert page.panel.link.link.text().startswith(f"{team.origin}/i/")
            assert page.panel.link._others.isVisible() is False

            window.workspace.show_page(window.home)
            await seen(lambda: row_of(window, "There") is not None, "listed")
            row = row_of(window, "There")
            assert row is not None
            assert row.details.text().startswith("Team server · ")

            # Signing out closes it here; it goes on there.
            dialog = open_account(window)
            press(dialog.leave)
            assert "closes on this computer" in question().sentence.text()
            press(question().buttons["Sign out"])
            await seen(lambda: window.rooms.pages == (), "page closed")
            await seen(lambda: dialog.form.isVisible(), "form again")
            assert keyring.kept == {}
            assert place_of(window) is Place.HERE
            await seen(lambda: row_of(window, "There") is None, "not listed any more")
            dialog.reject()

    async def again() -> None:
        async with house.served() as app:
            assert app.window.home.host.chosen_place is Place.HERE
            page = await host(app.window, "Here")
            assert page.room.ref.place is Place.HERE

    on_qt(story())
    on_qt(again())


def test_where_one_hosts_is_remembered(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def first() -> None:
        async with house.served() as app:
            await signed_in(app.window, team, "remembered")

    async def again(expected: Place) -> None:
        async with house.served() as app:
            card = app.window.home.host
            await seen(lambda: app.services.team.status.state is TeamState.READY, "signed in")
            assert card.chosen_place is expected
            card.place.setCurrentIndex(card.place.findData(Place.HERE.value))
            card.place.activated.emit(card.place.currentIndex())
            assert card.chosen_place is Place.HERE

    on_qt(first())
    on_qt(again(Place.TEAM))
    on_qt(again(Place.HERE))


def test_choosing_the_team_server_without_an_account_offers_to_sign_in(
    on_qt: RunOnQt, house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            card = app.window.home.host
            card.place.setCurrentIndex(card.place.findData(Place.TEAM.value))
            card.place.activated.emit(card.place.currentIndex())
            assert card.chosen_place is Place.HERE
            assert card.place.currentData() == Place.HERE.value
            dialog = app.window.account_dialog
            assert dialog is not None
            assert dialog.form.isVisible()
            dialog.reject()

    on_qt(story())


def test_what_is_wrong_is_said_where_it_is_wrong(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring, unused_tcp_port: int
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            dialog = await sign_in(window, "", "key")
            assert dialog.form.address_field.error
            await sign_in(window, "not an address!", "key")
            assert "looks like" in dialog.form.address_field.error
            await sign_in(window, team.origin, "two words")
            assert "Paste it again" in dialog.form.key_field.error
            dialog.form.key.textEdited.emit("x")
            assert dialog.form.key_field.error == ""

            await sign_in(window, team.origin, "made-up")
            assert not dialog.enter.isEnabled()
            await seen(lambda: "does not know this key" in dialog.form.problem.text, "refused")
            assert dialog.enter.isEnabled()
            await sign_in(window, f"http://127.0.0.1:{unused_tcp_port}", "made-up")
            await seen(lambda: "does not answer" in dialog.form.problem.text, "unreachable")
            await sign_in(window, f"https://127.0.0.1:{team.server.port}", "made-up")
            await seen(lambda: "with https" in dialog.form.problem.text, "not https")
            assert not app.services.team.status.is_signed_in
            assert keyring.kept == {}
            dialog.reject()

    on_qt(story())


def test_plain_http_is_asked_about_before_anything_is_sent(
    on_qt: RunOnQt, house: House, keyring: MemoryKeyring
) -> None:
    async def story() -> None:
        async with house.served() as app:
            dialog = await sign_in(app.window, "http://192.0.2.1:8765", "key")
            asked = question()
            assert "Everybody on the way" in asked.sentence.text()
            assert asked.cancel.isDefault()
            assert dialog.enter.isEnabled(), "nothing is sent yet"
            press(asked.cancel)
            await seen(lambda: not asks(), "question closed")
            assert dialog.enter.isEnabled()
            dialog.reject()

    on_qt(story())


def test_without_a_keyring_it_is_said_and_offered_for_this_run(
    on_qt: RunOnQt, house: House, team: Team
) -> None:
    async def story() -> None:
        async with house.served() as app:
            dialog = open_account(app.window)
            await seen(lambda: dialog.form.keyring.isVisible(), "said")
            assert "no keyring" in dialog.form.keyring.text
            assert "forgotten when you quit" in dialog.form.keyring.text
            assert dialog.enter.text() == "&Sign in until I quit"
            await sign_in(app.window, team.origin, team.add_key("run-only"))
            await seen(lambda: dialog.done_button.isVisible(), "signed in")
            assert "forgotten when you quit" in dialog.kept.text()
            press(dialog.done_button)

    on_qt(story())


def test_a_keyring_that_refuses_leaves_the_choice(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def story() -> None:
        async with house.served() as app:
            dialog = open_account(app.window)
            assert dialog.enter.text() == "&Sign in"
            keyring.is_locked = True
            await sign_in(app.window, team.origin, team.add_key("refused"))
            await seen(lambda: "Unlock it" in dialog.form.keyring.text, "said")
            assert not app.services.team.status.is_signed_in
            assert dialog.enter.text() == "&Sign in until I quit"
            press(dialog.enter)
            await seen(lambda: dialog.done_button.isVisible(), "signed in")
            assert not app.services.team.status.is_kept
            press(dialog.done_button)

    on_qt(story())


def test_a_revoked_key_is_told_on_home(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            await signed_in(window, team, "mallory")
            await host(window, "Was hers")
            await asyncio.to_thread(team.revoke, "mallory")
            await app.services.team.check()
            await seen(lambda: window.rooms.pages == (), "page closed")
            banner = window.home.team_banner
            await seen(lambda: banner.isVisible(), "told")
            assert "it was revoked" in banner.text
            assert window.home.host.chosen_place is Place.HERE
            assert keyring.kept == {}
            press(buttons(banner)["Sign in…"])
            assert window.account_dialog is not None
            assert "it was revoked" in window.account_dialog.form.problem.text
            assert window.account_dialog.form.address.text() == team.origin
            window.account_dialog.reject()

    on_qt(story())


def test_a_server_that_is_away_is_told_and_comes_back(
    on_qt: RunOnQt, house: House, keyring: MemoryKeyring
) -> None:
    async def story(team: Team) -> None:
        async with house.served() as app:
            window = app.window
            await signed_in(window, team, "ada")
            await asyncio.to_thread(team.server.stop)
            window.home.host.title.setText("Nowhere")
            press(window.home.host.submit)
            await seen(lambda: bool(window.home.host.error), "error at the form")
            banner = window.home.team_banner
            await seen(lambda: banner.isVisible(), "told on Home")
            dialog = open_account(window)
            assert dialog.state.status is not None
            assert dialog.state.status.word == "Not reachable"
            assert dialog.check.isVisible()
            await asyncio.to_thread(team.server.start)
            press(dialog.check)
            await seen(lambda: not dialog.check.isVisible(), "reached again")
            assert not banner.isVisible()
            press(dialog.done_button)

    with team_server() as team:
        on_qt(story(team), timeout_s=90)


def test_copies_both_ways_from_recent(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def copy(window: MainWindow, title: str) -> CopyDialog:
        dialog = open_copy(window, title)
        press(dialog.act)
        await seen(lambda: dialog.act.text() == "&Open copy", "copied")
        return dialog

    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window, "Local one")
            window.workspace.show_page(window.home)
            await seen(lambda: row_of(window, "Local one") is not None, "listed")
            row = row_of(window, "Local one")
            assert row is not None
            assert "Copy to the team server…" not in menu_of(row)
            await signed_in(window, team, "copies")
            await seen(
                lambda: "Copy to the team server…" in menu_of(row_of(window, "Local one") or row),
                "offered",
            )

            dialog = await copy(window, "Local one")
            press(dialog.act)
            await seen(lambda: len(window.rooms.hosted) == 2, "copy opened")
            there = window.rooms.hosted[-1]
            assert there.room.ref.place is Place.TEAM
            assert window.rooms.current is there
            assert there.room.links(Role.CANDIDATE)[0].url.startswith(team.origin)

            # Both are open under one code, and each is closed by itself.
            assert there.room.session.id == page.room.session.id
            for each in (page, there):
                window.rooms.show_session(each.room.ref.key)
                assert window.rooms.current is each
            window.rooms.ask_to_close(there)
            assert window.leaving.question is not None
            press(window.leaving.question.buttons["Leave it open"])
            await seen(lambda: window.rooms.hosted == (page,), "closed")

    on_qt(story())


def test_a_session_is_shared_with_the_team_and_not_any_more(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def titles(key: str) -> list[str]:
        async with ServerApi(team.origin, key) as api:
            return [each.session.title for each in (await api.sessions()).sessions]

    def details(window: MainWindow) -> str:
        row = row_of(window, "Ours")
        return row.details.text() if row is not None else ""

    async def story() -> None:
        async with house.served() as app:
            window = app.window
            colleague = team.add_key("colleague")
            await signed_in(window, team, "sharer")
            mine = keyring.kept[SERVICE, team.origin]
            await host(window, "Ours")
            window.workspace.show_page(window.home)
            await seen(lambda: details(window).startswith("Team server · "), "mine alone")
            assert await titles(colleague) == []
            row = row_of(window, "Ours")
            assert row is not None
            menu_of(row)["Share with the team…"].trigger()
            assert "delete it" in question().sentence.text()
            press(question().buttons["Share"])
            await seen(lambda: "shared with the team" in details(window), "shared")
            assert await titles(colleague) == ["Ours"]

            # To the colleague it is somebody's, who alone may stop to share it.
            await app.services.team.sign_in(parse_team_address(team.origin), colleague, keep=False)
            assert keyring.kept == {}, "the key before is not kept for the next start"
            await seen(lambda: "of sharer" in details(window), "a colleague's")
            row = row_of(window, "Ours")
            assert row is not None
            assert "Stop sharing" not in menu_of(row)

            await app.services.team.sign_in(parse_team_address(team.origin), mine, keep=True)
            await seen(lambda: "shared with the team" in details(window), "mine again")
            row = row_of(window, "Ours")
            assert row is not None
            menu_of(row)["Stop sharing"].trigger()
            await seen(lambda: details(window).startswith("Team server · "), "mine alone again")
            assert await titles(colleague) == []

    on_qt(story())


def test_a_copy_that_fails_says_so_and_can_be_tried_again(
    on_qt: RunOnQt, house: House, keyring: MemoryKeyring
) -> None:
    async def story(team: Team) -> None:
        async with house.served() as app:
            window = app.window
            await host(window, "Stays here")
            window.workspace.show_page(window.home)
            await signed_in(window, team, "ada")
            await seen(lambda: offers_copy(window, "Stays here"), "offered")
            await asyncio.to_thread(team.server.stop)
            dialog = open_copy(window, "Stays here")
            press(dialog.act)
            await seen(lambda: "There is no copy." in dialog.outcome.text, "failed")
            assert dialog.act.text() == "&Try again"
            await asyncio.to_thread(team.server.start)
            press(dialog.act)
            await seen(lambda: dialog.act.text() == "&Open copy", "copied")
            dialog.reject()

    with team_server() as team:
        on_qt(story(team), timeout_s=90)


@pytest.mark.parametrize("has_begun", [False, True])
def test_escape_ends_a_copy(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring, has_begun: bool
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            await host(window, "Not copied")
            window.workspace.show_page(window.home)
            await signed_in(window, team, f"escape-{has_begun}")
            await seen(lambda: offers_copy(window, "Not copied"), "offered")
            dialog = open_copy(window, "Not copied")
            press(dialog.act)
            task = dialog._task
            assert task is not None
            if has_begun:
                await seen(lambda: dialog.bar.isVisible(), "begun")
            dialog.reject()
            await asyncio.wait({task})
            assert task.cancelled()
            client = await app.services.team.client()
            assert (await client.sessions("Not copied")).total == 0

    on_qt(story())


def test_a_long_name_stays_within_its_column(
    on_qt: RunOnQt, house: House, team: Team, keyring: MemoryKeyring
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            name = "w" * 64
            await signed_in(window, team, name)
            card = window.home.host
            await seen(lambda: card.team.isVisible(), "signed in")
            assert card.team.width() <= card.width() - 40
            assert name in card.team.toolTip()
            assert team.origin.removeprefix("http://") in card.place.toolTip()

    on_qt(story())


def test_fields_have_names_and_take_the_keyboard(on_qt: RunOnQt, house: House) -> None:
    async def story() -> None:
        async with house.served() as app:
            dialog = open_account(app.window)
            form = dialog.form
            assert form.address.accessibleName() == "Server’s address"
            assert form.key.accessibleName() == "Your key"
            assert app.window.home.host.place.accessibleName() == "Host on"
            assert form.address.hasFocus() or dialog.focusWidget() is form.address
            assert dialog.enter.isDefault()
            assert dialog.windowModality() is Qt.WindowModality.WindowModal
            dialog.reject()

    on_qt(story())
