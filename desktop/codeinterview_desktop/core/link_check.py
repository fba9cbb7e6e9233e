"""Whether an address leads to this app's server, and whether the public link goes on doing so."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from .api import ApiError, ServerApi
from .events import Signal
from .room_watch import Backoff
from .values import ConnectionPath

if TYPE_CHECKING:
    from .tasks import BackgroundTasks

_PATIENCE_S = 10.0
# A new name is not known everywhere at once, and one lost packet is nothing to warn of.
_FAILURES_TO_TELL = 3


async def answer_time_ms(origin: str, path: ConnectionPath | None = None) -> float | None:
    """How long a server of ours took to answer there, None when none did. Safe to cancel.

    It is asked without a credential, as the way there may be anybody's.

    Args:
        origin: where.
        path: by which way the request has to have come; None for any.
    """
    clock = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_PATIENCE_S), ServerApi(origin, None) as api:
            connection = await api.connection()
            # Once connected, as what comes before is this computer's own work.
            began_s = clock.time()
            await api.connection()
            took_ms = (clock.time() - began_s) * 1000
    except (ApiError, TimeoutError):
        return None
    return took_ms if path in (None, connection.path) else None


class LinkCheck:
    """Asks at the public link until it leads here.

    Signals:
        changed: whether it is silent.
    """

    def __init__(self, tasks: BackgroundTasks, backoff: Backoff | None = None) -> None:
        self.changed: Signal[[]] = Signal()
        self._tasks = tasks
        self._backoff = backoff or Backoff(first_s=1.0, most_s=30.0)
        self._is_silent = False
        self._origin: str | None = None
        self._moved = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    @property
    def is_silent(self) -> bool:
        """Whether the link does not lead here, asked from this computer several times."""
        return self._is_silent

    def follow(self, origin: str | None) -> None:
        """Ask at this link from now on; None asks nowhere."""
        if origin == self._origin:
            return
        self._origin = origin
        self._moved.set()
        self._tell(is_silent=False)
        if self._running is None and origin is not None:
            self._running = self._tasks.start(self._run(), "ask at the public link")

    async def stop(self) -> None:
        """Ask nothing any more. Safe to call twice."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _run(self) -> None:
        answered: str | None = None
        failures = 0
        while True:
            self._moved.clear()
            origin = self._origin
            if origin is None or origin == answered:
                await self._moved.wait()
                answered, failures = None, 0
                continue
            # Not cancelled when the link changes: a connection that is being made stays open then.
            took_ms = await answer_time_ms(origin, ConnectionPath.TUNNEL)
            if origin != self._origin:
                failures = 0
            elif took_ms is not None:
                answered = origin
                self._tell(is_silent=False)
            else:
                failures += 1
                self._tell(is_silent=failures >= _FAILURES_TO_TELL)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._backoff.delay_s(failures)):
                        await self._moved.wait()

    def _tell(self, *, is_silent: bool) -> None:
        if is_silent != self._is_silent:
            self._is_silent = is_silent
            self.changed.emit()
