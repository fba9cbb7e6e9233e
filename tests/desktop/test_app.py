"""The real program: opens, quits on a signal, is killed, and leaves no process behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
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
import pytest

from codeinterview_desktop.app import (
    ALREADY_OPEN,
    ROOT_REFUSAL,
    discovery_interfaces,
    root_refusal,
)
from codeinterview_desktop.core.settings import SettingsStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S = 60.0


def wait_until(condition: Callable[[], bool], what: str, limit_s: float = LIMIT_S) -> None:
    """Ask again and again, because other processes announce nothing here."""
    deadline_s = time.monotonic() + limit_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline_s, f"Not so within {limit_s} s: {what}"
        pause.wait(0.05)


@dataclass
class Program:
    """The app as a process of its own, offscreen."""

    folder: Path
    port: int
    process: subprocess.Popen[str]

    @property
    def log(self) -> str:
        path = self.folder / "logs" / "app.log"
        return path.read_text() if path.exists() else ""

    def until_served(self) -> list[psutil.Process]:
        """Wait for server and window; everything that the app started, and what those did."""
        wait_until(self._is_healthy, f"server; {self.log[-2000:]}")
        wait_until(lambda: "Window after" in self.log, f"window; {self.log[-2000:]}")
        started: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return started

    def _is_healthy(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        try:
            url = f"http://127.0.0.1:{self.port}/api/v1/health"
            return httpx.get(url, trust_env=False, timeout=5).is_success
        except httpx.HTTPError:
            return False


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "CODEINTERVIEW_DATA_DIR": str(folder / "data"),
        "CODEINTERVIEW_CONFIG_DIR": str(folder / "config"),
        "CODEINTERVIEW_LOG_DIR": str(folder / "logs"),
    }


@contextmanager
def running(folder: Path, port: int) -> Iterator[Program]:
    process = subprocess.Popen(
        [sys.executable, "-m", "codeinterview_desktop"],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(folder, port, process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=LIMIT_S)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="ci-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def port(folder: Path, unused_tcp_port: int) -> int:
    SettingsStore(folder / "config" / "settings.json").update(
        port=unused_tcp_port, allow_network=False
    )
    return unused_tcp_port


def names(processes: list[psutil.Process]) -> str:
    return " ".join(" ".join(each.cmdline()) for each in processes)


def gone(processes: list[psutil.Process]) -> None:
    """Within a limit none of these is left."""
    _, alive = psutil.wait_procs(processes, timeout=LIMIT_S)
    assert alive == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_quitting_leaves_no_process_and_says_nothing(
    folder: Path, port: int, number: signal.Signals
) -> None:
    with running(folder, port) as program:
        started = program.until_served()
        assert "serve" in names(started)
        assert "postgres" in names(started)
        assert "CODEINTERVIEW_RUN_KEY" not in names(started)
        program.process.send_signal(number)
        out, err = program.process.communicate(timeout=LIMIT_S)
        assert program.process.returncode == 0
        assert "Traceback" not in out + err
        gone(started)
        assert "ERROR" not in program.log


def test_killing_the_app_leaves_no_process(folder: Path, port: int) -> None:
    with running(folder, port) as program:
        started = program.until_served()
        assert "postgres" in names(started)
        program.process.kill()
        program.process.wait(LIMIT_S)
        gone(started)
    # What it left behind is no obstacle to the next start.
    with running(folder, port) as program:
        started = program.until_served()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        assert program.process.returncode == 0
        gone(started)


def test_killing_app_and_server_at_once_leaves_nothing_that_disturbs(
    folder: Path, port: int
) -> None:
    with running(folder, port) as program:
        started = program.until_served()
        server = next(each for each in started if "serve" in each.cmdline())
        server.kill()
        program.process.kill()
        program.process.wait(LIMIT_S)
    with running(folder, port) as program:
        started += program.until_served()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        assert program.process.returncode == 0
        gone(started)


def test_a_killed_server_is_started_again_on_its_port(folder: Path, port: int) -> None:
    with running(folder, port) as program:
        started = program.until_served()
        server = next(each for each in started if "serve" in each.cmdline())
        server.kill()
        gone([server])
        started += program.until_served()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        gone(started)


def test_a_second_start_brings_the_first_to_the_front(folder: Path, port: int) -> None:
    with running(folder, port) as program:
        program.until_served()
        with running(folder, port) as second:
            out, err = second.process.communicate(timeout=LIMIT_S)
            assert (second.process.returncode, out, err) == (0, f"{ALREADY_OPEN}\n", "")
        assert program.process.poll() is None
        program.process.terminate()
        assert program.process.wait(LIMIT_S) == 0


def test_the_window_does_not_wait_for_the_server(folder: Path, port: int) -> None:
    with running(folder, port) as program:
        wait_until(lambda: "Window after" in program.log, "window")
        window_s = re.search(r"Window after ([\d.]+) s", program.log)
        assert window_s is not None
        before = program.log.partition("Window after")[0]
        assert "Server: starting" in before
        program.process.terminate()
        assert program.process.wait(LIMIT_S) == 0


def test_root_is_told_why_the_app_does_not_open() -> None:
    if os.geteuid() == 0:
        assert root_refusal({}) == ROOT_REFUSAL
        assert root_refusal({"QTWEBENGINE_DISABLE_SANDBOX": "1"}) is None
    else:
        assert root_refusal({}) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_the_refusal_is_one_sentence_and_no_crash(folder: Path) -> None:
    env = environment(folder)
    del env["QTWEBENGINE_DISABLE_SANDBOX"]
    done = subprocess.run(
        [sys.executable, "-m", "codeinterview_desktop"],
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{ROOT_REFUSAL}\n")


@pytest.mark.parametrize(
    ("value", "interfaces"),
    [("", None), (" , ", None), ("127.0.0.1", ("127.0.0.1",)), ("a, b", ("a", "b"))],
)
def test_the_interfaces_to_discover_on(value: str, interfaces: tuple[str, ...] | None) -> None:
    environ = {"CODEINTERVIEW_DISCOVERY_INTERFACES": value}
    assert discovery_interfaces(environ) == interfaces
