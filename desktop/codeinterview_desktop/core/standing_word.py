"""Something that the app's server is told, and again after each start, as it keeps it in memory."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Generic, TypeVar

from .api import ApiError
from .events import Signal
from .room_watch import Backoff
from .supervisor import ServerAwayError, ServerState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .api import ServerApi
    from .own_server import OwnServer
    from .supervisor import ServerStatus, ServerSupervisor
    from .tasks import BackgroundTasks

T = TypeVar("T")


class StandingWord(Generic[T]):
    """Tells what is wanted, until `stop()`.

    Signals:
        changed: what the server was told, or why it could not be.
    """

    def __init__(
        self,
        server: OwnServer,
        supervisor: ServerSupervisor,
        tasks: BackgroundTasks,
        *,
        nothing: T,
        tell: Callable[[ServerApi, T], Awaitable[None]],
        backoff: Backoff | None = None,
    ) -> None:
        """Prepare.

        Args:
            server: gives the client of the server.
            supervisor: tells when it starts.
            tasks: runs the telling.
            nothing: what a server knows that was told nothing.
            tell: tells the server.
            backoff: how long to wait after it could not be told.
        """
        self.changed: Signal[[]] = Signal()
        self._server = server
        self._tasks = tasks
        self._nothing = nothing
        self._tell = tell
        self._backoff = backoff or Backoff(first_s=0.5, most_s=10.0)
        self._wanted = nothing
        self._told = nothing
        self._trouble: str | None = None
        self._again = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._disconnect = supervisor.changed.connect(self._on_server)

    @property
    def told(self) -> T:
        """What the server knows of now."""
        return self._told

    @property
    def trouble(self) -> str | None:
        """A sentence while the server could not be told; it is tried again."""
        return self._trouble

    def want(self, word: T) -> None:
        """Tell this from now on; `nothing` takes back what was told."""
        self._wanted = word
        self._again.set()
        if self._running is None and word != self._nothing:
            self._running = self._tasks.start(self._run(), f"tell the server {type(self).__name__}")

    async def stop(self) -> None:
        """Tell nothing any more. Safe to call twice."""
        self._disconnect()
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _on_server(self, before: ServerStatus, now: ServerStatus) -> None:
        if now.state is ServerState.READY and before.state is not ServerState.READY:
            self._note(self._nothing, self._trouble)
            self._again.set()

    async def _run(self) -> None:
        failures = 0
        while True:
            self._again.clear()
            if self._wanted == self._told:
                failures = 0
                await self._again.wait()
                continue
            wanted = self._wanted
            try:
                await self._tell(await self._server.client(), wanted)
            except (ApiError, ServerAwayError) as error:
                failures += 1
                self._note(self._told, str(error))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._backoff.delay_s(failures)):
                        await self._again.wait()
            else:
                self._note(wanted, None)

    def _note(self, told: T, trouble: str | None) -> None:
        if (told, trouble) != (self._told, self._trouble):
            self._told, self._trouble = told, trouble
            self.changed.emit()
