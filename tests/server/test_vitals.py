"""The server counts its tasks and rooms in its log, when a variable asks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.eventually import eventually
from tests.support.room_client import Room
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"vitals: tasks=(\d+) rooms=(\d+) unwritten=(\d+) blocks=(\d+)$", re.MULTILINE)


async def test_the_log_counts_tasks_and_rooms(data_dir: Path) -> None:
    server = ServerProcess(data_dir, env={"CODEINTERVIEW_VITALS_S": "0.05"})
    server.start()
    try:

        async def newest() -> tuple[int, ...]:
            lines = _LINE.findall(server.log_text())
            return tuple(int(figure) for figure in lines[-1]) if lines else (0, -1, 0, 0)

        async def is_empty() -> bool:
            return (await newest())[1] == 0

        await eventually(is_empty, "a line of a server without rooms")
        idle_tasks, _, _, blocks = await newest()
        assert 0 < idle_tasks < 30
        assert blocks > 10_000
        room = await Room.create(server.origin, server.host_key)
        async with room.enter() as client:
            await client.sync()

            async def is_counted() -> bool:
                tasks, rooms, _, _ = await newest()
                return rooms == 1 and tasks > idle_tasks

            await eventually(is_counted, "the room and its socket's tasks")
    finally:
        assert server.stop() == 0


async def test_it_does_not_unless_asked(data_dir: Path) -> None:
    server = ServerProcess(data_dir)
    server.start()
    assert server.stop() == 0
    assert "vitals" not in server.log_text()
