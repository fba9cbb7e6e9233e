"""The real desktop app in a display of its own, with a keyboard and a clipboard."""

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
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class Display:
    """An X display without a window manager; the keyboard goes to the newest window."""

    name: str

    def environment(self) -> dict[str, str]:
        """What a program needs in order to open its windows here."""
        return {**os.environ, "DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def _tool(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        return done.stdout.strip()

    def windows(self, name: str) -> list[str]:
        """The visible windows whose title matches, as X ids."""
        return self._tool("xdotool", "search", "--onlyvisible", "--name", name).split()

    def focus(self, window: str) -> None:
        """Give a window the keyboard."""
        self._tool("xdotool", "windowfocus", "--sync", window)

    def press(self, *keys: str) -> None:
        """Press keys such as `ctrl+n`, one after the other."""
        self._tool("xdotool", "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type text into whatever has the keyboard."""
        self._tool("xdotool", "type", "--delay", "5", text)

    def clipboard(self) -> str:
        """What was copied last."""
        return self._tool("timeout", "5", "xclip", "-selection", "clipboard", "-out")


@contextmanager
def display(width: int = 1440, height: int = 900) -> Iterator[Display]:
    """An Xvfb of its own on a free display number."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as numbers:
        process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writer),
                "-screen",
                "0",
                f"{width}x{height}x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=(writer,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        try:
            number = numbers.readline().strip()
            assert number, "Xvfb did not start"
            yield Display(f":{number}")
        finally:
            process.terminate()
            process.wait(LIMIT_S)


@dataclass
class Program:
    """The app as a process of its own, with folders of its own."""

    folder: Path
    port: int
    debugging_port: int
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

    def is_debuggable(self) -> bool:
        """Whether the web view answers on its debugging port."""
        try:
            url = f"http://127.0.0.1:{self.debugging_port}/json/version"
            return httpx.get(url, trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False

    def _is_healthy(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            url = f"http://127.0.0.1:{self.port}/api/v1/health"
            return httpx.get(url, trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def program(
    on: Display, port: int, debugging_port: int, *, name: str = "Ines", theme: str = "light"
) -> Iterator[Program]:
    """The app on a display, with fresh folders, until the block ends."""
    # Sockets of PostgreSQL need a short path.
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    SettingsStore(folder / "config" / "settings.json").update(
        port=port, allow_network=False, name=name, theme=theme
    )
    env = {
        **on.environment(),
        "CODEINTERVIEW_DATA_DIR": str(folder / "data"),
        "CODEINTERVIEW_CONFIG_DIR": str(folder / "config"),
        "CODEINTERVIEW_LOG_DIR": str(folder / "logs"),
        "CODEINTERVIEW_DISCOVERY_INTERFACES": "127.0.0.1",
        "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{debugging_port}",
    }
    if os.geteuid() == 0:
        # Containers run tests as root, where the web view's sandbox cannot work.
        env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    process = subprocess.Popen(
        [sys.executable, "-m", "codeinterview_desktop"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(folder, port, debugging_port, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=LIMIT_S)
        shutil.rmtree(folder, ignore_errors=True)
