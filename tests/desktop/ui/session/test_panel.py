"""The share panel: links, QR, code, rules and people, as a room changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import segno
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from codeinterview_desktop.core.addresses import Address, AddressKind
from codeinterview_desktop.core.hosted_room import NearbyReach
from codeinterview_desktop.core.hosting import ShareLink
from codeinterview_desktop.core.values import (
    Admission,
    JoinPolicy,
    ParticipantInfo,
    Phase,
    Role,
    SessionInfo,
)
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.session.admission_section import AdmissionSection
from codeinterview_desktop.ui.session.invites_section import InvitesSection
from codeinterview_desktop.ui.session.link_section import LinkSection
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


def session(policy: JoinPolicy = JoinPolicy.INVITE, *, observers: bool = True) -> SessionInfo:
    return SessionInfo(
        "1a2b3c4d", "Pairing", "python", Phase.OPEN, False, "p1", 1, 1, 2, policy, observers
    )


def copied() -> str:
    return QGuiApplication.clipboard().text()


@pytest.fixture
def link(qtbot: QtBot, theme: ThemeController) -> LinkSection:
    made = LinkSection(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_best_link_is_shown_and_copied(link: LinkSection) -> None:
    link.show_links([LAN, VPN, LOCAL], CODE, JoinPolicy.INVITE)
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
    link.show_links([], CODE, JoinPolicy.INVITE)
    assert not link.copy.isEnabled()
    link.feedback.copy()
    assert copied() == "before"
    assert link.qr.text == ""
    assert link.reach.status is not None
    assert link.reach.status.word == "No link yet"


def test_a_link_for_this_computer_alone_offers_the_network(qtbot: QtBot, link: LinkSection) -> None:
    link.show_links([LOCAL], CODE, JoinPolicy.INVITE)
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


def test_invites_copy_renew_and_turn_off_by_role(qtbot: QtBot, theme: ThemeController) -> None:
    made = InvitesSection(theme)
    qtbot.addWidget(made)
    made.show()
    made.show_invites({Role.OBSERVER: "http://x/i/1#observer"}, {Role.CANDIDATE})
    row = made.rows[Role.OBSERVER]
    row.copy.click()
    assert copied() == "http://x/i/1#observer"
    # While the server is away there is nothing to copy, renew or turn off.
    away = made.rows[Role.INTERVIEWER]
    assert not any(each.isEnabled() for each in (away.copy, away.renew, away.revoke))
    assert away.make.isHidden()
    for press, signal in ((row.renew, made.renew_requested), (row.revoke, made.revoke_requested)):
        with qtbot.waitSignal(signal) as asked:
            press.click()
        assert asked.args == [Role.OBSERVER]
    off = made.rows[Role.CANDIDATE]
    assert off.about.text() == "This link is off"
    assert not any(each.isVisible() for each in (off.copy, off.renew, off.revoke))
    with qtbot.waitSignal(made.make_requested) as asked:
        off.make.click()
    assert asked.args == [Role.CANDIDATE]
    made.show_invites({Role.CANDIDATE: "http://x/i/1#again"}, set())
    assert off.about.text() == "Writes and runs code"
    off.copy.click()
    assert copied() == "http://x/i/1#again"


def test_a_candidates_link_that_is_off_offers_a_new_one(qtbot: QtBot, link: LinkSection) -> None:
    link.show_links([], CODE, JoinPolicy.INVITE, is_off=True)
    assert link.reach.status is not None
    assert link.reach.status.word == "This link is off"
    assert not any(each.isVisible() for each in (link.link, link.copy, link.qr, link.allow))
    # The code alone still knocks.
    assert link.code.isVisible()
    with qtbot.waitSignal(link.make_requested):
        link.make.click()
    link.show_links([LAN], CODE, JoinPolicy.INVITE)
    assert link.copy.isVisible()
    assert link.make.isHidden()


def test_the_code_is_shown_where_it_is_good_for_something(link: LinkSection) -> None:
    link.show_links([LAN], CODE, JoinPolicy.KNOCK)
    assert link.code.isVisible()
    link.show_links([LAN], CODE, JoinPolicy.INVITE_ONLY)
    assert not link.code.isVisible()
    assert link.copy.isVisible()


def test_who_may_come_in_is_asked_for_and_shown_as_the_session_has_it(
    qtbot: QtBot, theme: ThemeController
) -> None:
    made = AdmissionSection(theme)
    qtbot.addWidget(made)
    made.show_session(session())
    assert made.sentence.text() == wording.POLICY_SENTENCES[JoinPolicy.INVITE]
    knock = made.policy.findData(JoinPolicy.KNOCK)
    with qtbot.waitSignal(made.policy_requested) as asked:
        made.policy.activated.emit(knock)
    assert asked.args == [JoinPolicy.KNOCK]
    made.policy.setCurrentIndex(knock)
    made.retry()
    assert JoinPolicy(made.policy.currentData()) is JoinPolicy.INVITE
    with qtbot.assertNotEmitted(made.policy_requested):
        made.show_session(session(JoinPolicy.INVITE_ONLY, observers=False))
    assert made.sentence.text() == wording.POLICY_SENTENCES[JoinPolicy.INVITE_ONLY]
    assert not made.observers.isChecked()
    with qtbot.waitSignal(made.observers_requested) as asked:
        made.observers.click()
    assert asked.args == [True]


def test_a_copy_button_says_what_it_copied(qtbot: QtBot, theme: ThemeController) -> None:
    made = copy_button(theme, lambda: "text", "Copy code")
    qtbot.addWidget(made)
    made.click()
    assert made.toolTip() == "Copied"
    qtbot.waitUntil(lambda: made.toolTip() == "Copy code", timeout=5000)


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


def test_others_are_given_roles_and_removed_and_oneself_is_not(
    qtbot: QtBot, theme: ThemeController
) -> None:
    people = PeopleSection(theme)
    qtbot.addWidget(people)
    people.show_people([person(1, "Ada"), person(2, "Grace")], "p1")
    more = people.findChildren(QToolButton)
    assert [each.accessibleName() for each in more] == ["More for Grace"]
    acts = {each.text().replace("&", ""): each for each in more[0].menu().actions()}
    assert [*acts] == ["Make interviewer", "Make observer", "", "Remove…"]
    with qtbot.waitSignal(people.role_requested) as asked:
        acts["Make observer"].trigger()
    assert asked.args is not None
    assert (asked.args[0].name, asked.args[1]) == ("Grace", Role.OBSERVER)
    with qtbot.waitSignal(people.remove_requested) as asked:
        acts["Remove…"].trigger()
    assert asked.args is not None
    assert asked.args[0].name == "Grace"


def test_observers_that_candidates_do_not_see_are_marked(
    qtbot: QtBot, theme: ThemeController
) -> None:
    people = PeopleSection(theme)
    qtbot.addWidget(people)
    olive = replace(person(1, "Olive"), role=Role.OBSERVER)
    people.show_people([olive, person(2, "Grace")], None, observers_listed=False)
    details = [row.details.text() for row in people.list.rows]
    assert details == ["Observer, hidden", "Candidate"]
    people.show_people([olive], None, observers_listed=True, can_change=False)
    assert [row.details.text() for row in people.list.rows] == ["Observer"]
    assert not people.list.rows[0].findChildren(QToolButton)


def test_whether_the_network_learns_of_it_is_chosen_where_it_could(
    qtbot: QtBot, theme: ThemeController
) -> None:
    made = AdmissionSection(theme)
    qtbot.addWidget(made)
    made.show_session(session())
    made.show()
    made.show_nearby(NearbyReach.POSSIBLE, wanted=True)
    assert made.nearby.isChecked()
    assert "until you admit them" in made.nearby_sentence.text()
    with qtbot.waitSignal(made.nearby_requested) as asked:
        made.nearby.click()
    assert asked.args == [False]
    made.show_nearby(NearbyReach.POSSIBLE, wanted=False)
    assert not made.nearby.isChecked()
    assert "nowhere" in made.nearby_sentence.text()
    for reach in (NearbyReach.LINKS_ONLY, NearbyReach.THIS_COMPUTER):
        made.show_nearby(reach, wanted=True)
        assert not made.nearby.isEnabled()
        assert not made.nearby.isChecked()
        assert made.nearby.accessibleDescription() == made.nearby_sentence.text() != ""
    made.show_nearby(NearbyReach.ELSEWHERE, wanted=True)
    assert made.nearby.isHidden()
    assert made.nearby_sentence.isHidden()
