"""A tunnel under test: its states, its answers, and whether something listens."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.desktop.support import until
from tests.support.eventually import eventually

from codeinterview_desktop.core.room_watch import Backoff
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.tunnels.ssh_keys import SshKeys
from codeinterview_desktop.core.tunnels.ssh_target import SshRoute, SshTarget, route_by_port
from codeinterview_desktop.core.tunnels.ssh_tunnel import SshPace, SshTunnel
from codeinterview_desktop.core.tunnels.status import SecretRequest, TunnelState, TunnelStatus
from codeinterview_desktop.core.tunnels.tunnel import Tunnel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tests.support.ssh_server import SshServer

    from codeinterview_desktop.core.tunnels.known_hosts import KnownHosts

QUICK = SshPace(backoff=Backoff(first_s=0.02, most_s=0.2), stop_limit_s=5.0)


@dataclass
class Answers:
    """Answers what is asked for, in order; then that there is none."""

    given: list[str | None] = field(default_factory=list)
    asked: list[SecretRequest] = field(default_factory=list)

    async def __call__(self, request: SecretRequest) -> str | None:
        self.asked.append(request)
        return self.given.pop(0) if self.given else None


@dataclass
class Watched:
    """A tunnel, and every status that it had."""

    tunnel: Tunnel
    seen: list[TunnelStatus] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tunnel.changed.connect(lambda _, now: self.seen.append(now))

    @property
    def states(self) -> list[TunnelState]:
        return [each.state for each in self.seen]

    async def until(self, *states: TunnelState) -> TunnelStatus:
        """Return the status once the tunnel is in one of these states."""
        tunnel = self.tunnel
        await until(tunnel.changed, lambda: tunnel.status.state in states, f"{states}; {self.seen}")
        return tunnel.status

    async def until_up(self) -> str:
        """Return the link once the tunnel is up; whatever else it ends in is told."""
        status = await self.until(TunnelState.UP, TunnelState.FAILED)
        assert status.link is not None, status
        return status.link


@asynccontextmanager
async def ssh_tunnel(
    target: SshTarget,
    known: KnownHosts,
    *,
    port: int,
    keys: Sequence[Path] = (),
    route: SshRoute | None = None,
    answers: Answers | None = None,
    pace: SshPace = QUICK,
    **options: Any,
) -> AsyncIterator[Watched]:
    """A started tunnel, stopped at the end of the block."""
    tasks = BackgroundTasks()
    tunnel = SshTunnel(
        target,
        route or route_by_port(),
        port=port,
        keys=SshKeys(keys),
        known_hosts=known,
        ask=answers or Answers(),
        tasks=tasks,
        pace=pace,
        **options,
    )
    watched = Watched(tunnel)
    tunnel.start()
    try:
        yield watched
    finally:
        await tunnel.stop()
        await tasks.stop()
        assert tunnel.status == TunnelStatus(TunnelState.OFF)


@asynccontextmanager
async def open_tunnel(
    sshd: SshServer, folder: Path, *, port: int, **options: Any
) -> AsyncIterator[Watched]:
    """A tunnel to a known server with the right key."""
    known = sshd.known_by(folder)
    async with ssh_tunnel(sshd.target, known, port=port, keys=[sshd.key], **options) as watched:
        yield watched


@asynccontextmanager
async def echo() -> AsyncIterator[int]:
    """The port of a server that answers each line with itself."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def say(link: str, line: bytes) -> bytes:
    """What comes back when `line` is said at a link."""
    host, port = link.removeprefix("http://").rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(line)
    try:
        async with asyncio.timeout(20):
            return await reader.readline()
    finally:
        writer.close()
        await writer.wait_closed()


def listens(link: str) -> bool:
    """Whether something listens where a link leads."""
    host, port = link.removeprefix("http://").rsplit(":", 1)
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((host, int(port))) == 0


async def until_silent(link: str) -> None:
    """Return once nothing listens there."""

    async def is_silent() -> bool:
        return not listens(link)

    await eventually(is_silent, f"nothing listens at {link}")
