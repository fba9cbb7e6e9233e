"""The whole app without its window on one host of the LAN tests, told what to do by its stdin.

`app_peer.py FOLDER NAME` prints JSON lines `[what, value]`: `ready` with the server's port,
`nearby` with `[id, title, host, address]` of each session that is shown, `name` with its `.local`
name, and the answer to each command. A command is a JSON line `[word, ...]`; stdin's end ends it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import qasync
from PySide6.QtWidgets import QApplication

from codeinterview_desktop.app import DesktopApp
from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.core.paths import AppPaths
from codeinterview_desktop.core.reports import Reports
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.values import Role

if TYPE_CHECKING:
    from codeinterview_desktop.core.discovery import NearbySession
    from codeinterview_desktop.core.hosting import HostedRoom


def say(what: str, value: object) -> None:
    print(json.dumps([what, value]), flush=True)


def say_nearby(sessions: tuple[NearbySession, ...]) -> None:
    say(
        "nearby", [[each.session_id, each.title, each.host_name, each.address] for each in sessions]
    )


class Commands:
    """What the app can be told to do."""

    def __init__(self, app: DesktopApp) -> None:
        self._app = app
        self._rooms: dict[str, HostedRoom] = {}

    async def carry_out(self, word: str, *rest: Any) -> None:
        """Do it, and say that it was done."""
        say(word, await getattr(self, f"_{word}")(*rest))

    async def _host(self, title: str) -> str:
        room = await self._app.services.hosting.host(HostRequest(title=title))
        self._rooms[room.session.id] = room
        return room.session.id

    async def _rename(self, session_id: str, title: str) -> None:
        await self._rooms[session_id].rename(title)

    async def _end(self, session_id: str) -> None:
        await self._app.services.hosting.end(session_id)

    async def _show(self, session_id: str, shown: bool) -> None:
        self._rooms[session_id].show_nearby(shown=shown)

    async def _links(self, session_id: str) -> list[str]:
        return [each.url for each in self._rooms[session_id].links(Role.CANDIDATE)]

    async def _join(self, session_id: str) -> str:
        services = self._app.services
        key = next(each.key for each in services.discovery.nearby if each.session_id == session_id)
        return (await services.joining.nearby(key)).url


async def live(folder: Path, name: str) -> None:
    paths = AppPaths(folder / "config", folder / "data", folder / "logs")
    SettingsStore(paths.settings_file).update(name=name, port=0)
    app = DesktopApp(paths, Reports())
    app.start_services()
    try:
        await app.supervisor.wait_ready()
        discovery = app.services.discovery
        discovery.nearby_changed.connect(say_nearby)
        discovery.name_changed.connect(lambda local: say("name", local))
        say("ready", app.supervisor.status.port)
        say_nearby(discovery.nearby)
        commands = Commands(app)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await commands.carry_out(*json.loads(line))
    finally:
        await app.stop()


def main(folder: str, name: str) -> None:
    qt = QApplication(sys.argv[:1])
    with qasync.QEventLoop(qt) as loop:
        loop.run_until_complete(live(Path(folder), name))


main(*sys.argv[1:])
