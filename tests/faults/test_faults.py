"""Faults in their short form: each is done once or twice, and not one keystroke may be lost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.faults import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tests.faults.report import Row

SHORT: dict[str, Callable[[Path], Coroutine[None, None, Row]]] = {
    "server killed": lambda at: rows.server_killed(at, 2),
    "embedded postgres killed": lambda at: rows.embedded_postgres_killed(at, 1),
    "external postgres stopped": lambda at: rows.external_postgres_stopped(at, 1, 1),
    "commit interrupted": lambda at: rows.commit_interrupted(at, 4),
    "reconnect storm": lambda at: rows.reconnect_storm(at, 2, 10),
    "server suspended": lambda at: rows.server_suspended(at, 1, 2),
    "clock jumped": lambda at: rows.clock_jumped(at, (3600, -7200)),
    "two servers": lambda at: rows.two_servers(at, 1),
}


@pytest.mark.parametrize("fault", SHORT)
async def test_not_one_keystroke_is_lost(fault: str, data_dir: Path) -> None:
    row = await SHORT[fault](data_dir)
    assert row.lost == 0, row
    assert row.typed > 0


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
async def test_a_full_disk_loses_nothing(data_dir: Path) -> None:
    row = await rows.disk_full(data_dir, 1, 1)
    assert row.lost == 0, row
    assert row.typed > 0
