"""The whole server for tests of its interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.stage import Stage, staged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database


@pytest.fixture
async def stage(database: Database, data_dir: Path) -> AsyncIterator[Stage]:
    """A server with nothing in its database."""
    async with staged(database, data_dir) as stage:
        yield stage
