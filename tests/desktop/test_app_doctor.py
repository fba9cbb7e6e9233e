"""The doctor at the real server, and at tunnels that lead here and elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.desktop.support import until
from tests.desktop.test_app_internet import Story, hosted
from tests.server.conftest import data_dir, scratch  # noqa: F401 - fixtures
from tests.support.server import ServerProcess
from tests.support.ssh_server import SshServer, free_port

from codeinterview_desktop.core.addresses import LOOPBACK, Address, AddressKind
from codeinterview_desktop.core.doctor.doctor import Doctor
from codeinterview_desktop.core.doctor.findings import Finding, Verdict
from codeinterview_desktop.core.settings import SettingsStore
from codeinterview_desktop.core.tunnels.choice import RouteKind
from codeinterview_desktop.core.tunnels.status import TunnelState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LAN = Address("127.0.0.2", "wlan0", AddressKind.DEFAULT_ROUTE)
VPN = Address("127.0.0.3", "tun0", AddressKind.VIRTUAL)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    # At another address than the one that it lets listen for others without GatewayPorts.
    server = SshServer(tmp_path / "sshd", host="127.0.0.2").start()
    yield server
    server.kill()


@pytest.fixture
def other(data_dir: Path) -> Iterator[ServerProcess]:  # noqa: F811
    """Somebody else's server."""
    process = ServerProcess(data_dir).start()
    yield process
    assert process.stop() == 0


async def no_firewall(port: int) -> Finding:
    return Finding(Verdict.GOOD, f"Nothing keeps others from {port}.")


def doctor(story: Story, *addresses: Address, settings: SettingsStore | None = None) -> Doctor:
    return Doctor(
        supervisor=story.app.supervisor,
        settings=settings or story.app.settings,
        internet=story.internet,
        addresses=lambda: addresses,
        ipv6=False,
        firewall=no_firewall,
    )


async def examine(doctor: Doctor) -> dict[str, Finding]:
    """What is found, by title."""
    checks = doctor.checks()
    found = await asyncio.gather(*(each.run() for each in checks))
    return {check.title: finding for check, finding in zip(checks, found, strict=True)}


def test_each_address_is_asked_and_a_silent_one_is_told(
    on_qt: Callable[..., Any], sshd: SshServer, tmp_path: Path
) -> None:
    async def tell() -> None:
        async with hosted(sshd) as story:
            found = await examine(doctor(story, LAN))
            assert [*found] == ["This computer", "Your network", "Over the internet"]
            assert found["This computer"].verdict is Verdict.GOOD
            assert found["This computer"].time_ms is not None
            assert found["Your network"].verdict is Verdict.OFF
            assert found["Over the internet"].verdict is Verdict.OFF

            # The server is on loopback alone while the settings say that the network may come.
            pretended = SettingsStore(tmp_path / "settings.json")
            pretended.update(allow_network=True)
            found = await examine(doctor(story, LAN, settings=pretended))
            silent = found["This network, Wi-Fi wlan0"]
            assert (silent.verdict, silent.time_ms) == (Verdict.BAD, None)
            assert "Nothing answers" in silent.sentence

            story.app.settings.update(allow_network=True)
            await until(
                story.app.supervisor.changed,
                lambda: story.app.supervisor.options.allow_network,
                "options",
            )
            await story.app.supervisor.wait_ready()
            found = await examine(doctor(story, LAN, VPN))
            assert {title: each.verdict for title, each in found.items()} == {
                "This computer": Verdict.GOOD,
                "This network, Wi-Fi wlan0": Verdict.GOOD,
                "VPN or virtual network, tun0": Verdict.GOOD,
                "Over the internet": Verdict.OFF,
                "Firewall": Verdict.GOOD,
            }
            found = await examine(doctor(story, LOOPBACK))
            assert "no network" in found["Your network"].sentence

            checks = doctor(story, LAN).checks()
            await story.app.supervisor.stop()
            found = {check.title: await check.run() for check in checks}
            assert found["This computer"].verdict is Verdict.BAD
            (here,) = doctor(story, LAN).checks()
            assert (await here.run()).verdict is Verdict.BAD

    on_qt(tell())


def test_a_tunnels_link_is_asked_whether_it_leads_here(
    on_qt: Callable[..., Any], sshd: SshServer, other: ServerProcess
) -> None:
    async def tunnel(story: Story) -> Finding:
        return (await examine(doctor(story)))["Over the internet"]

    async def tell() -> None:
        async with hosted(sshd) as story:
            choice = replace(story.choice, host=f"127.0.0.2:{sshd.port}")
            # The port is open on the host's loopback alone, as OpenSSH does without GatewayPorts.
            await story.open(choice)
            found = await tunnel(story)
            assert found.verdict is Verdict.BAD
            assert "GatewayPorts" in found.sentence
            await story.until(lambda: story.internet.is_silent, "warning")
            sshd.kill()
            await story.until(
                lambda: story.internet.status.state is TunnelState.RECONNECTING, "lost"
            )
            assert (await tunnel(story)).verdict is Verdict.CAUTION
            sshd.start()

            port = free_port()
            behind = replace(choice, route=RouteKind.PROXY, proxy_port=port)
            await story.open(replace(behind, link=f"http://localhost:{port}"))
            found = await tunnel(story)
            assert found.verdict is Verdict.GOOD
            assert found.time_ms is not None
            assert "not encrypted" in found.sentence
            assert not story.internet.is_silent

            await story.internet.close()
            await story.until(lambda: story.internet.public.origin is None, "closed")
            await story.open(replace(behind, link=f"http://localhost:{free_port()}"))
            found = await tunnel(story)
            assert found.verdict is Verdict.BAD
            assert "the web server on 127.0.0.2" in found.sentence

            # Another one's server answers there, which knows nothing of this link.
            await story.internet.close()
            await story.until(lambda: story.internet.public.origin is None, "closed")
            await story.open(replace(behind, link=f"http://localhost:{other.port}"))
            found = await tunnel(story)
            assert found.verdict is Verdict.BAD
            assert "does not lead here" in found.sentence

            await story.internet.close()
            await story.until(lambda: story.internet.public.origin is None, "closed")
            await story.internet.open(
                replace(choice, host=f"127.0.0.2:{free_port()}"), story.answers
            )
            await story.until(lambda: story.internet.status.state is TunnelState.FAILED, "failed")
            assert (await tunnel(story)).sentence == story.internet.status.reason

    on_qt(tell())
