"""Faults in their short form: each is done once or twice, and not one keystroke may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.faults import rows
from tests.faults.fuzzing import fuzz
from tests.faults.schedules import try_schedules

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tests.faults.report import Row

    from codeinterview_server.db.engine import Database

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


def test_people_come_back_in_any_order(database_url: str) -> None:
    assert try_schedules(database_url, 20, derandomize=True).lost == 0


async def test_hostile_frames_harm_nobody(database: Database) -> None:
    tally = await fuzz(database, seed=20_251, frames=3_000)
    assert tally.frames == 3_000
    # Neither was everything turned away, nor was everything harmless.
    assert 500 < tally.refused < 2_500
