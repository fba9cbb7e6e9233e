"""A whole interview with the built app, hosted by a user who has nothing but it."""

from __future__ import annotations

import asyncio
import fcntl
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest
from playwright.async_api import expect
from tests.packaging.built import earlier
from tests.packaging.built.user import ROOT, User, descendants
from tests.support.app_window import host, web_view
from tests.support.browser import chromium, new_person
from tests.support.program import LIMIT_S, wait_until
from tests.support.room_page import RoomPage

from codeinterview_desktop.app import ALREADY_OPEN, NAME
from codeinterview_server.domain.roles import Role
from codeinterview_server.domain.secrets import derive_invite
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.support.display import Display

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PORT = 8765


@pytest.fixture
def debugging_port(unused_tcp_port_factory: Callable[[], int]) -> int:
    return unused_tcp_port_factory()


@pytest.fixture
def desktop(screen: Display, debugging_port: int) -> dict[str, str]:
    """The environment of a user's desktop; their language is one that the app does not bring."""
    return {
        "DISPLAY": screen.name,
        "LANG": "de_DE.UTF-8",
        "CODEINTERVIEW_DISCOVERY_INTERFACES": "127.0.0.1",
        "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{debugging_port}",
    }


@pytest.fixture
def app(user: User, desktop: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with user.running(str(user.program), env=desktop) as process:
        until_served(user, process)
        yield process


def until_served(user: User, process: subprocess.Popen[str]) -> None:
    def is_served() -> bool:
        assert process.poll() is None, (process.communicate(), user.log)
        try:
            url = f"http://127.0.0.1:{PORT}/api/v1/health"
            return httpx.get(url, trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False

    wait_until(is_served, "server of the built app")


def is_locked(user: User) -> bool:
    """Whether somebody still holds the data directory."""
    path = user.data / "lock"
    if not path.exists():
        return False
    with ExitStack() as stack:
        file = stack.enter_context(path.open("a"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_it_tells_its_version_to_a_user_without_any_program(user: User) -> None:
    assert user.run(str(user.program), "--version") == f"CodeInterview {__version__}\n"
    # What is said of this user is true.
    looked = user.popen("/bin/sh", "-c", "command -v python3 node cc gcc ls; ls; id -u")
    out, _err = looked.communicate(timeout=LIMIT_S)
    assert out == ""
    hidden = user.run("/bin/ls", str(ROOT))
    assert hidden == ""


async def test_an_interview(
    user: User,
    app: subprocess.Popen[str],
    desktop: dict[str, str],
    screen: Display,
    debugging_port: int,
) -> None:
    assert user.uid != 0
    link = await asyncio.to_thread(host, screen)
    assert link.startswith(f"http://127.0.0.1:{PORT}/i/")
    async with web_view(debugging_port) as ines, chromium() as browser:
        await ines.in_room()
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

        # Python runs at either side, both see the output.
        await cem.run()
        for person in (cem, ines):
            await expect(person.output).to_contain_text("six 6")
        await ines.replace_all("print('seven', 3 + 4)")
        await ines.run()
        for person in (cem, ines):
            await expect(person.output).to_contain_text("seven 7")
        assert cem.complaints() == []

    # A link from elsewhere goes to the app that runs.
    second = user.popen(str(user.program), f"codeinterview:{link}", env=desktop)
    out, err = await asyncio.to_thread(second.communicate, timeout=LIMIT_S)
    assert second.returncode == 0, err
    assert out.strip() == ALREADY_OPEN
    await asyncio.to_thread(wait_until, lambda: bool(screen.windows(f"^{NAME}$")), "Home in front")

    # Quitting leaves nothing behind.
    assert "postgres" in " ".join(each.name() for each in descendants(app))
    started = descendants(app)
    app.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(app.wait, LIMIT_S) == 0
    _, alive = await asyncio.to_thread(psutil.wait_procs, started, LIMIT_S)
    assert alive == []
    assert user.processes() == []
    assert not is_locked(user)
    assert not (user.data / "postgres" / "postmaster.pid").exists()
    assert " ERROR " not in user.log
    assert "Traceback" not in user.log


async def test_what_an_earlier_version_wrote_opens(
    user: User, desktop: dict[str, str], screen: Display, debugging_port: int
) -> None:
    await asyncio.to_thread(earlier.leave, user)
    invite = derive_invite(earlier.HOST_KEY, earlier.SESSION_ID, Role.CANDIDATE, 0)
    link = f"http://127.0.0.1:{PORT}/i/{earlier.SESSION_ID}#{invite}"
    with user.running(str(user.program), env=desktop) as process:
        await asyncio.to_thread(until_served, user, process)
        # Its interview is listed as it was, and opens.
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(
                f"http://127.0.0.1:{PORT}/api/v1/sessions",
                headers={"Authorization": f"Bearer {earlier.HOST_KEY}"},
            )
        sessions = answer.raise_for_status().json()["data"]
        assert [(each["id"], each["title"]) for each in sessions] == [
            (earlier.SESSION_ID, earlier.TITLE)
        ]
        async with chromium() as browser:
            cem = RoomPage(await new_person(browser))
            await cem.enter(link, "Cem Candidate")
            await cem.wait_for_text(earlier.CODE)
            # What is typed into it is kept as ever.
            await cem.replace_all("print('typed now')")
            await expect(cem.status("saved")).to_have_text("Saved")
            assert cem.complaints() == []
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, LIMIT_S) == 0
    with user.running(str(user.program), env=desktop) as process:
        await asyncio.to_thread(until_served, user, process)
        async with chromium() as browser:
            dana = RoomPage(await new_person(browser))
            await dana.enter(link, "Dana Candidate")
            await dana.wait_for_text("print('typed now')")
    assert "Traceback" not in user.log
