"""Sessions on the local network: advertises one's own, finds others'."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zeroconf import (
    Error,
    InterfaceChoice,
    ServiceStateChange,
    Zeroconf,
)
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from .addresses import usable_addresses
from .advertisement import SERVICE_TYPE, Advertisement, from_txt, to_txt
from .events import Signal
from .links import origin_of
from .tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["SERVICE_TYPE", "Discovery", "NearbySession"]

_log = logging.getLogger(__name__)

_RESOLVE_LIMIT_MS = 3000
_ENTRIES_LIMIT = 200
_RESOLVES_AT_ONCE = 8

_UNAVAILABLE = (
    "Sessions on this network cannot be found or announced just now. Links and codes still work."
)


@dataclass(frozen=True, slots=True)
class NearbySession:
    """A session that another machine advertises.

    Attributes:
        key: tells entries apart and stays the same across updates.
        origin: `http://address:port`, the best address that it advertises.
        origins: every one of them.
    """

    key: str
    session_id: str
    title: str
    host_name: str
    origin: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Own:
    """One's own session as it is advertised."""

    advertisement: Advertisement
    port: int


class Discovery:
    """Owns the zeroconf instance: advertises and browses.

    Signals:
        nearby_changed: all sessions of others, sorted by title, after any change.
        failed: discovery cannot work here; a sentence for the status bar.
    """

    def __init__(
        self,
        interfaces: Sequence[str] | None = None,
        *,
        addresses: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Prepare; nothing is sent before `start()`.

        Args:
            interfaces: addresses of the interfaces to use; None uses all of them.
            addresses: what lists the addresses to advertise, the best first.
        """
        self.nearby_changed: Signal[tuple[NearbySession, ...]] = Signal()
        self.failed: Signal[str] = Signal()
        self._interfaces = interfaces
        self._addresses = addresses or _advertised_addresses
        # Tells our own entries from others', also those of another app on this machine.
        self._instance = secrets.token_hex(4)
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._tasks = BackgroundTasks()
        self._slots = asyncio.Semaphore(_RESOLVES_AT_ONCE)
        self._own: dict[str, _Own] = {}
        self._registered: dict[str, AsyncServiceInfo] = {}
        self._nearby: dict[str, NearbySession] = {}
        self._resolving: dict[str, asyncio.Task[None]] = {}
        self._lock = asyncio.Lock()

    @property
    def nearby(self) -> tuple[NearbySession, ...]:
        """The sessions of others as known now."""
        return tuple(
            sorted(self._nearby.values(), key=lambda each: (each.title.casefold(), each.key))
        )

    async def start(self) -> None:
        """Begin to browse. Never raises for a missing network: it announces `failed`."""
        async with self._lock:
            await self._open()

    async def stop(self) -> None:
        """Withdraw everything and close the sockets. Safe to call twice."""
        async with self._lock:
            self._own.clear()
            await self._close()
        await self._tasks.stop()

    async def refresh(self) -> None:
        """Begin anew on the interfaces and addresses that there are now."""
        async with self._lock:
            await self._close()
            await self._open()
            for own in tuple(self._own.values()):
                await self._publish(own)

    async def advertise(self, session_id: str, title: str, host_name: str, port: int) -> None:
        """Advertise a session, or update what is advertised of it."""
        own = _Own(Advertisement(session_id, title, host_name), port)
        async with self._lock:
            if self._own.get(session_id) == own:
                return
            self._own[session_id] = own
            await self._publish(own)

    async def withdraw(self, session_id: str) -> None:
        """Stop advertising a session; unknown ones are ignored."""
        async with self._lock:
            self._own.pop(session_id, None)
            info = self._registered.pop(session_id, None)
            if info is None or self._zeroconf is None:
                return
            with contextlib.suppress(OSError, Error, TimeoutError):
                await (await self._zeroconf.async_unregister_service(info))

    async def _open(self) -> None:
        if self._zeroconf is not None:
            return
        choice = InterfaceChoice.All if self._interfaces is None else list(self._interfaces)
        try:
            self._zeroconf = AsyncZeroconf(interfaces=choice)
            await self._zeroconf.zeroconf.async_wait_for_start()
        except (OSError, Error, RuntimeError) as error:
            _log.warning("Discovery does not work here: %s", error)
            await self._close()
            self.failed.emit(_UNAVAILABLE)
            return
        self._browser = AsyncServiceBrowser(
            self._zeroconf.zeroconf, SERVICE_TYPE, handlers=[self._on_change]
        )

    async def _close(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        browser, self._browser = self._browser, None
        for task in self._resolving.values():
            task.cancel()
        self._resolving.clear()
        self._registered.clear()
        if browser is not None:
            await browser.async_cancel()
        if zeroconf is not None:
            with contextlib.suppress(OSError, Error, TimeoutError):
                await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()
        if self._nearby:
            self._nearby.clear()
            self.nearby_changed.emit(())

    async def _publish(self, own: _Own) -> None:
        if self._zeroconf is None:
            return
        session_id = own.advertisement.session_id
        info = AsyncServiceInfo(
            SERVICE_TYPE,
            f"{session_id}-{self._instance}.{SERVICE_TYPE}",
            port=own.port,
            properties=to_txt(own.advertisement),
            server=f"codeinterview-{self._instance}.local.",
            parsed_addresses=list(self._addresses()),
        )
        try:
            if session_id in self._registered:
                await (await self._zeroconf.async_update_service(info))
            else:
                # The name holds a random part, so that asking around for it first is needless.
                await (
                    await self._zeroconf.async_register_service(info, cooperating_responders=True)
                )
        except (OSError, Error, TimeoutError) as error:
            _log.warning("A session cannot be advertised: %s", error)
            self.failed.emit(_UNAVAILABLE)
            return
        self._registered[session_id] = info

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
        elif len(self._nearby) + len(self._resolving) < _ENTRIES_LIMIT or name in self._nearby:
            task = self._tasks.start(self._resolve(zeroconf, service_type, name), f"resolve {name}")
            self._resolving[name] = task

    async def _resolve(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        found: NearbySession | None = None
        try:
            async with self._slots:
                info = AsyncServiceInfo(service_type, name)
                if await info.async_request(zeroconf, _RESOLVE_LIMIT_MS):
                    found = self._understand(name, info)
        except (OSError, Error, ValueError) as error:
            _log.info("An advertised session is ignored: %s", error)
        finally:
            if self._resolving.get(name) is asyncio.current_task():
                del self._resolving[name]
        if found is None:
            self._forget(name)
        elif self._nearby.get(name) != found:
            self._nearby[name] = found
            self.nearby_changed.emit(self.nearby)

    def _understand(self, name: str, info: AsyncServiceInfo) -> NearbySession:
        """Read an entry that anybody on the network may have written.

        Raises:
            ValueError: it is not one of ours, or nothing in it can be reached.
        """
        advertisement = from_txt(info.properties)
        if not info.port:
            raise ValueError("no port")
        port = info.port
        # IPv4 first: link-local IPv6 addresses need a zone that a browser does not understand.
        addresses = [each for each in info.parsed_addresses() if self._can_reach(each)]
        if not addresses:
            raise ValueError("no address")
        origins = tuple(dict.fromkeys(origin_of(each, port) for each in addresses))
        return NearbySession(
            key=name,
            session_id=advertisement.session_id,
            title=advertisement.title,
            host_name=advertisement.host_name,
            origin=origins[0],
            origins=origins,
        )

    def _can_reach(self, address: str) -> bool:
        if address.lower().startswith("fe80:") or "%" in address:
            return False
        # Somebody else's loopback is us: only a test on loopback means it.
        is_loopback = address == "::1" or address.startswith("127.")
        return not is_loopback or any(
            each.startswith("127.") or each == "::1" for each in self._interfaces or ()
        )

    def _is_own(self, name: str) -> bool:
        return name.endswith(f"-{self._instance}.{SERVICE_TYPE}")

    def _forget(self, name: str) -> None:
        if self._nearby.pop(name, None) is not None:
            self.nearby_changed.emit(self.nearby)


def _advertised_addresses() -> tuple[str, ...]:
    return tuple(each.host for each in usable_addresses(allow_network=True))
