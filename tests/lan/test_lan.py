"""Two machines on one cable: B discovers what A advertises, and joins it."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.support.browser import chromium, new_person
from tests.support.namespaces import Host, cable, why_not_permitted
from tests.support.room_page import RoomPage
from tests.support.server import Hosted, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

REASON = why_not_permitted()
pytestmark = [
    pytest.mark.lan,
    pytest.mark.skipif(REASON is not None, reason=REASON or "network namespaces are permitted"),
]

PEER = Path(__file__).with_name("peer.py")
PATIENCE_S = 30


@pytest.fixture
def hosts() -> Iterator[tuple[Host, Host]]:
    with cable() as pair:
        yield pair


@pytest.fixture
def server(hosts: tuple[Host, Host], tmp_path: Path) -> Iterator[ServerProcess]:
    """A server in A, listening on every address."""
    process = ServerProcess(tmp_path / "data", host="0.0.0.0", wrapper=hosts[0].wrapper).start()
    yield process
    assert process.stop() == 0


class Peer:
    """A running `peer.py` whose output lines can be waited for."""

    def __init__(self, host: Host, *words: str) -> None:
        self._process = subprocess.Popen(
            [*host.wrapper, sys.executable, str(PEER), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name=f"peer {words[0]}")
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())

    def next_line(self) -> str:
        """The next line that it prints."""
        return self._lines.get(timeout=PATIENCE_S)

    def close(self) -> None:
        """Close its stdin and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(PATIENCE_S) == 0
        self._reader.join(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def peer(host: Host, *words: str) -> Iterator[Peer]:
    running = Peer(host, *words)
    try:
        yield running
    finally:
        running.close()


def request(host: Host, *words: str) -> Any:
    done = subprocess.run(
        [*host.wrapper, sys.executable, str(PEER), "request", *words],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return json.loads(done.stdout)


def host_session(server: ServerProcess, host: Host, title: str) -> Hosted:
    origin = f"http://{host.address}:{server.port}"
    body = {
        "creator": {"id": "host", "name": "Ines", "color": "0"},
        "title": title,
        "language": "python",
        "code": "print(6 * 7)",
    }
    answer = request(host, "POST", f"{origin}/api/v1/sessions", server.host_key, json.dumps(body))
    return Hosted(origin, answer["data"]["id"], answer["token"], answer["invites"])


def show(server: ServerProcess, host: Host, *shown: Hosted) -> None:
    """Have the server's front page show these sessions."""
    body = json.dumps({"sessions": [each.id for each in shown]})
    url = f"http://{host.address}:{server.port}/api/v1/listed"
    request(host, "PUT", url, server.host_key, body)


def test_b_sees_what_a_advertises_joins_it_and_sees_it_go(
    hosts: tuple[Host, Host], server: ServerProcess
) -> None:
    a, b = hosts
    hosted = host_session(server, a, "Grüße & <Backend>")
    show(server, a, hosted)
    with peer(b, "browse") as browser:
        assert json.loads(browser.next_line()) == []
        words = (hosted.id, "Grüße & <Backend>", "Ines' laptop", str(server.port))
        with peer(a, "advertise", *words) as advertiser:
            assert advertiser.next_line() == "advertised"
            [entry] = json.loads(browser.next_line())
            assert entry == [hosted.id, "Grüße & <Backend>", "Ines' laptop", a.address]

            body = {
                "user": {"id": "cem", "name": "Cem", "color": "1"},
                "invite": hosted.invites["candidate"],
            }
            answer = request(
                b, "POST", f"{hosted.origin}/api/v1/sessions/{entry[0]}/join", "", json.dumps(body)
            )
            assert answer["status"] == "admitted"
            assert answer["data"]["code"] == "print(6 * 7)"
        assert advertiser.next_line() == "own sessions nearby: 0"
        assert json.loads(browser.next_line()) == []


async def test_a_browser_in_b_joins_by_the_link_types_and_runs(
    hosts: tuple[Host, Host], server: ServerProcess, tmp_path: Path
) -> None:
    a, b = hosts
    hosted = host_session(server, a, "Across the cable")
    wrapper = tmp_path / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(b.wrapper)} chromium "$@"\n')
    wrapper.chmod(0o755)
    async with chromium(str(wrapper)) as browser:
        cem = RoomPage(await new_person(browser))
        await cem.enter(hosted.join_url("candidate"), "Cem")
        await expect(cem.connection).to_have_accessible_name("Your connection: LAN, Good")
        await cem.connection.click()
        await expect(cem.page.get_by_role("dialog")).to_contain_text(b.address)
        await cem.page.keyboard.press("Escape")
        await cem.focus_editor()
        await cem.type(" # typed in B")
        await cem.run()
        await expect(cem.output).to_contain_text("42")
        await expect(cem.status("saved")).to_have_text("Saved")
        assert cem.complaints() == []
        assert cem.person.foreign_requests(hosted.origin) == []
    answer = request(a, "GET", f"{hosted.origin}/api/v1/sessions/{hosted.id}", server.host_key)
    assert answer["data"]["code"] == "print(6 * 7) # typed in B"
