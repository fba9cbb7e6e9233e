"""Sessions on the local network: advertises one's own, finds others' that answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from zeroconf import Error, InterfaceChoice, IPVersion
from zeroconf.asyncio import AsyncZeroconf

from .advertisement import SERVICE_TYPE, Advertisement
from .advertiser import Advertiser, OwnSession
from .browsing import Browsing
from .events import Signal
from .local_name import LocalName
from .nearby import NearbySession
from .nearby_probe import NearbyProbe
from .nearby_watch import NearbyPace, NearbyWatch
from .tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["SERVICE_TYPE", "Discovery", "NearbySession"]

_log = logging.getLogger(__name__)

_UNAVAILABLE: Final = (
    "Sessions on this network cannot be found or announced just now. Links and codes still work."
)


class Discovery:
    """Owns the zeroconf instance, and what advertises, browses and asks with it.

    Signals:
        nearby_changed: all sessions of others that answer, sorted by title, after any change, and
            when discovery works again.
        name_changed: the `.local` name of this machine, or None.
        failed: discovery cannot work here; a sentence for the status bar.
    """

    def __init__(
        self,
        interfaces: Sequence[str] | None = None,
        *,
        addresses: Callable[[], Sequence[str]] = tuple,
        host_label: str | None = None,
        pace: NearbyPace | None = None,
    ) -> None:
        """Prepare; nothing is sent before `start()`.

        Args:
            interfaces: addresses of the interfaces to use; None uses all of them.
            addresses: what lists the addresses to advertise, the best first; none unless given.
            host_label: the `.local` name to have, without its end; the machine's own unless given.
            pace: how often others are asked whether they are there.
        """
        self.nearby_changed: Signal[tuple[NearbySession, ...]] = Signal()
        self.name_changed: Signal[str | None] = Signal()
        self.failed: Signal[str] = Signal()
        self._interfaces = interfaces
        self._tasks = BackgroundTasks()
        self._zeroconf: AsyncZeroconf | None = None
        self._is_started = False
        self._is_failed = False
        self._lock = asyncio.Lock()
        self._advertiser = Advertiser(addresses)
        self._name = LocalName(self._tasks, addresses, host_label)
        self._browsing = Browsing(
            self._tasks, self._advertiser.owns, loopback=_is_on_loopback(interfaces)
        )
        self._watch = NearbyWatch(self._tasks, NearbyProbe(), pace)
        self._advertiser.failed.connect(lambda: self.failed.emit(_UNAVAILABLE))
        self._name.changed.connect(self.name_changed.emit)
        self._browsing.found.connect(self._watch.put)
        self._browsing.lost.connect(self._watch.drop)
        self._watch.changed.connect(self.nearby_changed.emit)

    @property
    def nearby(self) -> tuple[NearbySession, ...]:
        """The sessions of others that answer now."""
        return self._watch.sessions

    @property
    def name(self) -> str | None:
        """The `.local` name that this machine is found by, while it advertises sessions."""
        return self._name.name

    async def start(self) -> None:
        """Begin to browse. Never raises for a missing network: it announces `failed`."""
        async with self._lock:
            self._is_started = True
            await self._open()

    async def stop(self) -> None:
        """Withdraw everything and close the sockets. Safe to call twice."""
        async with self._lock:
            self._is_started = False
            self._advertiser.forget()
            await self._close()
        await self._watch.stop()
        await self._tasks.stop()

    async def refresh(self) -> None:
        """Begin anew on the interfaces and addresses that there are now; not once stopped."""
        async with self._lock:
            if self._is_started:
                await self._close()
                await self._open()

    async def advertise(self, session_id: str, title: str, host_name: str, port: int) -> None:
        """Advertise a session, or update what is advertised of it."""
        own = OwnSession(Advertisement(session_id, title, host_name), port)
        async with self._lock:
            await self._advertiser.advertise(own)
            await self._name.want(port)

    async def withdraw(self, session_id: str) -> None:
        """Stop advertising a session; unknown ones are ignored."""
        async with self._lock:
            await self._advertiser.withdraw(session_id)
            if not self._advertiser.ports:
                await self._name.want(None)

    async def _open(self) -> None:
        if self._zeroconf is not None:
            return
        zeroconf = await self._reach()
        if zeroconf is None:
            self._is_failed = True
            self.failed.emit(_UNAVAILABLE)
            return
        if self._is_failed:
            self._is_failed = False
            self.nearby_changed.emit(self.nearby)
        self._zeroconf = zeroconf
        self._browsing.open(zeroconf.zeroconf)
        self._name.open(zeroconf)
        await self._advertiser.open(zeroconf)

    async def _reach(self) -> AsyncZeroconf | None:
        # A system without IPv6 cannot have both.
        for version in (IPVersion.All, IPVersion.V4Only):
            zeroconf = None
            try:
                if self._interfaces is None:
                    zeroconf = AsyncZeroconf(interfaces=InterfaceChoice.All, ip_version=version)
                else:
                    zeroconf = AsyncZeroconf(interfaces=list(self._interfaces))
                await zeroconf.zeroconf.async_wait_for_start()
            except (OSError, Error, RuntimeError) as error:
                _log.warning("Discovery does not work here: %s", error)
                if zeroconf is not None:
                    await zeroconf.async_close()
                if self._interfaces is not None:
                    break
            else:
                return zeroconf
        return None

    async def _close(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        await self._browsing.close()
        await self._name.close()
        self._advertiser.close()
        self._watch.clear()
        if zeroconf is not None:
            with contextlib.suppress(OSError, Error, TimeoutError):
                await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()


def _is_on_loopback(interfaces: Sequence[str] | None) -> bool:
    return any(each.startswith("127.") or each == "::1" for each in interfaces or ())
