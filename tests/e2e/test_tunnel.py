"""A candidate's browser comes in by the public link that the app's window made, and stays in.

The link has a name that the server knows only because the app told it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from tests.desktop.conftest import no_garbage, on_qt, qapp_cls  # noqa: F401 - fixtures
from tests.desktop.support import seen, until
from tests.desktop.ui.conftest import House, host, house, press  # noqa: F401 - a fixture
from tests.support.browser import INSECURE_HOST, chromium, new_person
from tests.support.room_page import RoomPage
from tests.support.ssh_server import SshServer, free_port

from codeinterview_desktop.core.tunnels.choice import RouteKind, TunnelChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from codeinterview_desktop.app import DesktopApp
    from codeinterview_desktop.ui.session.page import HostedPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# While it tries, and while it waits for the next try.
CUT_OFF = re.compile("^(Reconnecting|Disconnected)")
CUT = r"WebSocket connection|net::ERR_|Failed to load resource"


@pytest.fixture
def sshd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    server = SshServer(tmp_path / "sshd").start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of a name in the internet ends at a proxy that is not there."""
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{free_port()}")


async def shows(page: HostedPage, word: str) -> None:
    state = page.panel.internet.state
    await seen(lambda: state.status is not None and state.status.word == word, word)


async def open_tunnel(app: DesktopApp, page: HostedPage, origin: str) -> str:
    """Start the tunnel that the settings remember, invite with it; the copied link."""
    section, desk = page.panel.internet, app.window.internet
    press(section.setup)
    await seen(lambda: desk.setup is not None, "form")
    assert desk.setup is not None
    assert origin in desk.setup.exposes.text()
    press(desk.setup.start)
    await seen(lambda: desk.host_key is not None, "question about the host")
    assert desk.host_key is not None
    press(desk.host_key.trust)
    await shows(page, "On")
    section.invite.click()
    return page.panel.link.link.text()


def test_a_candidate_joins_by_the_public_link_and_keeps_the_room_through_a_reconnect(
    on_qt: Callable[..., Any],  # noqa: F811
    house: House,  # noqa: F811
    sshd: SshServer,
) -> None:
    async def story() -> None:
        port = free_port()
        origin = f"http://{INSECURE_HOST}:{port}"
        choice = TunnelChoice(
            host=f"127.0.0.1:{sshd.port}",
            user=sshd.user,
            key_file=str(sshd.key),
            route=RouteKind.PROXY,
            proxy_port=port,
            link=origin,
        )
        async with house.served(tunnel=choice) as app, chromium() as browser:
            page = await host(app.window)
            link = await open_tunnel(app, page, origin)
            assert link.startswith(f"{origin}/i/")
            cem = RoomPage(await new_person(browser))
            cem.expect_complaint(CUT)
            await cem.enter(link, "Cem")
            await cem.replace_all("one")
            await expect(cem.status("saved")).to_have_text("Saved")

            sshd.kill()
            await shows(page, "Reconnecting…")
            await expect(cem.status("connection")).to_have_text(CUT_OFF)
            await cem.focus_editor()
            await cem.page.keyboard.press("Control+End")
            await cem.type(" two")
            sshd.start()
            await shows(page, "On")
            assert page.panel.link.link.text() == link
            await expect(cem.status("connection")).to_have_text("Connected")
            await expect(cem.status("saved")).to_have_text("Saved")
            people = page.panel.people.list
            await seen(
                lambda: [row.title.text() for row in people.rows] == ["Ada (you)", "Cem"], "people"
            )

            # The server's end and new start, which forgets the link, cuts nobody off either.
            other = free_port()
            app.settings.update(port=other)
            supervisor = app.supervisor
            await until(supervisor.changed, lambda: supervisor.status.port == other, "moves")
            await app.supervisor.wait_ready()
            await cem.type(" three")
            await expect(cem.status("saved")).to_have_text("Saved")
            await expect(cem.status("connection")).to_have_text("Connected")
            await cem.wait_for_text("one two three")

            press(page.panel.internet.stop)
            await shows(page, "Off")
            await expect(cem.status("connection")).to_have_text(CUT_OFF)
            assert cem.complaints() == []
            assert cem.person.foreign_requests(origin) == []

    on_qt(story(), timeout_s=200)
