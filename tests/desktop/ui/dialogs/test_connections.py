"""Check connections: rows that fill in as answers come, and text without secrets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QGuiApplication
from tests.desktop.support import seen
from tests.desktop.ui.conftest import buttons, host, press

from codeinterview_desktop.core.doctor.findings import Check, Finding, Verdict, known
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui.background import Background
from codeinterview_desktop.ui.dialogs.connections import ConnectionsDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot
    from tests.desktop.ui.conftest import House

    from codeinterview_desktop.theme.controller import ThemeController

COMMAND = "sudo ufw allow 8765/tcp"
GOOD = known("This computer", Finding(Verdict.GOOD, "It answers.", 3.0), "http://127.0.0.1:8765")
WALL = known("Firewall", Finding(Verdict.CAUTION, "The firewall ufw is on.", command=COMMAND))


class Patient:
    """A doctor some of whose answers take their time."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = 0

    def checks(self) -> tuple[Check, ...]:
        self.asked += 1
        return (GOOD, Check("Your network", "http://10.0.0.1:8765", self._slow), WALL)

    async def _slow(self) -> Finding:
        await self.may_answer.wait()
        return Finding(Verdict.BAD, "Nothing answers there. " * 8)


@pytest.mark.usefixtures("qtbot")
def test_rows_fill_in_as_answers_come(
    on_qt: Callable[..., Any], qtbot: QtBot, theme: ThemeController
) -> None:
    async def story() -> None:
        tasks, patient = BackgroundTasks(), Patient()
        dialog = ConnectionsDialog(theme, None, patient, Background(tasks))  # type: ignore[arg-type]
        dialog.show()
        here, network, wall = dialog.rows
        await seen(lambda: here.finding and wall.finding, "quick answers")
        assert words(dialog) == ["Works", "Checking…", "Look here"]
        assert here.took.text() == "3 ms"
        assert not dialog.again.isEnabled()
        assert "[checking] Your network" in dialog.details()
        patient.may_answer.set()
        await seen(lambda: network.finding is not None, "slow answer")
        assert words(dialog) == ["Works", "Does not work", "Look here"]
        assert wall.command.isVisible()
        assert not here.command.isVisible()
        assert wall.command.text() == COMMAND
        press(dialog.again)
        assert words(dialog) == ["Checking…"] * 3
        assert patient.asked == 2
        await seen(lambda: all(each.finding for each in dialog.rows), "second time")
        dialog.close()
        await tasks.stop()

    on_qt(story())


def words(dialog: ConnectionsDialog) -> list[str]:
    return [each.state.status.word if each.state.status else "" for each in dialog.rows]


def test_the_real_app_is_checked_from_panel_and_menu(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            window = app.window
            page = await host(window)
            press(page.panel.link.check)
            await seen(lambda: window.findChildren(ConnectionsDialog), "dialog")
            (dialog,) = window.findChildren(ConnectionsDialog)
            await seen(lambda: all(each.finding for each in dialog.rows), "answers")
            # This app lets only this computer in.
            assert words(dialog) == ["Works", "Off", "Off"]
            press(buttons(dialog)["Copy details"])
            text = QGuiApplication.clipboard().text()
            assert f"http://127.0.0.1:{app.supervisor.status.port}" in text
            credential = page.room.web_credential
            assert credential is not None
            for secret in (
                credential.host_key,
                credential.token,
                *(page.room.invites.of(role) for role in Role),
            ):
                assert secret is None or secret not in text
            press(dialog.close_button)
            await seen(lambda: not window.findChildren(ConnectionsDialog), "closed")
            window.commands.check.trigger()
            await seen(lambda: window.findChildren(ConnectionsDialog), "again")

    on_qt(story())
