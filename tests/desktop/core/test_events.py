"""Signals: who hears what, and that one failing listener harms nobody."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from codeinterview_desktop.core.events import Signal
from codeinterview_desktop.core.reports import Notice, Problem, Reports
from codeinterview_desktop.core.tasks import BackgroundTasks

if TYPE_CHECKING:
    import pytest


def test_listeners_hear_in_order_until_they_disconnect() -> None:
    signal: Signal[int, str] = Signal()
    heard: list[object] = []
    first = signal.connect(lambda number, text: heard.append(("first", number, text)))
    signal.connect(lambda number, text: heard.append(("second", number, text)))
    signal.emit(1, "a")
    first()
    first()
    signal.emit(2, "b")
    assert heard == [("first", 1, "a"), ("second", 1, "a"), ("second", 2, "b")]


def test_a_failing_listener_is_logged_and_the_next_one_hears(
    caplog: pytest.LogCaptureFixture,
) -> None:
    signal: Signal[int] = Signal()
    heard: list[int] = []

    def fail(number: int) -> None:
        raise RuntimeError("no")

    signal.connect(fail)
    signal.connect(heard.append)
    with caplog.at_level(logging.ERROR):
        signal.emit(7)
    assert heard == [7]
    assert "A listener failed" in caplog.text


def test_a_listener_may_disconnect_while_it_hears() -> None:
    signal: Signal[[]] = Signal()
    heard: list[str] = []

    def once() -> None:
        heard.append("once")
        disconnect()

    disconnect = signal.connect(once)
    signal.connect(lambda: heard.append("always"))
    signal.emit()
    signal.emit()
    assert heard == ["once", "always", "always"]


def test_reports_keep_what_nobody_heard_yet() -> None:
    reports = Reports()
    reports.notice("early")
    reports.problem("Title", "early too")
    problems: list[Problem] = []
    notices: list[Notice] = []
    reports.listen(problems.append, notices.append)
    reports.notice("late")
    assert [each.sentence for each in notices] == ["early", "late"]
    assert problems == [Problem("Title", "early too")]


async def test_failing_tasks_are_told_and_stopping_cancels_the_rest() -> None:
    import asyncio

    failures: list[tuple[str, str]] = []
    tasks = BackgroundTasks(lambda name, error: failures.append((name, str(error))))

    async def fail() -> None:
        raise ValueError("broken")

    await asyncio.wait([tasks.start(fail(), "fails")])
    endless = tasks.start(asyncio.Event().wait(), "waits")
    await tasks.stop()
    assert endless.cancelled()
    assert failures == [("fails", "broken")]
