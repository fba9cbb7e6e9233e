"""One app per data directory."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from codeinterview_desktop.process.single_instance import SingleInstance

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from codeinterview_desktop.process.single_instance import SingleInstance
app = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
print(instance.acquire(*sys.argv[2:]), flush=True)
"""
HELD = SECOND + "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"


def test_a_second_start_brings_the_first_to_the_front(qtbot: QtBot, tmp_path: Path) -> None:
    first = SingleInstance(tmp_path)
    heard: list[bool] = []
    first.present.connect(lambda: heard.append(True))
    assert first.acquire()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", SECOND, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as second:
            qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
            assert second.communicate(timeout=20)[0].strip() == "False"
    finally:
        first.release()
        first.release()


def test_a_second_start_hands_its_link_over(qtbot: QtBot, tmp_path: Path) -> None:
    link = "codeinterview:http://192.168.1.20:8765/i/1a2b3c4d#" + "Ä" * 22
    first = SingleInstance(tmp_path)
    heard: list[str] = []
    first.link.connect(heard.append)
    first.present.connect(lambda: heard.append("present"))
    assert first.acquire()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", SECOND, str(tmp_path), link], stdout=subprocess.PIPE, text=True
        ) as second:
            qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
            assert second.communicate(timeout=20)[0].strip() == "False"
        assert heard == [link]
    finally:
        first.release()


def test_other_data_directories_have_their_own(qtbot: QtBot, tmp_path: Path) -> None:
    first, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert first.acquire()
    assert other.acquire()
    first.release()
    other.release()


def test_what_a_killed_app_left_behind_is_no_obstacle(qtbot: QtBot, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD, str(tmp_path)],
        timeout=60,
        check=False,
    )
    assert done.returncode == -9
    instance = SingleInstance(tmp_path)
    assert instance.acquire()
    instance.release()
    assert instance.acquire()
    instance.release()
