"""A candidate who knows only the tunnel's link, at the app's real server behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from tests.desktop.core.tunnels.support import open_tunnel, until_silent
from tests.support.room_client import Room
from tests.support.server import ServerProcess

from codeinterview_desktop.core.tunnels.status import TunnelState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.ssh_server import SshServer


@pytest.fixture
def server(data_dir: Path) -> Iterator[ServerProcess]:
    """The app's server, on loopback alone."""
    process = ServerProcess(data_dir).start()
    yield process
    assert process.stop() == 0


async def test_pages_rest_and_rooms_go_through_and_come_back_after_a_loss(
    server: ServerProcess, sshd: SshServer, tmp_path: Path
) -> None:
    async with open_tunnel(sshd, tmp_path, port=server.port) as each:
        link = await each.until_up()
        room = await Room.create(link, server.host_key, language="python", code="")
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            page = await http.get(f"{link}/i/{room.id}")
        assert page.status_code == 200
        assert "text/html" in page.headers["content-type"]

        cem = await room.join("Cem")
        async with room.enter(cem) as candidate, room.enter() as host:
            await candidate.sync()
            await host.sync()
            await candidate.insert(0, "before\n")
            await host.until_text("before\n")
            sshd.kill()
            code, _ = await candidate.until_closed()
            assert code in (1006, None)
            await each.until(TunnelState.RECONNECTING)
        sshd.start()
        assert await each.until_up() == link
        async with room.enter(cem, doc=candidate.doc) as again, room.enter() as host:
            await again.sync()
            await host.sync()
            await again.insert(0, "after\n")
            await host.until_text("after\nbefore\n")
    await until_silent(link)


async def test_what_fills_the_tunnel_arrives_whole(
    server: ServerProcess, sshd: SshServer, tmp_path: Path
) -> None:
    async with open_tunnel(sshd, tmp_path, port=server.port) as each:
        link = await each.until_up()
        room = await Room.create(link, server.host_key, language="python", code="")
        text = "0123456789abcde\n" * 16_000
        async with room.enter(await room.join("Cem")) as candidate, room.enter() as host:
            await candidate.sync()
            await host.sync()
            await candidate.insert(0, text)
            await host.until_text(text)


async def test_an_app_whose_server_is_away_answers_nothing_and_comes_back(
    server: ServerProcess, sshd: SshServer, tmp_path: Path
) -> None:
    async with (
        open_tunnel(sshd, tmp_path, port=server.port) as each,
        httpx.AsyncClient(trust_env=False, timeout=20) as http,
    ):
        link = await each.until_up()
        server.kill()
        with pytest.raises(httpx.TransportError):
            await http.get(f"{link}/api/v1/health")
        assert each.tunnel.status.state is TunnelState.UP
        server.start()
        assert (await http.get(f"{link}/api/v1/health")).json()["status"] == "ok"
