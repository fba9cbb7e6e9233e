"""The form for a way in: what it holds, what it says is opened, what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from codeinterview_desktop.core.tunnels.choice import RouteKind, TunnelChoice, TunnelKind
from codeinterview_desktop.ui.internet.setup_dialog import SetupDialog
from codeinterview_desktop.ui.internet.words import how_to_install

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController

    Make = Callable[..., SetupDialog]

GATE = TunnelChoice(host="gate.example.org:2222", user="ines", port=8022)
PROXY = replace(
    GATE,
    route=RouteKind.PROXY,
    proxy_port=8080,
    link="https://interview.example.org",
    tells_visitors=True,
)


@pytest.fixture
def programs() -> list[str]:
    """Where cloudflared is; empty while it is not installed."""
    return ["/usr/bin/cloudflared"]


@pytest.fixture
def make(qtbot: QtBot, theme: ThemeController, programs: list[str]) -> Make:
    def made(choice: TunnelChoice) -> SetupDialog:
        dialog = SetupDialog(theme, None, choice, lambda: next(iter(programs), None))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return made


@pytest.mark.parametrize(
    "choice",
    [
        GATE,
        PROXY,
        replace(GATE, route=RouteKind.SERVICE, domain="example.org", name="ines"),
        replace(GATE, key_file="/keys/gate"),
        replace(PROXY, kind=TunnelKind.CLOUDFLARED),
    ],
)
def test_what_was_opened_before_is_filled_in_and_starts(
    qtbot: QtBot, make: Make, choice: TunnelChoice
) -> None:
    dialog = make(choice)
    assert dialog.exposes.text() == choice.exposes
    with qtbot.waitSignal(dialog.start_requested) as started:
        dialog.start.click()
    assert started.args == [choice]
    assert not dialog.isVisible()


def test_each_way_has_its_own_fields(make: Make) -> None:
    dialog = make(GATE)
    form = dialog.form
    shown = {name for name, field in form.fields.items() if field.isVisible()}
    assert shown == {"host", "user", "key_file", "route", "port"}
    form.route.setCurrentIndex(form.route.findData(RouteKind.SERVICE))
    form.route.activated.emit(form.route.currentIndex())
    shown = {name for name, field in form.fields.items() if field.isVisible()}
    assert shown == {"host", "user", "key_file", "route", "domain", "name"}
    dialog.quick.click()
    assert not form.isVisible()
    assert "trycloudflare.com" in dialog.exposes.text()


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (TunnelChoice(), "host"),
        (replace(GATE, user="a b"), "user"),
        (replace(PROXY, link="ftp://x"), "link"),
        (replace(PROXY, proxy_port=0), "proxy_port"),
        (replace(GATE, route=RouteKind.SERVICE, domain="?"), "domain"),
        (replace(GATE, route=RouteKind.SERVICE, domain="a.example", name="?"), "name"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_nothing_starts(
    qtbot: QtBot, make: Make, choice: TunnelChoice, field: str
) -> None:
    dialog = make(choice)
    assert "As soon as the form is complete" in dialog.exposes.text()
    with qtbot.assertNotEmitted(dialog.start_requested):
        dialog.start.click()
    assert dialog.isVisible()
    wrong = dialog.form.fields[field]
    assert wrong.error.endswith(".")
    assert dialog.focusWidget() is wrong.control
    dialog.form.host.textEdited.emit("x")
    assert wrong.error == ""


def test_a_user_pasted_before_the_host_finds_its_place(qtbot: QtBot, make: Make) -> None:
    dialog = make(TunnelChoice())
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    qtbot.keyClicks(dialog.form.host, "ines@gate.example.org:2222")
    qtbot.keyClick(dialog.form.host, Qt.Key.Key_Tab)
    assert (dialog.form.host.text(), dialog.form.user.text()) == ("gate.example.org:2222", "ines")
    assert "gate.example.org" in dialog.exposes.text()


def test_without_cloudflared_it_is_said_how_to_get_it(make: Make, programs: list[str]) -> None:
    found = programs.pop()
    dialog = make(TunnelChoice(kind=TunnelKind.CLOUDFLARED))
    assert not dialog.quick.isEnabled()
    assert dialog.ssh.isChecked()
    assert "not installed" in dialog.quick_words.text()
    assert how_to_install() in dialog.quick_words.text()
    programs.append(found)
    dialog.again.click()
    assert dialog.quick.isEnabled()
    assert not dialog.again.isVisible()
    assert "winget" in how_to_install("win32")
    assert "brew" in how_to_install("darwin")
