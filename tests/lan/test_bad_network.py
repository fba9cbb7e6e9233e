"""A network between two hosts that loses packets one by one, or one direction altogether."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.faults import rows
from tests.support.namespaces import why_not_permitted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.report import Row

WHY_NOT = why_not_permitted()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))


async def test_delay_and_loss_cost_no_keystroke(data_dir: Path) -> None:
    check(await rows.network_slow_and_lossy(data_dir, 100))


async def test_a_network_that_carries_one_way_only_costs_no_keystroke(data_dir: Path) -> None:
    check(await rows.network_one_way(data_dir, 1, 2))


def check(row: Row) -> None:
    assert row.lost == 0, row
    assert row.typed > 0
