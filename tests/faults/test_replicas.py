"""Three replicas behind nginx, people on each, and one of them killed: nothing typed is lost."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from tests.faults import rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(300)
async def test_not_one_keystroke_is_lost_with_a_replica(scratch: Path) -> None:
    data_dir = scratch / uuid.uuid4().hex[:8]
    data_dir.mkdir(0o700)
    row = await rows.replica_killed(data_dir, 1)
    assert row.lost == 0, row
    assert row.typed > 0
