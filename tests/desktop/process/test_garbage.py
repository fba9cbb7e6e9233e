"""Garbage with Qt objects in it, and the thread that collects it."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.process.garbage import GarbageCollector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


class Cycle:
    """Unreachable once nobody holds it, but kept by itself; notes who collects it."""

    def __init__(self, ends: list[threading.Thread]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: ends.append(threading.current_thread()))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector(interval_ms=10)
    made.start()
    yield made
    made.stop()


def allocate_elsewhere() -> None:
    """Make enough garbage on another thread for Python to collect it."""

    def work() -> None:
        for _ in range(2000):
            cycle: list[object] = []
            cycle.append(cycle)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("collector")
def test_another_thread_collects_nothing(qtbot: QtBot) -> None:
    ends: list[threading.Thread] = []
    Cycle(ends)
    allocate_elsewhere()
    assert ends == []
    qtbot.waitUntil(lambda: ends != [])
    assert ends == [threading.main_thread()]


def test_python_collects_by_itself_before_and_after(collector: GarbageCollector) -> None:
    collector.stop()
    ends: list[threading.Thread] = []
    Cycle(ends)
    allocate_elsewhere()
    assert len(ends) == 1
    assert ends != [threading.main_thread()]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
