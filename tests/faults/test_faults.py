"""Faults in their short form: each is done once or twice, and not one keystroke may be lost."""

from __future__ import annotations

import asyncio
import os
import threading
import uuid
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from tests.faults import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from pathlib import Path

    from tests.faults.report import Row

SHORT: dict[str, Callable[[Path], Coroutine[None, None, Row]]] = {
    "two servers": lambda at: rows.two_servers(at, 1),
    "reconnect storm": lambda at: rows.reconnect_storm(at, 2, 10),
    "commit interrupted": lambda at: rows.commit_interrupted(at, 4),
    "external postgres stopped": lambda at: rows.external_postgres_stopped(at, 1, 1),
    "server killed": lambda at: rows.server_killed(at, 2),
    "clock jumped": lambda at: rows.clock_jumped(at, (3600, -7200)),
    "embedded postgres killed": lambda at: rows.embedded_postgres_killed(at, 1),
    "server suspended": lambda at: rows.server_suspended(at, 1, 2),
    "disk full": lambda at: rows.disk_full(at, 1, 1),
}
"""Those that take longest first."""
NEED_ROOT = {"disk full"}
AT_ONCE = 3
"""Most of each is waiting for programs to start and for people to come back."""
LIMIT_S = 110


@pytest.fixture(scope="module")
def under_way(scratch: Path) -> Iterator[dict[str, Future[Row]]]:
    """All faults, a few at a time, on a loop of their own; each with what will become of it."""
    names = [name for name in SHORT if os.geteuid() == 0 or name not in NEED_ROOT]
    found: dict[str, Future[Row]] = {name: Future() for name in names}

    async def run(name: str, turn: asyncio.Semaphore) -> None:
        async with turn:
            data_dir = scratch / uuid.uuid4().hex[:8]
            await asyncio.to_thread(data_dir.mkdir, 0o700)
            try:
                found[name].set_result(await SHORT[name](data_dir))
            except BaseException as error:
                found[name].set_exception(error)

    async def run_all() -> None:
        turn = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(run(name, turn), name=name)

    thread = threading.Thread(target=asyncio.run, args=(run_all(),), name="faults")
    thread.start()
    yield found
    thread.join(LIMIT_S)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                name in NEED_ROOT and os.geteuid() != 0, reason="mounting a disk needs root"
            ),
        )
        for name in SHORT
    ],
)
def test_not_one_keystroke_is_lost(fault: str, under_way: dict[str, Future[Row]]) -> None:
    row = under_way[fault].result(LIMIT_S)
    assert row.lost == 0, row
    assert row.typed > 0
