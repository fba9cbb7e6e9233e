"""How far the journal is behind: from relaying an update to its row in PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import psycopg
from tests.faults.pace import pace
from tests.support.room_client import Room

if TYPE_CHECKING:
    from tests.support.server import ServerProcess

_LOOK_S = 0.002
_TIMEOUT_S = 30.0
# The rows without a participant are the files that the server made.
_ROW = "SELECT at_ms, seq FROM updates WHERE session_id = %s AND seq > %s AND participant_id <> ''"


class Lag:
    """Writes in a room of its own and asks PostgreSQL, on a connection of its own, for the row.

    A row says at which millisecond the room handed the update over, which it does right after
    relaying it; server and measurement share one clock.
    """

    def __init__(self, server: ServerProcess, database_url: str) -> None:
        self._server = server
        self._database_url = database_url
        self.lags_ms: list[float] = []

    async def watch(self, pause_s: float) -> None:
        """Measure again and again, until cancelled."""
        room = await Room.create(self._server.origin, self._server.host_key, language="python")
        async with (
            room.enter() as client,
            await psycopg.AsyncConnection.connect(
                self._database_url, autocommit=True, application_name="lag"
            ) as database,
        ):
            await client.sync()
            seen = 0
            while True:
                await client.insert(0, ".")
                seen = await self._until_written(database, room.id, seen)
                client.heard.clear()
                await pace(pause_s)

    async def _until_written(
        self, database: psycopg.AsyncConnection[tuple[int, int]], session_id: str, seen: int
    ) -> int:
        async with asyncio.timeout(_TIMEOUT_S):
            while True:
                row = await (await database.execute(_ROW, (session_id, seen))).fetchone()
                if row is not None:
                    at_ms, seq = row
                    self.lags_ms.append(time.time() * 1000 - at_ms)
                    return seq
                await pace(_LOOK_S)
