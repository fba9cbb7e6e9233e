"""A server that is started while a restore is under way: one of the two gives way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.server.records.interviews import content, fill
from tests.server.stage import staged

from codeinterview_server.data_dir import AlreadyRunningError
from codeinterview_server.records.backup import back_up
from codeinterview_server.records.restore import Mode, open_backup, restore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codeinterview_server.db.engine import Database


@pytest.mark.parametrize("mode", Mode)
async def test_nothing_is_restored_beneath_an_open_session(
    database: Database, database_url: str, data_dir: Path, tmp_path: Path, mode: Mode
) -> None:
    """`is_served` may have said no just before: here nobody asks it."""
    back_up(database_url, tmp_path / "backup")
    async with staged(database, data_dir) as stage:
        interview = await stage.create(language="python")
        async with interview.room.enter() as client:
            await client.sync()
            with (
                open_backup(tmp_path / "backup") as backup,
                pytest.raises(AlreadyRunningError, match="Nothing was changed"),
            ):
                await asyncio.to_thread(restore, backup, database_url, mode)
            assert [row[0] for row in content(database_url)["sessions"]] == [interview.id]
            await client.insert(0, "# goes on\n")
            await client.fence()


async def test_a_session_of_another_database_does_not_count(
    database: Database,
    data_dir: Path,
    tmp_path: Path,
    new_database: Callable[[str], str],
    template_database: str,
) -> None:
    elsewhere = new_database(template_database)
    fill(elsewhere, 1)
    back_up(elsewhere, tmp_path / "backup")
    async with staged(database, data_dir) as stage:
        interview = await stage.create()
        async with interview.room.enter() as client:
            await client.sync()
            with open_backup(tmp_path / "backup") as backup:
                done = await asyncio.to_thread(restore, backup, elsewhere, Mode.REPLACE)
            assert done.sessions_added == 1
