"""Retention while the server runs: what has been over for long enough is deleted, hour by hour."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Final

from codeinterview_server.db.engine import Database
from codeinterview_server.db.retention import RetentionStore, days_ago_ms
from codeinterview_server.domain.errors import DatabaseAway
from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)

INTERVAL_S: Final = 60 * 60.0


class Retention:
    """Deletes old sessions at the start and then regularly. Start it before use, stop it once.

    Args:
        database: Started before, stopped after.
        days: How long a session is kept after it was over; None keeps everything.
        in_use: Tells which sessions have a room in memory; those wait for another time.
        interval_s: How long to wait between two passes.
    """

    def __init__(
        self,
        database: Database,
        days: float | None,
        in_use: Callable[[], Collection[str]],
        *,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._store = RetentionStore(database)
        self._days = days
        self._in_use = in_use
        self._interval_s = interval_s
        self._tasks = Tasks()

    def start(self) -> None:
        """Begins, unless everything is kept."""
        if self._days is not None:
            self._tasks.start(self._run(self._days), "retention")

    async def stop(self) -> None:
        """Ends; what was deleted by then stays deleted."""
        await self._tasks.stop()

    async def _run(self, days: float) -> None:
        while True:
            try:
                deleted = await self._store.delete_over(days_ago_ms(days), self._in_use)
            except DatabaseAway:
                _log.warning("Old sessions are not deleted now: the database is away")
            except Exception:
                _log.exception("Old sessions cannot be deleted; another try follows")
            else:
                if deleted:
                    _log.info("Deleted %d sessions that were kept long enough", len(deleted))
            await asyncio.sleep(self._interval_s)
