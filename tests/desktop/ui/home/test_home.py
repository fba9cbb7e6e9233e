"""The Home page's parts: what they ask for, and what they say when there is nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from codeinterview_desktop.core.discovery import NearbySession
from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.core.recent import RecentSession
from codeinterview_desktop.core.values import Phase
from codeinterview_desktop.ui.home.join_card import NOTHING_PASTED
from codeinterview_desktop.ui.home.page import HomePage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

LONG = "A very long title that nobody shortened because nobody asked anybody to " * 3


def nearby(number: int, title: str) -> NearbySession:
    address = f"10.0.0.{number}"
    return NearbySession(f"key{number}", f"0000000{number}", title, "Ada", address, (address,), 1)


def recent(number: int, title: str, *, hosted: bool, phase: Phase | None = None) -> RecentSession:
    url = None if hosted else f"http://a:1/i/0000000{number}"
    return RecentSession(f"0000000{number}", title, hosted, number, phase, "python", url)


@pytest.fixture
def page(qtbot: QtBot, theme: ThemeController) -> HomePage:
    made = HomePage(theme)
    qtbot.addWidget(made)
    made.resize(900, 560)
    made.show()
    return made


def test_return_hosts_from_any_field(qtbot: QtBot, page: HomePage) -> None:
    asked: list[HostRequest] = []
    page.host.host_requested.connect(asked.append)
    page.host.title.setText("Pairing")
    page.host.candidate.setText("Grace")
    page.host.select_language("javascript")
    qtbot.keyClick(page.host.candidate, Qt.Key.Key_Return)
    assert asked == [HostRequest("Pairing", "Grace", "javascript")]
    page.host.set_busy(True)
    qtbot.keyClick(page.host.title, Qt.Key.Key_Return)
    assert len(asked) == 1


def test_a_failure_is_said_where_it_can_be_seen(page: HomePage) -> None:
    page.resize(900, 400)
    page.show_join_error("Nothing answers there.")
    assert page.join.field.error == "Nothing answers there."
    submit = page.join.submit
    assert submit.visibleRegion().boundingRect().height() == submit.height()
    page.show_host_error("The server does not run.")
    assert page.host.error == "The server does not run."
    assert page.host.submit.visibleRegion().boundingRect().height() == page.host.submit.height()
    page.host.clear()
    page.join.clear()
    assert (page.host.error, page.join.field.error) == ("", "")


def test_both_actions_are_there_in_a_small_window(qtbot: QtBot, page: HomePage) -> None:
    # What menu and status bar leave of a window of 900 by 600.
    page.resize(900, 520)
    column = page.host.parentWidget()
    assert column is not None
    assert page.join.parentWidget() is column
    viewport = column.parentWidget()
    assert viewport is not None
    # Nothing asks for more than its place: the page itself, and the column, which would scroll.
    qtbot.waitUntil(lambda: viewport.height() == 520 - 40)
    assert column.minimumSizeHint().height() <= viewport.height()


def test_joining_needs_something_to_join(qtbot: QtBot, page: HomePage) -> None:
    asked: list[str] = []
    page.join.join_requested.connect(asked.append)
    page.join.submit.click()
    assert page.join.field.error == NOTHING_PASTED
    page.join.text.setText(" 1a2b-3c4d ")
    qtbot.keyClick(page.join.text, Qt.Key.Key_Return)
    assert asked == ["1a2b-3c4d"]
    assert page.join.field.error == ""


def test_sessions_of_one_title_and_host_name_are_told_apart(page: HomePage) -> None:
    page.nearby.show_sessions((nearby(1, "Systems"), nearby(2, "Systems"), nearby(3, "Other")))
    rows = page.nearby.list.rows
    assert [row.details.text() for row in rows] == [
        "Hosted by Ada · 10.0.0.1",
        "Hosted by Ada · 10.0.0.2",
        "Hosted by Ada",
    ]
    joins = [row.findChildren(QPushButton)[0] for row in rows]
    assert len({each.accessibleDescription() for each in joins}) == 3


def test_nearby_explains_itself_or_lists(qtbot: QtBot, page: HomePage) -> None:
    page.nearby.show_sessions(())
    assert page.nearby.list.empty.title == "Nothing nearby yet"
    page.nearby.show_failure("No network.")
    assert page.nearby.list.empty.title == "Discovery does not work here"
    page.nearby.show_sessions(())
    assert page.nearby.list.empty.title == "Nothing nearby yet"
    page.nearby.show_sessions((nearby(1, "Systems"), nearby(2, LONG)))
    assert [row.title.text() for row in page.nearby.list.rows] == ["Systems", LONG.strip()]
    rows = page.nearby.list.rows
    page.nearby.show_sessions((replace(nearby(1, "Systems"), address="10.9.9.9"), nearby(2, LONG)))
    assert page.nearby.list.rows == rows, "a row that nobody sees changed stays"
    with qtbot.waitSignal(page.nearby.join_requested) as asked:
        page.nearby.list.rows[1].findChildren(QPushButton)[0].click()
    assert asked.args == ["key2"]


def test_recent_says_what_can_be_done_with_each(qtbot: QtBot, page: HomePage) -> None:
    sessions = (
        recent(1, "Open one", hosted=True, phase=Phase.OPEN),
        recent(2, LONG, hosted=True, phase=Phase.ENDED),
        recent(3, "Joined", hosted=False),
    )
    page.recent.show_sessions(sessions, "")
    rows = page.recent.list.rows
    assert [row.findChildren(QPushButton)[0].text() for row in rows] == ["Open", "Read", "Open"]
    actions = [
        [each.text().replace("&", "") for each in row.findChildren(QToolButton)[0].menu().actions()]
        for row in rows
    ]
    assert actions == [["End interview…", "Delete…"], ["Delete…"], ["Remove from list"]]
    described = [row.accessibleDescription().split(", ") for row in rows]
    assert [words[:2] for words in described[:2]] == [
        ["Hosted here", "Open"],
        ["Hosted here", "Ended"],
    ]
    assert described[2][0] == "Joined"
    # However long a title is, its buttons stay within the window.
    edge = page.recent.list.mapTo(page, page.recent.list.rect().topRight()).x()
    for row in rows:
        button = row.findChildren(QPushButton)[0]
        assert button.mapTo(page, button.rect().topRight()).x() < edge
    with qtbot.waitSignal(page.recent.open_requested) as opened:
        rows[2].findChildren(QPushButton)[0].click()
    assert opened.args == [sessions[2]]
    with qtbot.waitSignal(page.recent.end_requested) as ended:
        rows[0].findChildren(QToolButton)[0].menu().actions()[0].trigger()
    assert ended.args == [sessions[0]]
    with qtbot.waitSignal(page.recent.delete_requested) as deleted:
        rows[1].findChildren(QToolButton)[0].menu().actions()[0].trigger()
    assert deleted.args == [sessions[1]]


def test_typing_searches_once_it_pauses(qtbot: QtBot, page: HomePage) -> None:
    asked: list[str] = []
    page.recent.search_requested.connect(asked.append)
    with qtbot.waitSignal(page.recent.search_requested, timeout=5000):
        qtbot.keyClicks(page.recent.search, " pair ")
    assert asked == ["pair"]
    page.recent.show_sessions((), "pair")
    assert page.recent.list.empty.title == "Nothing found"
    page.recent.show_sessions((), "")
    assert page.recent.list.empty.title == "No interviews yet"
    page.recent.show_failure("The server does not run.")
    assert page.recent.list.empty.title == "Recent interviews cannot be listed"
