"""What nobody caught: logged, and told as a sentence."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer

from codeinterview_desktop.core.reports import Problem, Reports
from codeinterview_desktop.process.failures import FailureCatcher
from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def problems() -> list[Problem]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catcher(problems: list[Problem], clock: Clock) -> Iterator[FailureCatcher]:
    reports = Reports()
    reports.listen(problems.append, lambda _: None)
    catcher = FailureCatcher(reports, Path("app.log"), clock)
    catcher.install()
    yield catcher
    catcher.remove()


def raise_it() -> None:
    raise RuntimeError("nobody catches this")


def test_a_failing_slot_becomes_a_sentence(
    qtbot: QtBot,
    catcher: FailureCatcher,
    problems: list[Problem],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(raise_it)
    with qtbot.waitSignal(timer.timeout, timeout=5000):
        timer.start(0)
    qtbot.waitUntil(lambda: bool(problems), timeout=5000)
    assert problems[0].log_path == Path("app.log")
    assert "Traceback" not in problems[0].sentence
    assert problems[0].details.startswith(f"CodeInterview {__version__}")
    assert "RuntimeError: nobody catches this" in problems[0].details
    assert str(Path.home()) not in problems[0].details
    assert "nobody catches this" in caplog.text
    assert "Traceback" not in capsys.readouterr().err


def test_a_repeating_failure_is_told_once_in_a_while(
    catcher: FailureCatcher, problems: list[Problem], clock: Clock
) -> None:
    for now_s in (0.0, 1.0, 29.0, 31.0):
        clock.now_s = now_s
        sys.excepthook(RuntimeError, RuntimeError("again"), None)
    assert len(problems) == 2


def test_another_threads_failure_is_logged_and_touches_no_window(
    catcher: FailureCatcher, problems: list[Problem], caplog: pytest.LogCaptureFixture
) -> None:
    thread = threading.Thread(target=raise_it)
    with caplog.at_level(logging.ERROR):
        thread.start()
        thread.join(10)
    assert "A thread failed" in caplog.text
    assert problems == []


def test_the_hooks_are_given_back() -> None:
    before = (sys.excepthook, threading.excepthook)
    catcher = FailureCatcher(Reports(), Path("app.log"))
    catcher.install()
    assert sys.excepthook is not before[0]
    catcher.remove()
    assert (sys.excepthook, threading.excepthook) == before
