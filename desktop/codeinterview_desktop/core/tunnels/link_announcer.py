"""Keeps the app's server told of its public link, without which it does not answer there."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from codeinterview_desktop.core.api import ApiError
from codeinterview_desktop.core.events import Signal
from codeinterview_desktop.core.room_watch import Backoff
from codeinterview_desktop.core.supervisor import ServerAwayError, ServerState

if TYPE_CHECKING:
    from codeinterview_desktop.core.api import ServerLink
    from codeinterview_desktop.core.own_server import OwnServer
    from codeinterview_desktop.core.supervisor import ServerStatus, ServerSupervisor
    from codeinterview_desktop.core.tasks import BackgroundTasks


class LinkAnnouncer:
    """Tells what is wanted, and again after each start of the server, which keeps it in memory.

    Signals:
        changed: what the server was told, or why it could not be.
    """

    def __init__(
        self,
        server: OwnServer,
        supervisor: ServerSupervisor,
        tasks: BackgroundTasks,
        backoff: Backoff | None = None,
    ) -> None:
        self.changed: Signal[[]] = Signal()
        self._server = server
        self._tasks = tasks
        self._backoff = backoff or Backoff(first_s=0.5, most_s=10.0)
        self._wanted: ServerLink | None = None
        self._told: ServerLink | None = None
        self._trouble: str | None = None
        self._again = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._disconnect = supervisor.changed.connect(self._on_server)

    @property
    def told(self) -> ServerLink | None:
        """What the server knows of now."""
        return self._told

    @property
    def trouble(self) -> str | None:
        """A sentence while the server could not be told; it is tried again."""
        return self._trouble

    def want(self, link: ServerLink | None) -> None:
        """Tell this from now on; None takes back what was told."""
        self._wanted = link
        self._again.set()
        if self._running is None and link is not None:
            self._running = self._tasks.start(self._run(), "tell the server its public link")

    async def stop(self) -> None:
        """Tell nothing any more. Safe to call twice."""
        self._disconnect()
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _on_server(self, before: ServerStatus, now: ServerStatus) -> None:
        if now.state is ServerState.READY and before.state is not ServerState.READY:
            self._note(None, self._trouble)
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
                client = await self._server.client()
                await client.put_links([wanted] if wanted is not None else [])
            except (ApiError, ServerAwayError) as error:
                failures += 1
                self._note(self._told, str(error))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._backoff.delay_s(failures)):
                        await self._again.wait()
            else:
                self._note(wanted, None)

    def _note(self, told: ServerLink | None, trouble: str | None) -> None:
        if (told, trouble) != (self._told, self._trouble):
            self._told, self._trouble = told, trouble
            self.changed.emit()
