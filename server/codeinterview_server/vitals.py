"""How a running server is doing, as a line of its log: for whoever looks for a leak."""

import asyncio
import logging
import sys

from codeinterview_server.realtime.rooms import Rooms
from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)


class Vitals:
    """Writes regularly what can only be counted from within. Start it on the loop, stop it once.

    Args:
        interval_s: How often; None never does.
        rooms: Whose.
    """

    def __init__(self, interval_s: float | None, rooms: Rooms) -> None:
        self._interval_s = interval_s
        self._rooms = rooms
        self._tasks = Tasks()

    def start(self) -> None:
        """Begins, if it is wanted."""
        if self._interval_s is not None:
            self._tasks.start(self._run(self._interval_s), "vitals")

    async def stop(self) -> None:
        """Ends."""
        await self._tasks.stop()

    async def _run(self, interval_s: float) -> None:
        while True:
            _log.info(
                "tasks=%d rooms=%d unwritten=%d blocks=%d",
                len(asyncio.all_tasks()),
                len(self._rooms.loaded),
                self._rooms.unwritten,
                # Of the interpreter's own allocator: what objects take, without what it keeps free.
                sys.getallocatedblocks(),
            )
            await asyncio.sleep(interval_s)
