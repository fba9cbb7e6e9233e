"""One whole interview: the real app hosts, a real browser joins by its link."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.async_api import expect
from tests.support.app_window import host, web_view
from tests.support.browser import chromium, new_person
from tests.support.display import Display, display
from tests.support.program import LIMIT_S, Program, app_folder, environment, running
from tests.support.room_page import RoomPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def screen() -> Iterator[Display]:
    with display() as made:
        yield made


@pytest.fixture
def debugging_port(unused_tcp_port_factory: Callable[[], int]) -> int:
    return unused_tcp_port_factory()


@pytest.fixture
def app(
    screen: Display, debugging_port: int, unused_tcp_port_factory: Callable[[], int]
) -> Iterator[Program]:
    port = unused_tcp_port_factory()
    with app_folder(port, name="Ines") as folder:
        env = {
            **environment(folder, screen.environment()),
            "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{debugging_port}",
        }
        with running(folder, port, env) as program:
            program.until_served()
            yield program


async def test_an_interview(screen: Display, app: Program, debugging_port: int) -> None:
    link = await asyncio.to_thread(host, screen)
    assert link.startswith(f"http://127.0.0.1:{app.port}/i/")
    async with web_view(debugging_port) as ines, chromium() as browser:
        await ines.in_room()
        assert app.port == int(ines.page.url.split(":")[2].partition("/")[0])
        cem = RoomPage(await new_person(browser))
        await cem.enter(link, "Cem Candidate")

        # Both type.
        await ines.replace_all("six = 2 ")
        await cem.wait_for_text("six = 2 ")
        await cem.focus_editor()
        await cem.type("* 3")
        await ines.wait_for_text("six = 2 * 3")
        await cem.replace_all("print('six', 2 * 3)")
        await ines.wait_for_text("print('six', 2 * 3)")

        # Python runs, both see the output.
        await cem.run()
        for person in (cem, ines):
            await expect(person.output).to_contain_text("six 6")

        # The server dies: the app starts it again on its port, and the room goes on.
        cem.expect_complaint(r"net::ERR_|WebSocket connection to|Failed to load resource")
        server = app.server()
        await asyncio.to_thread(kill, server)
        await cem.focus_editor()
        await cem.type("  # typed meanwhile")
        await asyncio.to_thread(app.until_served)
        assert app.server().pid != server.pid
        await cem.in_room()
        await ines.in_room()
        await ines.wait_for_text("print('six', 2 * 3)  # typed meanwhile")
        assert cem.complaints() == []

    # Quitting leaves nothing behind.
    started = app.children()
    app.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(app.process.wait, LIMIT_S) == 0
    _, alive = await asyncio.to_thread(psutil.wait_procs, started, LIMIT_S)
    assert alive == []


def kill(process: psutil.Process) -> None:
    process.kill()
    process.wait(LIMIT_S)
