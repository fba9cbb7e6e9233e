"""The share panel: links, QR, code, people and lobby, as a room changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import segno
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from codeinterview_desktop.core.addresses import Address, AddressKind
from codeinterview_desktop.core.hosting import ShareLink
from codeinterview_desktop.core.values import Admission, LobbyEntry, ParticipantInfo, Role
from codeinterview_desktop.ui.session.invites_section import InvitesSection
from codeinterview_desktop.ui.session.link_section import LinkSection
from codeinterview_desktop.ui.session.lobby_section import LobbySection
from codeinterview_desktop.ui.session.people_section import PeopleSection
from codeinterview_desktop.ui.session.qr import qr_image
from codeinterview_desktop.ui.widgets.buttons import copy_button

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

LAN = ShareLink(
    "http://192.168.1.20:8765/i/1a2b3c4d#invite",
    Address("192.168.1.20", "wlan0", AddressKind.DEFAULT_ROUTE),
)
VPN = ShareLink(
    "http://10.8.0.2:8765/i/1a2b3c4d#invite", Address("10.8.0.2", "tun0", AddressKind.VIRTUAL)
)
LOCAL = ShareLink(
    "http://127.0.0.1:8765/i/1a2b3c4d#invite", Address("127.0.0.1", "", AddressKind.LOOPBACK)
)
CODE = "1a2b-3c4d"
LONG = "Wolfeschlegelsteinhausenbergerdorff " * 6


def person(number: int, name: str, *, online: bool = True) -> ParticipantInfo:
    return ParticipantInfo(
        f"p{number}", name, Role.CANDIDATE, number, "0", Admission.ADMITTED, number, online
    )


def guest(number: int, name: str) -> LobbyEntry:
    return LobbyEntry(f"l{number}", name, number, number)


def copied() -> str:
    return QGuiApplication.clipboard().text()


def button(parent: LobbySection, name: str) -> QPushButton:
    return next(each for each in parent.findChildren(QPushButton) if each.accessibleName() == name)


@pytest.fixture
def link(qtbot: QtBot, theme: ThemeController) -> LinkSection:
    made = LinkSection(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_best_link_is_shown_and_copied(link: LinkSection) -> None:
    link.show_links([LAN, VPN, LOCAL], CODE)
    assert link.link.text() == LAN.url
    assert link.qr.text == LAN.url
    assert link.code.text() == CODE
    assert link.reach.status is not None
    assert link.reach.status.word == "On this network"
    link.copy.click()
    assert copied() == LAN.url
    assert link.copy.text() == "Copied"
    link.copy_code.click()
    assert copied() == CODE
    assert link.allow.isHidden()


def test_without_a_server_there_is_nothing_to_copy(link: LinkSection) -> None:
    QGuiApplication.clipboard().setText("before")
    link.show_links([], CODE)
    assert not link.copy.isEnabled()
    link.feedback.copy()
    assert copied() == "before"
    assert link.qr.text == ""
    assert link.reach.status is not None
    assert link.reach.status.word == "No link yet"


def test_a_link_for_this_computer_alone_offers_the_network(qtbot: QtBot, link: LinkSection) -> None:
    link.show_links([LOCAL], CODE)
    assert link.reach.status is not None
    assert link.reach.status.word == "Only on this computer"
    with qtbot.waitSignal(link.network_requested):
        link.allow.click()


def test_the_qr_code_says_the_link_and_keeps_its_quiet_zone() -> None:
    image = qr_image(LAN.url)
    expected = segno.make(LAN.url, error="m", micro=False).matrix
    side = len(expected)
    assert image.width() == image.height() == side + 8
    dark = [
        [image.pixelColor(x + 4, y + 4).lightness() == 0 for x in range(side)] for y in range(side)
    ]
    assert dark == [[bool(module) for module in row] for row in expected]
    border = [image.pixelColor(at, 3).lightness() for at in range(image.width())]
    assert set(border) == {255}


def test_invites_copy_and_renew_by_role(qtbot: QtBot, theme: ThemeController) -> None:
    made = InvitesSection(theme)
    qtbot.addWidget(made)
    made.show_urls({Role.OBSERVER: "http://x/i/1#observer"})
    made.copy_buttons[Role.OBSERVER].click()
    assert copied() == "http://x/i/1#observer"
    assert not made.copy_buttons[Role.CANDIDATE].isEnabled()
    assert not made.renew_buttons[Role.INTERVIEWER].isEnabled()
    with qtbot.waitSignal(made.renew_requested) as asked:
        made.renew_buttons[Role.OBSERVER].click()
    assert asked.args == [Role.OBSERVER]


def test_a_copy_button_says_what_it_copied(qtbot: QtBot, theme: ThemeController) -> None:
    made = copy_button(theme, lambda: "text", "Copy code")
    qtbot.addWidget(made)
    made.click()
    assert made.toolTip() == "Copied"
    qtbot.waitUntil(lambda: made.toolTip() == "Copy code", timeout=5000)


def test_who_knocked_first_is_on_top_and_answered_once(
    qtbot: QtBot, theme: ThemeController
) -> None:
    lobby = LobbySection(theme)
    qtbot.addWidget(lobby)
    lobby.show_waiting([guest(2, "Grace"), guest(1, LONG)])
    assert lobby.isVisible()
    assert lobby.heading.text() == "2 people knock"
    names = [each.accessibleName() for each in lobby.findChildren(QPushButton)]
    assert names == [f"Admit {LONG}", f"Decline {LONG}", "Admit Grace", "Decline Grace"]
    assert lobby.minimumSizeHint().width() < 348
    answers: list[tuple[str, str]] = []
    lobby.admit_requested.connect(lambda entry: answers.append(("admit", entry.id)))
    lobby.decline_requested.connect(lambda entry: answers.append(("decline", entry.id)))
    button(lobby, "Admit Grace").click()
    assert not button(lobby, "Decline Grace").isEnabled()
    button(lobby, f"Decline {LONG}").click()
    assert answers == [("admit", "l2"), ("decline", "l1")]
    lobby.retry()
    assert button(lobby, "Admit Grace").isEnabled()
    lobby.show_waiting([])
    assert lobby.isHidden()


def test_people_who_are_there_come_first(qtbot: QtBot, theme: ThemeController) -> None:
    people = PeopleSection(theme)
    qtbot.addWidget(people)
    people.show()
    people.show_people([], None)
    assert people.list.empty.isVisible()
    ada, grace, cem = person(1, "Ada"), person(2, "Grace", online=False), person(3, LONG)
    people.show_people([grace, cem, ada], "p1")
    assert [row.title.text() for row in people.list.rows] == ["Ada (you)", LONG.strip(), "Grace"]
    before = people.list.rows
    people.show_people([grace, cem, ada], "p1")
    assert people.list.rows is before or people.list.rows == before
    people.show_people([replace(grace, is_online=True), cem, ada], "p1")
    assert [row.title.text() for row in people.list.rows][1] == "Grace"


def test_others_can_be_removed_and_oneself_cannot(qtbot: QtBot, theme: ThemeController) -> None:
    from PySide6.QtWidgets import QToolButton

    people = PeopleSection(theme)
    qtbot.addWidget(people)
    people.show_people([person(1, "Ada"), person(2, "Grace")], "p1")
    removals = people.findChildren(QToolButton)
    assert [each.accessibleName() for each in removals] == ["Remove Grace…"]
    with qtbot.waitSignal(people.remove_requested) as asked:
        removals[0].click()
    assert asked.args is not None
    assert asked.args[0].name == "Grace"
