"""Take the pictures of docs/team-server.md: the app at a team's server, light and dark.

Its windows are drawn off any screen, with a keyring of their own and a team's server on loopback.
`make screenshots` runs it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["QT_QPA_PLATFORM"] = "offscreen"

import qasync  # noqa: E402
from PySide6.QtCore import QCoreApplication, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from tests.desktop.keyrings import MemoryKeyring, used  # noqa: E402
from tests.desktop.support import seen  # noqa: E402
from tests.desktop.team_server import Team, team_server  # noqa: E402
from tests.desktop.ui.conftest import House, host, press  # noqa: E402
from tests.desktop.ui.team.test_account import (  # noqa: E402
    offers_copy,
    open_account,
    open_copy,
    row_of,
)

from codeinterview_desktop.core.places import Place  # noqa: E402
from codeinterview_desktop.webview.view import ViewState  # noqa: E402

if TYPE_CHECKING:
    from codeinterview_desktop.ui.session.page import HostedPage

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 800
IS_READY = """
document.querySelector('.view-line span span') !== null
    && !/Loading|Getting Python/.test(document.body.innerText)
"""
TITLES = {Place.HERE: "Pairing on this computer", Place.TEAM: "Backend interview"}


def grab(widget: QWidget, name: str) -> None:
    """Save what a window shows."""
    widget.grab().save(str(IMAGES / f"{name}.png"))
    print(f"docs/images/{name}.png")


async def is_drawn(page: HostedPage) -> None:
    """Wait until the room's page has its editor with text in it."""
    await seen(lambda: page.view.state is ViewState.SHOWN, "the room")
    answers: list[Any] = []

    def asked() -> bool:
        page.view.page.runJavaScript(IS_READY, 0, answers.append)
        return bool(answers) and bool(answers[-1])

    await seen(asked, "the room's text")
    # The window shows a frame later what the page has.
    await asyncio.sleep(1)


async def tour(house: House, team: Team, mode: str) -> None:
    """Sign in, host in both places, begin a copy; take the pictures on the way."""
    async with house.served(theme=mode) as app:
        window = app.window
        window.resize(WIDTH, HEIGHT)
        dialog = open_account(window)
        dialog.form.address.setText(team.origin)
        dialog.form.key.setText(team.add_key("ada"))
        grab(dialog, f"team-sign-in-{mode}")
        press(dialog.enter)
        await seen(lambda: dialog.done_button.isVisible(), "signed in")
        grab(dialog, f"team-account-{mode}")
        press(dialog.done_button)
        page = await host(window, TITLES[Place.TEAM])
        await is_drawn(page)
        grab(window, f"team-room-{mode}")
        window.workspace.show_page(window.home)
        window.home.host.select_place(Place.HERE)
        await host(window, TITLES[Place.HERE])
        window.workspace.show_page(window.home)
        window.home.host.select_place(Place.TEAM)
        await seen(lambda: all(row_of(window, each) for each in TITLES.values()), "both listed")
        grab(window, f"team-home-{mode}")
        await seen(lambda: offers_copy(window, TITLES[Place.HERE]), "the offer to copy")
        copy = open_copy(window, TITLES[Place.HERE])
        grab(copy, f"team-copy-{mode}")
        copy.reject()


def main() -> None:
    """Take all pictures."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    loop = qasync.QEventLoop(QApplication([]))
    asyncio.set_event_loop(loop)
    for mode in ("light", "dark"):
        folder = Path(tempfile.mkdtemp(prefix="ci-"))
        with used(MemoryKeyring()), team_server() as team:
            loop.run_until_complete(asyncio.wait_for(tour(House(folder), team, mode), 120))
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
