"""The app's end of a tunnel, run inside its network namespace.

`tunnel_peer.py USER HOST PORT KEY KNOWN_HOSTS REMOTE_PORT LOCAL_PORT` prints each status as a JSON
line, `[state, link, reason]`, and stops the tunnel when stdin closes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.tunnels.known_hosts import KnownHosts
from codeinterview_desktop.core.tunnels.ssh_keys import SshKeys
from codeinterview_desktop.core.tunnels.ssh_target import SshTarget, route_by_port
from codeinterview_desktop.core.tunnels.ssh_tunnel import SshTunnel

if TYPE_CHECKING:
    from codeinterview_desktop.core.tunnels.status import SecretRequest, TunnelStatus


async def _no_secret(request: SecretRequest) -> str | None:
    return None


def _show(before: TunnelStatus, now: TunnelStatus) -> None:
    print(json.dumps([now.state, now.link, now.reason]), flush=True)


async def _main(
    user: str, host: str, port: str, key: str, known: str, remote: str, local: str
) -> None:
    tasks = BackgroundTasks()
    tunnel = SshTunnel(
        SshTarget(host, int(port), user),
        route_by_port(int(remote)),
        port=int(local),
        keys=SshKeys([Path(key)]),
        known_hosts=KnownHosts(Path(known)),
        ask=_no_secret,
        use_agent=False,
        tasks=tasks,
    )
    tunnel.changed.connect(_show)
    tunnel.start()
    await asyncio.to_thread(sys.stdin.read)
    await tunnel.stop()
    await tasks.stop()


asyncio.run(_main(*sys.argv[1:]))
