"""A quick tunnel's life with real processes: the keeper, and a stand-in for cloudflared.

The real cloudflared cannot be installed where these tests were written; what it prints is as its
source and published logs have it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.desktop.core.tunnels.support import Watched
from tests.desktop.support import LIMIT_S, seen

from codeinterview_desktop.core.room_watch import Backoff
from codeinterview_desktop.core.tasks import BackgroundTasks
from codeinterview_desktop.core.tunnels.quick_tunnel import QuickPace, QuickTunnel
from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.process.qprocess import QtChildProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from codeinterview_desktop.core.child import ChildProcess, Command

FAKE = Path(__file__).with_name("fake_cloudflared.py")
QUICK = QuickPace(backoff=Backoff(first_s=0.01, most_s=0.05))
OFF, CONNECTING, UP = TunnelState.OFF, TunnelState.CONNECTING, TunnelState.UP
RECONNECTING, FAILED = TunnelState.RECONNECTING, TunnelState.FAILED


def install(folder: Path, plan: str) -> Path:
    """The stand-in as a program with a plan."""
    (folder / "plan").write_text(plan)
    program = folder / "cloudflared"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} {folder} "$@"\n')
    program.chmod(0o755)
    return program


class Bench(Watched):
    """A quick tunnel on the stand-in, and what that noted."""

    def __init__(self, folder: Path, plan: str, pace: QuickPace = QUICK) -> None:
        self.folder = folder
        self.tasks = BackgroundTasks()
        tunnel = QuickTunnel(
            port=8765,
            spawn=self._spawn,
            tasks=self.tasks,
            program=str(install(folder, plan)),
            pace=pace,
        )
        super().__init__(tunnel)

    @property
    def starts(self) -> list[dict[str, Any]]:
        file = self.folder / "starts"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the newest stand-in."""
        os.kill(self.starts[-1]["pid"], number)

    def _spawn(self, command: Command) -> ChildProcess:
        return QtChildProcess(command, self.folder / "keeper.log")


@contextlib.asynccontextmanager
async def bench(folder: Path, plan: str, pace: QuickPace = QUICK) -> AsyncIterator[Bench]:
    made = Bench(folder, plan, pace)
    made.tunnel.start()
    try:
        yield made
    finally:
        await made.tunnel.stop()
        await made.tasks.stop()
        assert made.tunnel.status.state is OFF
        assert not any(runs(each["pid"]) for each in made.starts)


def runs(pid: int) -> bool:
    """Whether a process does something yet."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_the_link_is_published_while_it_works(on_qt: Callable[..., Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(tmp_path, "up") as each:
            assert await each.until_up() == "https://quiet-lake-0.trycloudflare.com"
            wanted = ["tunnel", "--url", "http://127.0.0.1:8765", "--no-autoupdate"]
            assert each.starts[0]["arguments"] == wanted
            each.send(signal.SIGUSR1)
            lost = await each.until(RECONNECTING)
            assert lost.link == "https://quiet-lake-0.trycloudflare.com"
            each.send(signal.SIGUSR2)
            assert await each.until_up() == "https://quiet-lake-0.trycloudflare.com"
            await each.tunnel.stop()
            assert each.states == [CONNECTING, UP, RECONNECTING, UP, OFF]
            assert len(each.starts) == 1

    on_qt(work())


def test_one_that_ends_is_started_again_with_another_link(
    on_qt: Callable[..., Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with bench(tmp_path, "up fail up") as each:
            await each.until_up()
            each.send(signal.SIGKILL)
            await each.until(RECONNECTING)
            assert await each.until_up() == "https://quiet-lake-2.trycloudflare.com"

    on_qt(work())


def test_one_that_gives_no_link_is_a_failure_in_words(
    on_qt: Callable[..., Any], tmp_path: Path
) -> None:
    async def work() -> None:
        async with bench(tmp_path, "fail up") as each:
            status = await each.until(FAILED)
            assert "failed to request quick Tunnel: no such host." in str(status.reason)
            each.tunnel.start()
            await each.until_up()
            assert each.states == [CONNECTING, FAILED, CONNECTING, UP]

    on_qt(work())


def test_one_that_says_nothing_is_given_up_and_ended(
    on_qt: Callable[..., Any], tmp_path: Path
) -> None:
    async def work() -> None:
        pace = QuickPace(backoff=QUICK.backoff, start_limit_s=1.0)
        async with bench(tmp_path, "silent", pace) as each:
            assert "gave no link" in str((await each.until(FAILED)).reason)

    on_qt(work())


def test_one_that_does_not_end_is_killed(on_qt: Callable[..., Any], tmp_path: Path) -> None:
    async def work() -> None:
        async with bench(tmp_path, "deaf") as each:
            await each.until_up()
            pid = each.starts[0]["pid"]
            await each.tunnel.stop()
            assert not runs(pid)

    on_qt(work())


def test_without_cloudflared_it_says_what_to_install(
    on_qt: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    async def work() -> None:
        tasks = BackgroundTasks()
        tunnel = QuickTunnel(port=8765, spawn=QtChildProcess, tasks=tasks)
        watched = Watched(tunnel)
        assert "trycloudflare.com" in tunnel.exposes
        tunnel.start()
        assert "not installed" in str((await watched.until(FAILED)).reason)
        install(tmp_path, "up")
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        tunnel.start()
        await watched.until_up()
        await tunnel.stop()
        await tasks.stop()

    on_qt(work())


@pytest.mark.parametrize("ending", ["input", "kill"])
def test_it_is_not_left_behind_when_the_app_or_its_keeper_is_killed(
    on_qt: Callable[..., Any], tmp_path: Path, ending: str
) -> None:
    # The app's end of the pipe closes however the app ends; the keeper itself may be killed too.
    program = install(tmp_path, "up")
    keeper = subprocess.Popen(
        [sys.executable, "-m", "codeinterview_desktop.cli", "keep", str(program), "tunnel"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    with keeper.stdout:
        assert any("Registered" in line for line in iter(keeper.stdout.readline, ""))
        pid = json.loads((tmp_path / "starts").read_text())["pid"]
        assert runs(pid)
        if ending == "kill":
            keeper.kill()
        keeper.stdin.close()
        keeper.wait(LIMIT_S)
    on_qt(seen(lambda: not runs(pid), "the stand-in's end"))


def test_the_keeper_tells_what_cannot_be_started(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codeinterview_desktop.cli", "keep", str(tmp_path / "none")],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert (done.returncode, done.stdout) == (127, "cannot be started: No such file or directory\n")
