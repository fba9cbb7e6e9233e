"""An SSH host that tries to reach more than it was asked to pass on; only asyncssh can play it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncssh
import pytest
from tests.desktop.core.tunnels.support import QUICK, echo, ssh_tunnel
from tests.support.ssh_server import make_key

from codeinterview_desktop.core.tunnels.known_hosts import KnownHosts, host_key_of
from codeinterview_desktop.core.tunnels.ssh_target import SshTarget, route_by_port
from codeinterview_desktop.core.tunnels.status import TunnelState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PUBLIC_PORT = 8022


class Host(asyncssh.SSHServer):
    """Lets everybody in and agrees to every port, without listening anywhere."""

    def __init__(self) -> None:
        self.connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn

    def begin_auth(self, username: str) -> bool:
        return False

    def server_requested(self, listen_host: str, listen_port: int) -> asyncssh.SSHListener:
        return asyncssh.SSHListener()


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[tuple[Host, SshTarget, KnownHosts]]:
    """The host, where it is, and files that know it."""
    key = make_key(tmp_path / "host_key")
    playing = Host()
    async with asyncssh.listen(
        "127.0.0.1", 0, server_factory=lambda: playing, server_host_keys=[str(key)]
    ) as acceptor:
        target = SshTarget("127.0.0.1", acceptor.get_port(), "ines")
        known = KnownHosts(tmp_path / "known_hosts")
        known.accept(host_key_of(target, asyncssh.read_public_key(f"{key}.pub")))
        yield playing, target, known


async def test_it_reaches_the_apps_port_and_nothing_else(
    host: tuple[Host, SshTarget, KnownHosts],
) -> None:
    playing, target, known = host
    async with (
        echo() as port,
        echo() as secret_port,
        ssh_tunnel(target, known, port=port, route=route_by_port(PUBLIC_PORT)) as each,
    ):
        await each.until_up()
        connection = playing.connection
        assert connection is not None
        reader, writer = await connection.open_connection("", PUBLIC_PORT)
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()
        for where in (("127.0.0.1", secret_port), ("", secret_port), ("localhost", PUBLIC_PORT)):
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection(*where)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_unix_connection("/run/secret")
        assert each.tunnel.status.state is TunnelState.UP


async def test_a_host_that_ends_the_connection_again_and_again_is_waited_for(
    host: tuple[Host, SshTarget, KnownHosts],
) -> None:
    playing, target, known = host
    async with ssh_tunnel(target, known, port=1, route=route_by_port(PUBLIC_PORT)) as each:
        for _ in range(5):
            await each.until_up()
            assert playing.connection is not None
            playing.connection.disconnect(asyncssh.DISC_BY_APPLICATION, "bye\x1b[31m")
            status = await each.until(TunnelState.RECONNECTING)
            assert status.reason == "The connection to 127.0.0.1 was lost."


async def test_a_host_that_never_answers_a_request_is_given_up(
    host: tuple[Host, SshTarget, KnownHosts], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, target, known = host

    async def never(self: Host, listen_host: str, listen_port: int) -> bool:
        await asyncio.Event().wait()
        return True

    monkeypatch.setattr(Host, "server_requested", never)
    pace = replace(QUICK, request_limit_s=0.2)
    async with ssh_tunnel(
        target, known, port=1, route=route_by_port(PUBLIC_PORT), pace=pace
    ) as each:
        status = await each.until(TunnelState.FAILED)
        assert status.reason == "127.0.0.1 does not answer any more."
