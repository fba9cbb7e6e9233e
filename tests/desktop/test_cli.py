"""The console entry: what needs Qt, what does not, and clear sentences."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop import cli
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from pathlib import Path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "codeinterview_desktop", *arguments],
        env={**env, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([option]) == 0
    assert capsys.readouterr().out == f"CodeInterview {__version__}\n"


def test_without_a_display_one_sentence_says_what_to_do() -> None:
    done = run()
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"{cli.NO_DISPLAY}\n"


def test_server_commands_do_without_qt() -> None:
    script = (
        "import sys\n"
        "from codeinterview_desktop import cli\n"
        "try:\n"
        "    cli.main(['serve', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'PySide6', 'qasync', 'zeroconf', 'httpx'}, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--watch-stdin" in done.stdout


def test_an_unknown_command_is_the_servers_to_explain() -> None:
    done = run("dance")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["PySide6", "qasync", "zeroconf", "httpx", "segno"])
def test_a_missing_extra_is_said_in_one_sentence(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == missing else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert cli.main([]) == 1
    assert capsys.readouterr().err == f"{cli.NO_EXTRA}\n"


@pytest.mark.parametrize(
    ("environ", "platform", "problem"),
    [
        ({}, "linux", cli.NO_DISPLAY),
        ({"DISPLAY": ""}, "linux", cli.NO_DISPLAY),
        ({"QT_QPA_PLATFORM": "xcb"}, "linux", cli.NO_DISPLAY),
        ({"DISPLAY": ":64999"}, "linux", cli.NO_DISPLAY),
        ({"DISPLAY": "unix:64999.0"}, "linux", cli.NO_DISPLAY),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", cli.NO_DISPLAY),
        ({"WAYLAND_DISPLAY": "x", "XDG_RUNTIME_DIR": "/nowhere"}, "linux", cli.NO_DISPLAY),
        ({"DISPLAY": "elsewhere.example:0"}, "linux", None),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", None),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux", None),
        ({}, "darwin", None),
        ({}, "win32", None),
    ],
)
def test_where_a_window_can_be_tried(
    environ: dict[str, str], platform: str, problem: str | None
) -> None:
    assert cli.window_problem(environ, platform) == problem


def test_a_wayland_display_that_answers_is_tried(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as display:
        display.bind(str(tmp_path / "wayland-7"))
        display.listen()
        environ = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert cli.window_problem(environ, "linux") is None


def test_libraries_that_the_system_lacks_are_said_in_one_sentence(tmp_path: Path) -> None:
    """A stand-in for Qt that cannot be loaded, as on a system without libEGL."""
    broken = tmp_path / "PySide6"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('libEGL.so.1: no such file')\n")
    done = run(QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == cli.NO_QT.format(reason="libEGL.so.1: no such file") + "\n"
