"""What every kind of tunnel has in common: a task, a status, and who hears of it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from codeinterview_desktop.core.events import Signal

from .status import NEXT, TunnelState, TunnelStatus

if TYPE_CHECKING:
    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .status import HostKey

_BROKEN = "The tunnel stopped because of an error in the app. Start it again."


class TunnelEndedError(Exception):
    """No further try can help; the message is a sentence that says what to do."""


class Tunnel(ABC):
    """One way in from the internet, from `start()` to `stop()`.

    Signals:
        changed: the status before and after.
    """

    def __init__(self, name: str, tasks: BackgroundTasks) -> None:
        self.changed: Signal[TunnelStatus, TunnelStatus] = Signal()
        self._name = name
        self._tasks = tasks
        self._status = TunnelStatus(TunnelState.OFF)
        self._running: asyncio.Task[None] | None = None

    @property
    def status(self) -> TunnelStatus:
        """The status as it is now."""
        return self._status

    @property
    @abstractmethod
    def exposes(self) -> str:
        """What it opens to whom, in sentences to show before it starts."""

    @abstractmethod
    def lead_to(self, port: int) -> None:
        """The app's server listens elsewhere on loopback from now on."""

    @abstractmethod
    def accept_host_key(self, host_key: HostKey) -> None:
        """The user vouches for the key that the status asks about: remember it and go on.

        Raises:
            OSError: it cannot be remembered; the question stays.
        """

    def start(self) -> None:
        """Open it unless it is open; also the way on from FAILED. Returns at once."""
        if self._status.state not in (TunnelState.OFF, TunnelState.FAILED):
            return
        self._set(TunnelStatus(TunnelState.CONNECTING))
        self._running = self._tasks.start(self._live(), f"tunnel {self._name}")

    async def stop(self) -> None:
        """Close it; nothing listens any more afterwards. Safe to call twice."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if self._status.state is not TunnelState.OFF:
            self._set(TunnelStatus(TunnelState.OFF))

    @abstractmethod
    async def _run(self) -> None:
        """Keep it open until cancelled.

        Raises:
            TunnelEndedError: there is no way on.
        """

    async def _live(self) -> None:
        try:
            await self._run()
        except TunnelEndedError as error:
            self._set(TunnelStatus(TunnelState.FAILED, reason=str(error)))
        except Exception:
            self._set(TunnelStatus(TunnelState.FAILED, reason=_BROKEN))
            raise

    def _set(self, status: TunnelStatus) -> None:
        before = self._status
        if status.state not in NEXT[before.state]:
            raise RuntimeError(f"A tunnel goes from {before.state} to {status.state}")
        self._status = status
        self.changed.emit(before, status)
