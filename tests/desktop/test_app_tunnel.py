"""The app's real logic and server behind a tunnel through a real OpenSSH server."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.desktop.core.tunnels.support import QUICK, Answers, listens
from tests.desktop.support import until
from tests.support.ssh_server import SshServer

from codeinterview_desktop.app import DesktopApp
from codeinterview_desktop.core.hosting import HostRequest
from codeinterview_desktop.core.paths import AppPaths
from codeinterview_desktop.core.reports import Reports
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.tunnels.shared_tunnel import SharedTunnel
from codeinterview_desktop.core.tunnels.ssh_keys import SshKeys
from codeinterview_desktop.core.tunnels.ssh_target import route_by_port
from codeinterview_desktop.core.tunnels.ssh_tunnel import SshTunnel
from codeinterview_desktop.core.tunnels.status import TunnelState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codeinterview_desktop.core.tasks import BackgroundTasks


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for PostgreSQL's sockets."""
    path = Path(tempfile.mkdtemp(prefix="ci-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    server = SshServer(tmp_path / "sshd").start()
    yield server
    server.kill()


def tunnel_to(sshd: SshServer, folder: Path, port: int, tasks: BackgroundTasks) -> SshTunnel:
    return SshTunnel(
        sshd.target,
        route_by_port(),
        port=port,
        keys=SshKeys([sshd.key]),
        known_hosts=sshd.known_by(folder),
        ask=Answers(),
        use_agent=False,
        tasks=tasks,
        pace=QUICK,
    )


def test_the_tunnel_leads_to_the_interviews_and_ends_with_the_last_one(
    on_qt: Callable[..., Any], folder: Path, sshd: SshServer
) -> None:
    async def story() -> None:
        paths = AppPaths(folder / "config", folder / "data", folder / "logs")
        SettingsStore(paths.settings_file).update(name="Ada", port=0)
        app = DesktopApp(paths, Reports(), interfaces=["127.0.0.1"])
        app.start_services()
        try:
            await app.supervisor.wait_ready()
            port = app.supervisor.status.port
            assert port is not None
            hosting = app.services.hosting
            shared = SharedTunnel(hosting, app.tasks)
            with pytest.raises(ValueError, match="Host an interview first"):
                await shared.open(tunnel_to(sshd, folder, port, app.tasks))
            first = await hosting.host(HostRequest())
            second = await hosting.host(HostRequest())

            await shared.open(tunnel_to(sshd, folder, port, app.tasks))
            await until(shared.changed, lambda: shared.status.state is TunnelState.UP)
            link = shared.status.link
            assert link is not None
            async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
                for room in (first, second):
                    answer = await http.get(f"{link}/api/v1/sessions/{room.session.id}/preview")
                    assert answer.is_success

            await hosting.end(first.session.id)
            assert shared.status.state is TunnelState.UP
            await hosting.end(second.session.id)
            await until(shared.changed, lambda: shared.status.state is TunnelState.OFF)
            assert not await asyncio.to_thread(listens, link)

            await hosting.host(HostRequest())
            await shared.open(tunnel_to(sshd, folder, port, app.tasks))
            await until(shared.changed, lambda: shared.status.state is TunnelState.UP)
            other = shared.status.link
            assert other is not None
        finally:
            await app.stop()
        assert not await asyncio.to_thread(listens, other)

    on_qt(story())
