"""Hears what is advertised on the local network, and reads it."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from zeroconf import Error, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo

from .advertisement import SERVICE_TYPE
from .events import Signal
from .local_networks import local_addresses, own_networks
from .nearby import NearbyRecord, read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from .tasks import BackgroundTasks

_log = logging.getLogger(__name__)

_RESOLVE_LIMIT_MS: Final = 3000
_ENTRIES_LIMIT: Final = 200
_RESOLVES_AT_ONCE: Final = 8


class Browsing:
    """Browses between `open()` and `close()`.

    Signals:
        found: somebody advertises this, or says something else of it now.
        lost: the entry of this key was withdrawn, or makes no sense any more.
    """

    def __init__(
        self, tasks: BackgroundTasks, is_own: Callable[[str], bool], *, loopback: bool = False
    ) -> None:
        """Prepare to browse.

        Args:
            tasks: runs what goes on in the background.
            is_own: whether an entry's name is one of our own.
            loopback: whether entries on loopback count, as in tests on one machine.
        """
        self.found: Signal[NearbyRecord] = Signal()
        self.lost: Signal[str] = Signal()
        self._tasks = tasks
        self._is_own = is_own
        self._loopback = loopback
        self._browser: AsyncServiceBrowser | None = None
        self._slots = asyncio.Semaphore(_RESOLVES_AT_ONCE)
        self._resolving: dict[str, asyncio.Task[None]] = {}
        self._known: set[str] = set()
        self._may_ask = partial(local_addresses, networks=(), loopback=loopback)

    def open(self, zeroconf: Zeroconf) -> None:
        """Begin to browse."""
        self._may_ask = partial(local_addresses, networks=own_networks(), loopback=self._loopback)
        self._browser = AsyncServiceBrowser(zeroconf, SERVICE_TYPE, handlers=[self._on_change])

    async def close(self) -> None:
        """Browse no more; what was found is forgotten without a word. Safe to call twice."""
        browser, self._browser = self._browser, None
        for task in self._resolving.values():
            task.cancel()
        self._resolving.clear()
        self._known.clear()
        if browser is not None:
            await browser.async_cancel()

    def _on_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if self._is_own(name):
            return
        running = self._resolving.pop(name, None)
        if running is not None:
            running.cancel()
        if state_change is ServiceStateChange.Removed:
            self._forget(name)
        elif name in self._known or len(self._known) + len(self._resolving) < _ENTRIES_LIMIT:
            task = self._tasks.start(self._resolve(zeroconf, service_type, name), f"resolve {name}")
            self._resolving[name] = task

    async def _resolve(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        found: NearbyRecord | None = None
        try:
            async with self._slots:
                info = AsyncServiceInfo(service_type, name)
                if await info.async_request(zeroconf, _RESOLVE_LIMIT_MS):
                    found = read_record(name, info, self._may_ask)
        except (OSError, Error, ValueError) as error:
            _log.info("An advertised session is ignored: %s", error)
        finally:
            if self._resolving.get(name) is asyncio.current_task():
                del self._resolving[name]
        if found is None:
            self._forget(name)
        else:
            self._known.add(name)
            self.found.emit(found)

    def _forget(self, name: str) -> None:
        if name in self._known:
            self._known.discard(name)
            self.lost.emit(name)
