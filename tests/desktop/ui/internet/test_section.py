"""The share panel's "Over the internet": what it shows and offers in each state."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from codeinterview_desktop.core.tunnels.status import TunnelState, TunnelStatus
from codeinterview_desktop.ui.internet.section import InternetSection, InternetView
from codeinterview_desktop.ui.internet.words import breakable

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

LINK = "https://quiet-lake.trycloudflare.com"
URL = f"{LINK}/i/1a2b3c4d#invite"
UP = InternetView(TunnelStatus(TunnelState.UP, LINK), "Cloudflare", URL, is_told=True)
LOST = replace(
    UP, status=TunnelStatus(TunnelState.RECONNECTING, LINK, "The connection to it was lost.")
)
FAILED = InternetView(
    TunnelStatus(TunnelState.FAILED, reason="Nothing answers at port 22."), "gate.example.org"
)


@pytest.fixture
def section(qtbot: QtBot, theme: ThemeController) -> InternetSection:
    made = InternetSection(theme)
    qtbot.addWidget(made)
    made.show()
    return made


def offered(section: InternetSection) -> list[str]:
    return [
        each.text().replace("&", "")
        for each in section.findChildren(QPushButton)
        if each.isVisible()
    ]


@pytest.mark.parametrize(
    ("view", "word", "buttons"),
    [
        (InternetView(), "Off", ["Set up…"]),
        (InternetView(TunnelStatus(TunnelState.CONNECTING), "gate"), "Connecting…", ["Cancel"]),
        (
            InternetView(TunnelStatus(TunnelState.NEEDS_SECRET), "gate"),
            "Waits for your answer",
            ["Cancel"],
        ),
        (replace(UP, url="", is_told=False), "Almost there…", ["Stop the tunnel"]),
        (UP, "On", ["Copy this link", "QR code", "Stop the tunnel"]),
        (LOST, "Reconnecting…", ["Copy this link", "QR code", "Stop the tunnel"]),
        (FAILED, "Failed", ["Try again", "Change…"]),
    ],
)
def test_each_state_has_its_word_and_its_buttons(
    section: InternetSection, view: InternetView, word: str, buttons: list[str]
) -> None:
    # Whatever was shown before leaves nothing behind.
    for before in (InternetView(), UP, FAILED):
        section.show_internet(before)
        section.show_internet(view)
        assert section.state.status is not None
        assert section.state.status.word == word
        assert sorted(offered(section)) == sorted(buttons)


def test_the_link_is_copied_and_shown_as_a_code(section: InternetSection) -> None:
    section.show_internet(UP)
    section.public.copy.click()
    assert QGuiApplication.clipboard().text() == URL
    assert section.public.qr.text == URL
    assert not section.public.qr.isVisible()
    section.public.toggle.click()
    assert section.public.qr.isVisible()
    section.show_internet(LOST)
    assert section.public.link.text() == URL
    section.show_internet(InternetView())
    assert section.public.link.text() == ""
    assert section.public.qr.text == ""


def test_inviting_with_the_link_is_a_choice(qtbot: QtBot, section: InternetSection) -> None:
    section.show_internet(UP)
    assert not section.invite.isChecked()
    with qtbot.waitSignal(section.invite_requested) as asked:
        section.invite.click()
    assert asked.args == [True]
    section.show_internet(replace(UP, is_first=True))
    assert section.invite.isChecked()
    section.show_internet(InternetView())
    assert not section.invite.isVisible()


def test_what_went_wrong_is_said(section: InternetSection) -> None:
    section.show_internet(FAILED)
    assert section.banner.text == "Nothing answers at port 22."
    section.show_internet(replace(UP, is_replaced=True))
    assert "new one" in section.banner.text
    section.show_internet(replace(UP, trouble="The server does not answer."))
    assert section.banner.text == "The server does not answer."
    section.show_internet(replace(UP, is_silent=True))
    assert "does not answer" in section.banner.text
    section.show_internet(LOST)
    assert section.banner.text == ""
    assert section.sentence.text().startswith("The connection to it was lost.")
    section.show_internet(replace(UP, url="", is_off=True))
    assert "This link is off" in section.sentence.text()
    assert not section.invite.isVisible()


def test_a_fingerprint_is_shown_whole_in_the_narrow_panel() -> None:
    fingerprint = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8"
    sentence = f"gate shows the key {fingerprint}, which is another."
    shown = breakable(sentence)
    assert shown.replace("\N{ZERO WIDTH SPACE}", "") == sentence
    longest = max(re.split(r"[\s\N{ZERO WIDTH SPACE}]", shown), key=len)
    assert len(longest) <= 24
    assert breakable("Nothing answers at port 22 of gate.example.org.") == (
        "Nothing answers at port 22 of gate.example.org."
    )


def test_buttons_ask(qtbot: QtBot, section: InternetSection) -> None:
    section.show_internet(FAILED)
    for press, signal in (
        (section.retry, section.retry_requested),
        (section.setup, section.setup_requested),
    ):
        with qtbot.waitSignal(signal):
            press.click()
    section.show_internet(UP)
    with qtbot.waitSignal(section.stop_requested):
        section.stop.click()
