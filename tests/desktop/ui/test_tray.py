"""The tray's menu and the notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtWidgets import QWidget

from codeinterview_desktop.core.places import SessionRef
from codeinterview_desktop.ui.notifier import plain
from codeinterview_desktop.ui.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.core.hosting import HostedRoom


@dataclass
class Session:
    id: str
    title: str


@dataclass
class Room:
    """As much of a hosted room as the tray looks at."""

    session: Session
    is_open: bool = True

    @property
    def ref(self) -> SessionRef:
        return SessionRef(self.session.id)


def rooms(*made: Room) -> Sequence[HostedRoom]:
    return cast("Sequence[HostedRoom]", made)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def tray(window: QWidget) -> Tray:
    return Tray(window)


def words(tray: Tray) -> list[str]:
    return [each.text() for each in tray.menu.actions() if not each.isSeparator()]


def test_the_menu_offers_what_can_be_done_with_each_open_room(qtbot: QtBot, tray: Tray) -> None:
    assert words(tray) == ["&Show CodeInterview", "&Quit"]
    tray.show_rooms(
        rooms(
            Room(Session("00000001", "R&D " + "x" * 80)),
            Room(Session("00000002", "Ended"), is_open=False),
        )
    )
    title = ("R&D " + "x" * 80)[:59].replace("&", "&&") + "…"
    assert words(tray) == [
        "&Show CodeInterview",
        title,
        "&Copy link",
        "&End for everyone…",
        "&Quit",
    ]
    assert tray.icon.toolTip() == "CodeInterview: hosting 1"
    actions = {each.text(): each for each in tray.menu.actions()}
    with qtbot.waitSignal(tray.copy_requested) as copied:
        actions["&Copy link"].trigger()
    assert copied.args == ["00000001"]
    with qtbot.waitSignal(tray.end_requested) as ended:
        actions["&End for everyone…"].trigger()
    assert ended.args == ["00000001"]
    with qtbot.waitSignal(tray.quit_requested):
        actions["&Quit"].trigger()


def test_an_open_menu_is_left_alone_while_nothing_changes(tray: Tray) -> None:
    room = Room(Session("00000001", "Pairing"))
    tray.show_rooms(rooms(room))
    before = tray.menu.actions()
    tray.show_rooms(rooms(room))
    assert tray.menu.actions() == before
    room.is_open = False
    tray.show_rooms(rooms(room))
    assert tray.icon.toolTip() == "CodeInterview"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grace Hopper", "Grace Hopper"),
        ("<a href=x>Grace</a> & Co", "a href=xGrace/a  Co"),
        ("two\nlines\x1b[0m", "twolines[0m"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_notifications_hold_no_markup(text: str, shown: str) -> None:
    assert plain(text) == shown
