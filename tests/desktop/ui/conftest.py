"""The whole app in this process: real windows, the real server, a home of its own."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import shiboken6
from PySide6.QtWidgets import QPushButton
from tests.desktop.support import seen

from codeinterview_desktop.app import DesktopApp
from codeinterview_desktop.core.links import parse_join_text
from codeinterview_desktop.core.paths import AppPaths
from codeinterview_desktop.core.reports import Reports
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.values import Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from PySide6.QtWidgets import QApplication, QWidget

    from codeinterview_desktop.core.supervisor import Pace
    from codeinterview_desktop.ui.main_window import MainWindow
    from codeinterview_desktop.ui.session.page import HostedPage

LOOPBACK = "127.0.0.1"


class House:
    """The directories of one user, and the app that runs in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = AppPaths(folder / "config", folder / "data", folder / "logs")
        self.failures: list[str] = []

    @asynccontextmanager
    async def app(self, pace: Pace | None = None, **settings: Any) -> AsyncIterator[DesktopApp]:
        """The app with its window, on a free port unless told otherwise."""
        SettingsStore(self.paths.settings_file).update(
            **{"name": "Ada", "port": 0, "allow_network": False, "theme": "light", **settings}
        )
        app = DesktopApp(
            self.paths,
            Reports(),
            on_task_failure=lambda name, error: self.failures.append(f"{name}: {error!r}"),
            interfaces=[LOOPBACK],
            pace=pace,
        )
        app.start()
        window = app.window
        try:
            yield app
        finally:
            await app.stop()
            await seen(lambda: not shiboken6.isValid(window), "window deleted")
        assert self.failures == []

    @asynccontextmanager
    async def served(self, **settings: Any) -> AsyncIterator[DesktopApp]:
        """The app, as soon as its server is ready."""
        async with self.app(**settings) as app:
            await app.supervisor.wait_ready()
            yield app


@pytest.fixture
def house(qapp: QApplication) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    yield House(folder)
    shutil.rmtree(folder)


async def host(window: MainWindow, title: str = "Pairing") -> HostedPage:
    """Host from the form as a person does; the page of the room."""
    window.home.host.title.setText(title)
    press(window.home.host.submit)
    await seen(lambda: window.windowTitle() == title, "the room's page")
    page = window.rooms.hosted[-1]
    assert window.rooms.current is page
    return page


def press(button: QPushButton) -> None:
    """Press a button that a person could press."""
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    button.click()


def said(window: MainWindow) -> str:
    """The newest notice in the status bar."""
    return window.status_bar.notice.text()


def buttons(widget: QWidget) -> dict[str, QPushButton]:
    """The buttons that a person sees, by what they are called."""
    return {
        each.accessibleName() or each.text().replace("&", ""): each
        for each in widget.findChildren(QPushButton)
        if each.isVisible()
    }


async def knock(page: HostedPage, name: str, role: Role | None = None) -> None:
    """Ask to be let in as a browser does: by a role's link, or with the code alone."""
    target = parse_join_text(page.room.links(Role.CANDIDATE)[0].url)
    body: dict[str, Any] = {"user": {"id": "guest", "name": name, "color": "1"}}
    if role is not None:
        body["invite"] = page.room.invites.of(role)
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        answer = await client.post(
            f"{target.origin}/api/v1/sessions/{target.session_id}/join", json=body
        )
    answer.raise_for_status()
    assert answer.json()["status"] == "waiting"
