"""The real program: opens, quits on a signal, is killed, and leaves no process behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.support.program import (
    LIMIT_S,
    Program,
    app_folder,
    environment,
    offscreen,
    running,
    wait_until,
)

from codeinterview_desktop.app import (
    ALREADY_OPEN,
    ROOT_REFUSAL,
    discovery_interfaces,
    root_refusal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


@pytest.fixture
def folder(port: int) -> Iterator[Path]:
    with app_folder(port) as path:
        yield path


def running_offscreen(folder: Path, port: int) -> AbstractContextManager[Program]:
    return running(folder, port, environment(folder, offscreen()))


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
    with running_offscreen(folder, port) as program:
        program.until_served()
        started = program.children()
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
    with running_offscreen(folder, port) as program:
        program.until_served()
        started = program.children()
        assert "postgres" in names(started)
        program.process.kill()
        program.process.wait(LIMIT_S)
        gone(started)
    # What it left behind is no obstacle to the next start.
    with running_offscreen(folder, port) as program:
        program.until_served()
        started = program.children()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        assert program.process.returncode == 0
        gone(started)


def test_killing_app_and_server_at_once_leaves_nothing_that_disturbs(
    folder: Path, port: int
) -> None:
    with running_offscreen(folder, port) as program:
        program.until_served()
        started = program.children()
        server = next(each for each in started if "serve" in each.cmdline())
        server.kill()
        program.process.kill()
        program.process.wait(LIMIT_S)
    with running_offscreen(folder, port) as program:
        program.until_served()
        started += program.children()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        assert program.process.returncode == 0
        gone(started)


def test_a_killed_server_is_started_again_on_its_port(folder: Path, port: int) -> None:
    with running_offscreen(folder, port) as program:
        program.until_served()
        started = program.children()
        server = next(each for each in started if "serve" in each.cmdline())
        server.kill()
        gone([server])
        program.until_served()
        started += program.children()
        program.process.terminate()
        program.process.wait(LIMIT_S)
        gone(started)


def test_a_second_start_brings_the_first_to_the_front(folder: Path, port: int) -> None:
    with running_offscreen(folder, port) as program:
        program.until_served()
        with running_offscreen(folder, port) as second:
            out, err = second.process.communicate(timeout=LIMIT_S)
            assert (second.process.returncode, out, err) == (0, f"{ALREADY_OPEN}\n", "")
        assert program.process.poll() is None
        program.process.terminate()
        assert program.process.wait(LIMIT_S) == 0


def test_the_window_does_not_wait_for_the_server(folder: Path, port: int) -> None:
    with running_offscreen(folder, port) as program:
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
    env = environment(folder, offscreen())
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
