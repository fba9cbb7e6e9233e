"""Notices that this machine is on other networks than before, or was asleep meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tasks import BackgroundTasks

_log = logging.getLogger(__name__)

_EVERY_S: Final = 2.0
# A loop that is busy comes late by less; a machine that slept, by more.
_SLEPT_S: Final = 10.0


class NetworkWatch:
    """Looks at the addresses every two seconds, from `start()` to `stop()`.

    Polling is the same on every system, and costs a millisecond; notices of changes differ.

    Signals:
        changed: addresses came, went or changed their order, or the machine woke up.
    """

    def __init__(
        self,
        tasks: BackgroundTasks,
        *,
        look: Callable[[], object],
        clock: Callable[[], float] = time.time,
        every_s: float = _EVERY_S,
    ) -> None:
        """Prepare to watch.

        Args:
            tasks: runs the watching.
            look: tells what of the machine's addresses matters.
            clock: seconds of a clock that goes on while the machine sleeps.
            every_s: how often to look.
        """
        self.changed: Signal[[]] = Signal()
        self._tasks = tasks
        self._look = look
        self._clock = clock
        self._every_s = every_s
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch. Safe to call twice."""
        if self._watching is None:
            self._watching = self._tasks.start(self._watch(), "watch the networks")

    async def stop(self) -> None:
        """Watch no more. Safe to call twice."""
        watching, self._watching = self._watching, None
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        networks, looked_at_s = self._look(), self._clock()
        while True:
            await asyncio.sleep(self._every_s)
            before, before_s = networks, looked_at_s
            networks, looked_at_s = self._look(), self._clock()
            slept_s = looked_at_s - before_s - self._every_s
            if networks != before:
                _log.info("The networks changed")
            elif slept_s > _SLEPT_S:
                _log.info("Awake again after about %.0f s", slept_s)
            else:
                continue
            self.changed.emit()
