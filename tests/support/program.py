"""The real desktop app as a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil

from codeinterview_desktop.core.settings import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S = 60.0


def wait_until(condition: Callable[[], bool], what: str, limit_s: float = LIMIT_S) -> None:
    """Ask again and again, because other programs announce nothing here."""
    deadline_s = time.monotonic() + limit_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline_s, f"Not so within {limit_s} s: {what}"
        pause.wait(0.05)


@dataclass
class Program:
    """The app as a process of its own, with folders of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    @property
    def log(self) -> str:
        """The app's own log."""
        path = self.folder / "logs" / "app.log"
        return path.read_text() if path.exists() else ""

    def until_served(self) -> None:
        """Return once the window is open and the server answers."""
        wait_until(self._is_healthy, f"server; {self.log[-2000:]}")
        wait_until(lambda: "Window after" in self.log, f"window; {self.log[-2000:]}")

    def children(self) -> list[psutil.Process]:
        """Everything that the app started, and what those did."""
        started: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return started

    def server(self) -> psutil.Process:
        """The server child."""
        return next(each for each in self.children() if "serve" in each.cmdline())

    def _is_healthy(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            url = f"http://127.0.0.1:{self.port}/api/v1/health"
            return httpx.get(url, trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False


def offscreen() -> dict[str, str]:
    """The environment of a program whose windows nobody sees."""
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def environment(folder: Path, base: dict[str, str]) -> dict[str, str]:
    """The environment that keeps the app within `folder` and on loopback."""
    own = {
        "CODEINTERVIEW_DATA_DIR": str(folder / "data"),
        "CODEINTERVIEW_CONFIG_DIR": str(folder / "config"),
        "CODEINTERVIEW_LOG_DIR": str(folder / "logs"),
        "CODEINTERVIEW_DISCOVERY_INTERFACES": "127.0.0.1",
    }
    if os.geteuid() == 0:
        # Containers run tests as root, where the web view's sandbox cannot work.
        own["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return {**base, **own}


@contextmanager
def app_folder(port: int, **settings: Any) -> Iterator[Path]:
    """A folder for an app that serves on `port`; PostgreSQL's sockets need its path short."""
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    SettingsStore(folder / "config" / "settings.json").update(
        port=port, allow_network=False, **settings
    )
    yield folder
    shutil.rmtree(folder)


@contextmanager
def running(folder: Path, port: int, env: dict[str, str]) -> Iterator[Program]:
    """The app, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "codeinterview_desktop"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(folder, port, process)
    finally:
        started = []
        if process.poll() is None:
            # The server and PostgreSQL end a moment after the app; until then they use the folder.
            started = psutil.Process(process.pid).children(recursive=True)
            process.kill()
        process.communicate(timeout=LIMIT_S)
        psutil.wait_procs(started, LIMIT_S)
