"""A candidate who reaches only the tunnel's host, and an interviewer whom nobody reaches."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.support.browser import chromium, new_person
from tests.support.namespaces import Host, row, why_not_permitted
from tests.support.program import wait_until
from tests.support.room_page import RoomPage
from tests.support.server import Hosted, ServerProcess
from tests.support.ssh_server import SshServer

if TYPE_CHECKING:
    from collections.abc import Iterator

REASON = why_not_permitted()
pytestmark = [
    pytest.mark.lan,
    pytest.mark.skipif(REASON is not None, reason=REASON or "network namespaces are permitted"),
]

PEER = Path(__file__).with_name("peer.py")
TUNNEL_PEER = Path(__file__).with_name("tunnel_peer.py")
SSH_PORT, PUBLIC_PORT = 2222, 8022
PATIENCE_S = 30
LINK = f"http://10.78.9.9:{PUBLIC_PORT}"
CUT = r"WebSocket connection|net::ERR_|Failed to load resource"


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host, Host]]:
    with row() as three:
        yield three


@pytest.fixture
def server(hosts: tuple[Host, Host, Host], data_dir: Path) -> Iterator[ServerProcess]:
    """The interviewer's server, on their loopback alone."""
    process = ServerProcess(data_dir, wrapper=hosts[0].wrapper).start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def sshd(hosts: tuple[Host, Host, Host], tmp_path: Path) -> Iterator[SshServer]:
    """The host in the middle, which lets its ports be used by everybody."""
    middle = hosts[1]
    running = SshServer(
        tmp_path / "sshd",
        host=middle.address,
        port=SSH_PORT,
        options=("GatewayPorts clientspecified",),
        wrapper=middle.wrapper,
    ).start()
    yield running
    running.kill()


class TunnelPeer:
    """The app's end of a tunnel, and every status that it told of."""

    def __init__(self, host: Host, sshd: SshServer, known: Path, local_port: int) -> None:
        words = (
            *(sshd.user, sshd.host, str(sshd.port), str(sshd.key), str(known)),
            *(str(PUBLIC_PORT), str(local_port)),
        )
        self._process = subprocess.Popen(
            [*host.wrapper, sys.executable, str(TUNNEL_PEER), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.told: list[list[str | None]] = []
        self._reader = threading.Thread(target=self._read, name="tunnel peer")
        self._reader.start()

    def until(self, state: str) -> list[str | None]:
        """Return the newest status once it is in this state."""
        wait_until(lambda: bool(self.told) and self.told[-1][0] == state, f"{state} {self.told}")
        return self.told[-1]

    def close(self) -> None:
        """Stop the tunnel and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(PATIENCE_S) == 0
        self._reader.join(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.told.append(json.loads(line))


@contextmanager
def tunnel(host: Host, sshd: SshServer, folder: Path, local_port: int) -> Iterator[TunnelPeer]:
    running = TunnelPeer(host, sshd, sshd.known_by(folder).own, local_port)
    try:
        yield running
    finally:
        running.close()


def request(host: Host, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*host.wrapper, sys.executable, str(PEER), "request", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def answer(host: Host, *words: str) -> Any:
    done = request(host, *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_a_candidate_joins_through_the_tunnel_and_stays_through_a_reconnect(
    hosts: tuple[Host, Host, Host], server: ServerProcess, sshd: SshServer, tmp_path: Path
) -> None:
    interviewer, _, candidate = hosts
    body = {
        "creator": {"id": "host", "name": "Ines", "color": "0"},
        "language": "python",
        "code": "one",
    }
    made = answer(
        interviewer,
        *("POST", f"{server.origin}/api/v1/sessions", server.host_key, json.dumps(body)),
    )
    hosted = Hosted(LINK, made["data"]["id"], made["token"], made["invites"])
    health = f"{LINK}/api/v1/health"
    wrapper = tmp_path / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(candidate.wrapper)} chromium "$@"\n')
    wrapper.chmod(0o755)
    # Neither the interviewer's host nor, before the tunnel, anything in the middle answers.
    assert request(candidate, "GET", f"http://{interviewer.address}:{server.port}/", "").returncode
    assert request(candidate, "GET", health, "").returncode

    with tunnel(interviewer, sshd, tmp_path, server.port) as peer:
        assert await asyncio.to_thread(peer.until, "up") == ["up", LINK, None]
        assert answer(candidate, "GET", health, "")["status"] == "ok"
        async with chromium(str(wrapper)) as browser:
            cem = RoomPage(await new_person(browser))
            cem.expect_complaint(CUT)
            await cem.enter(hosted.join_url("candidate"), "Cem")
            await cem.focus_editor()
            await cem.type(" two")
            await expect(cem.status("saved")).to_have_text("Saved")

            sshd.kill()
            lost = await asyncio.to_thread(peer.until, "reconnecting")
            assert lost[1] == LINK
            await expect(cem.status("connection")).to_have_text(re.compile("^Reconnecting"))
            await cem.type(" three")
            sshd.start()
            await asyncio.to_thread(peer.until, "up")
            await expect(cem.status("connection")).to_have_text("Connected")
            await cem.type(" four")
            await expect(cem.status("saved")).to_have_text("Saved")
            assert cem.complaints() == []
            assert cem.person.foreign_requests(LINK) == []
    told = answer(
        interviewer, "GET", f"{server.origin}/api/v1/sessions/{hosted.id}", server.host_key
    )
    assert told["data"]["code"] == "one two three four"
    [people] = [[one for one in told["data"]["participants"] if one["name"] == "Cem"]]
    assert len(people) == 1
    # With the tunnel the way in is gone.
    assert request(candidate, "GET", health, "").returncode
