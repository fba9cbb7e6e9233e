"""Knocks with the real server: told once, where the user looks; answered; notified of together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from tests.desktop.support import seen, until
from tests.desktop.ui.conftest import House, buttons, host, knock, press

from codeinterview_desktop.core.room_watch import WatchState
from codeinterview_desktop.core.values import JoinPolicy, Role
from codeinterview_desktop.ui.notifier import Notifier
from codeinterview_desktop.ui.widgets.status import StatusLabel
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from codeinterview_desktop.ui.session.page import HostedPage
    from codeinterview_desktop.ui.tray import Tray
    from codeinterview_desktop.ui.widgets.rows import Row


async def connected(page: HostedPage) -> None:
    """Wait until the app hears of the page's room, and the page itself is there."""
    watch = page.room.watch
    await until(watch.changed, lambda: watch.state.connection is WatchState.CONNECTED, "watch")
    await seen(lambda: page.view.state is ViewState.SHOWN, "page loaded")


def waiting(page: HostedPage) -> list[str]:
    return [each.name for each in page.room.watch.state.lobby]


def here(page: HostedPage) -> list[tuple[str, Role]]:
    people = page.room.watch.state.participants
    return [(each.name, each.role) for each in people]


def listed(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    return [(row.title.text(), row.details.text()) for row in rows]


def test_a_knock_is_told_by_the_room_in_front_and_else_by_the_list(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            knocking = window.knocking
            page = await host(window)
            await connected(page)
            await knock(page, "Grace")
            await seen(lambda: waiting(page) == ["Grace"], "knock")
            assert not knocking.isVisible()
            assert window.workspace.tabs.tabText(1) == "(1) Pairing"
            assert "Grace" not in window.status_bar.notice.text()

            window.commands.home.trigger()
            assert knocking.isVisible()
            assert listed(knocking.list.rows) == [
                ("Grace", "Candidate for “Pairing” · knocked just now")
            ]
            assert knocking.heading.text() == "Somebody waits to be let in"
            recent = window.home.recent.list
            await seen(lambda: recent.rows, "the session's row")
            words = [each.status for each in recent.rows[0].findChildren(StatusLabel)]
            assert [each.word for each in words if each is not None] == ["1 waiting"]
            window.rooms.show_session(page.room.session.id)
            assert not knocking.isVisible()

            # A room whose page is not there tells nobody anything.
            page.view.retry()
            await seen(knocking.isVisible, "the list while the page loads")
            await seen(lambda: page.view.state is ViewState.SHOWN, "page loaded again")
            assert not knocking.isVisible()

            window.commands.home.trigger()
            press(buttons(knocking)["Admit Grace"])
            assert not knocking.list.rows[0].isEnabled()
            await seen(lambda: ("Grace", Role.CANDIDATE) in here(page), "admitted")
            await seen(lambda: not knocking.isVisible(), "nobody waits")
            assert window.workspace.tabs.tabText(1) == "Pairing"

    on_qt(story())


def test_knocks_of_several_sessions_are_in_one_list(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            first = await host(window, "Backend")
            await connected(first)
            await first.room.set_policy(JoinPolicy.KNOCK)
            await knock(first, "Ada", Role.OBSERVER)
            window.commands.home.trigger()
            second = await host(window, "Frontend")
            await connected(second)
            await knock(second, "Cem")
            await knock(first, "Grace", Role.CANDIDATE)
            await seen(lambda: len(waiting(first)) == 2 and waiting(second) == ["Cem"], "knocks")
            knocking = window.knocking
            # The room in front lists its own.
            assert listed(knocking.list.rows) == [
                ("Backend", "2 people waiting"),
                ("Ada", "Observer for “Backend” · knocked just now"),
                ("Grace", "Candidate for “Backend” · knocked just now"),
            ]
            window.commands.home.trigger()
            assert knocking.heading.text() == "3 people wait to be let in"
            await seen(lambda: "Decline Cem" in buttons(knocking), "all of them")
            press(buttons(knocking)["Decline Cem"])
            await seen(lambda: "Admit all to Backend" in buttons(knocking), "shown again")
            press(buttons(knocking)["Admit all to Backend"])
            await seen(
                lambda: {("Ada", Role.OBSERVER), ("Grace", Role.CANDIDATE)} <= {*here(first)},
                "both admitted",
            )
            await seen(lambda: not knocking.isVisible(), "nobody waits")
            assert len(here(second)) == 1

    on_qt(story())


def test_who_knocks_while_nobody_looks_is_told_of_in_one_notification(
    on_qt: Callable[..., Any], house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Stands in for the desktop's notifications: a program that writes down what it is told.
    heard = tmp_path / "heard"
    teller = tmp_path / "notify-send"
    teller.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {heard}.part; mv {heard}.part {heard}\n')
    teller.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window)
            await connected(page)
            window.commands.home.trigger()
            window.showMinimized()
            await knock(page, "Grace <b>Hopper</b>")
            await seen(heard.exists, "notification")
            assert heard.read_text().split("|")[-3:] == [
                "Somebody knocks",
                "Grace bHopper/b waits to join Pairing.",
                "",
            ]
            # What a click on it asks for.
            window.tray.show_requested.emit()
            assert window.rooms.current is page
            assert not window.isMinimized()

    on_qt(story())


def test_several_names_make_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    notifier = Notifier(cast("Tray", None))
    monkeypatch.setattr(notifier, "notify", lambda *words: told.append(words))
    notifier.knocked([(name, "Pairing") for name in ("Ada", "Cem", "Grace", "Kim", "Lin")])
    notifier.knocked([("Ada", "Backend"), ("Cem", "Frontend")])
    assert told == [
        ("5 people knock", "Ada, Cem, Grace and 2 more wait to join Pairing."),
        ("2 people knock", "Ada, Cem wait to join 2 interviews."),
    ]
