"""Forwarding services, which print a link: a real sshd that says what such a service says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.desktop.core.tunnels.support import QUICK, open_tunnel
from tests.support.ssh_server import SshServer

from codeinterview_desktop.core.tunnels.ssh_target import SshRoute
from codeinterview_desktop.core.tunnels.status import TunnelState

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = SshRoute(0, domain="tunnel.test")
SAYS = (
    "Welcome! Your account: https://admin.tunnel.test\\n"
    "Docs: https://tunnel.test/docs and https://elsewhere.test\\n"
    "\\033[32mForwarding HTTP traffic from https://quiet-lake.tunnel.test\\033[0m\\n"
)


async def test_the_link_is_read_from_what_the_session_prints(tmp_path: Path) -> None:
    sshd = SshServer(tmp_path / "sshd", options=(f"ForceCommand printf '{SAYS}'; cat",)).start()
    try:
        async with open_tunnel(sshd, tmp_path, port=1, route=ROUTE) as each:
            assert await each.until_up() == "https://quiet-lake.tunnel.test"
            sshd.kill()
            status = await each.until(TunnelState.RECONNECTING)
            assert status.link == "https://quiet-lake.tunnel.test"
            sshd.start()
            await each.until_up()
    finally:
        sshd.kill()


async def test_the_link_is_read_from_the_banner(tmp_path: Path) -> None:
    banner = tmp_path / "banner"
    banner.write_text("Yours is https://quiet-lake.tunnel.test\n")
    options = (f"Banner {banner}", "ForceCommand exit 0")
    sshd = SshServer(tmp_path / "sshd", options=options).start()
    try:
        async with open_tunnel(sshd, tmp_path, port=1, route=ROUTE) as each:
            assert await each.until_up() == "https://quiet-lake.tunnel.test"
            assert each.states == [TunnelState.CONNECTING, TunnelState.UP]
    finally:
        sshd.kill()


async def test_a_service_that_prints_no_link_is_a_sentence(tmp_path: Path) -> None:
    sshd = SshServer(tmp_path / "sshd", options=("ForceCommand yes 'no link'",)).start()
    try:
        pace = replace(QUICK, request_limit_s=0.5)
        async with open_tunnel(sshd, tmp_path, port=1, route=ROUTE, pace=pace) as each:
            status = await each.until(TunnelState.FAILED, TunnelState.UP)
            assert "gave no link that ends in tunnel.test" in str(status.reason)
    finally:
        sshd.kill()
