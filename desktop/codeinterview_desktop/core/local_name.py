"""The name `<host>.local` of this machine: found as it is, or given to it by us.

Many systems answer to such a name by themselves (avahi, Bonjour); then it is left to them, as two
that answer for one name fight over it. Otherwise we answer, under the next free name if another
machine has this one already (RFC 6762, sections 8 and 9).
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import secrets
import socket
from typing import TYPE_CHECKING, Final

from zeroconf import (  # type: ignore[attr-defined]  # in its manual
    AddressResolver,
    DNSAddress,
    DNSQuestionType,
    Error,
    RecordUpdate,
    RecordUpdateListener,
    Zeroconf,
)
from zeroconf.asyncio import AsyncServiceInfo

from .addresses import own_addresses
from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zeroconf.asyncio import AsyncZeroconf

    from .tasks import BackgroundTasks

_log = logging.getLogger(__name__)

WEB_TYPE: Final = "_http._tcp.local."
_ANSWER_LIMIT_MS: Final = 2000
"""What was said within the last second is not said again before it is over."""
_TRIES: Final = 9
_LABEL_LIMIT: Final = 56
"""Of 63 characters, some are left for a number."""


def host_label(host_name: str) -> str | None:
    """A host's name as one label of a `.local` name, or None when it is nobody's in particular."""
    label = re.sub(r"[^a-z0-9]+", "-", host_name.partition(".")[0].lower())
    label = label[:_LABEL_LIMIT].strip("-")
    return None if label in ("", "localhost") else label


class LocalName:
    """Owns the name while sessions are advertised.

    Signals:
        changed: the name, or None when there is none (any more).
    """

    def __init__(
        self,
        tasks: BackgroundTasks,
        addresses: Callable[[], Sequence[str]],
        wanted: str | None = None,
    ) -> None:
        """Prepare.

        Args:
            tasks: runs what goes on in the background.
            addresses: lists the addresses to answer with.
            wanted: the label to have; this machine's own unless given.
        """
        self.changed: Signal[str | None] = Signal()
        self._tasks = tasks
        self._addresses = addresses
        self._wanted = wanted or host_label(socket.gethostname())
        self._mark = secrets.token_hex(2)
        self._zeroconf: AsyncZeroconf | None = None
        self._port: int | None = None
        self._name: str | None = None
        self._info: AsyncServiceInfo | None = None
        self._claiming: asyncio.Task[None] | None = None
        self._taken: set[str] = set()
        self._listener: _Contests | None = None

    @property
    def name(self) -> str | None:
        """`<host>.local`, while this machine is found by it as far as is known."""
        return self._name

    def open(self, zeroconf: AsyncZeroconf) -> None:
        """Answer here from now on, as soon as there is a port."""
        self._zeroconf = zeroconf
        self._taken.clear()
        self._listener = _Contests(self._on_answer)
        zeroconf.zeroconf.async_add_listener(self._listener, None)
        self._claim()

    async def close(self) -> None:
        """Answer no more. Safe to call twice."""
        zeroconf, self._zeroconf = self._zeroconf, None
        listener, self._listener = self._listener, None
        if zeroconf is not None and listener is not None:
            zeroconf.zeroconf.async_remove_listener(listener)
        await self._leave(zeroconf)

    async def want(self, port: int | None) -> None:
        """Have a name for the server at this port; None for no name at all."""
        if port == self._port:
            return
        self._port = port
        await self._leave(self._zeroconf)
        self._claim()

    def _claim(self) -> None:
        if self._zeroconf is None or self._port is None or self._wanted is None:
            return
        self._claiming = self._tasks.start(
            self._find_name(self._zeroconf, self._wanted, self._port), "find a local name"
        )

    async def _leave(self, zeroconf: AsyncZeroconf | None) -> None:
        claiming, self._claiming = self._claiming, None
        if claiming is not None:
            claiming.cancel()
            await asyncio.gather(claiming, return_exceptions=True)
        info, self._info = self._info, None
        if info is not None and zeroconf is not None:
            with contextlib.suppress(OSError, Error, TimeoutError):
                await (await zeroconf.async_unregister_service(info))
        self._rename(None)

    async def _find_name(self, zeroconf: AsyncZeroconf, wanted: str, port: int) -> None:
        for number in range(1, _TRIES + 1):
            label = wanted if number == 1 else f"{wanted}-{number}"
            if label in self._taken:
                continue
            try:
                holders = await _holders(zeroconf.zeroconf, label)
                if not holders:
                    await self._register(zeroconf, label, port)
                elif not holders & self._own():
                    continue
            except (OSError, Error, TimeoutError) as error:
                _log.info("No local name: %s", error)
                return
            self._rename(f"{label}.local")
            return

    async def _register(self, zeroconf: AsyncZeroconf, label: str, port: int) -> None:
        self._info = AsyncServiceInfo(
            WEB_TYPE,
            f"CodeInterview on {label} {self._mark}.{WEB_TYPE}",
            port=port,
            properties={"path": "/"},
            server=f"{label}.local.",
            parsed_addresses=list(self._addresses()),
        )
        await (await zeroconf.async_register_service(self._info, cooperating_responders=True))

    def _on_answer(self, name: str, addresses: frozenset[bytes]) -> None:
        """Somebody says that this name has these addresses; it may be ourselves."""
        info = self._info
        if info is None or info.server_key != name:
            return
        theirs = addresses - {ipaddress.ip_address(each).packed for each in self._own()}
        # Both hear of it, and the same one of them looks for another name.
        if theirs and info.addresses and max(theirs) > max(info.addresses):
            _log.info("Another machine is %s", info.server)
            self._taken.add(name.removesuffix(".local."))
            self._tasks.start(self._yield(), "find another local name")

    def _own(self) -> frozenset[str]:
        """By which addresses an answer may call this machine: whichever interface it came by."""
        return own_addresses() | _plain(self._addresses())

    async def _yield(self) -> None:
        await self._leave(self._zeroconf)
        self._claim()

    def _rename(self, name: str | None) -> None:
        if name != self._name:
            self._name = name
            self.changed.emit(name)


class _Contests(RecordUpdateListener):
    """Hands on which names are said to have which addresses."""

    def __init__(self, heard: Callable[[str, frozenset[bytes]], None]) -> None:
        super().__init__()
        self._heard = heard

    def async_update_records(
        self,
        zc: Zeroconf,  # noqa: ARG002 - so that zeroconf finds its method
        now: float,  # noqa: ARG002
        records: list[RecordUpdate],
    ) -> None:
        """Called by zeroconf with the records of one packet."""
        by_name: dict[str, set[bytes]] = {}
        for each in records:
            record = each.new
            if isinstance(record, DNSAddress) and record.ttl > 0:
                by_name.setdefault(record.key, set()).add(record.address)
        for name, addresses in by_name.items():
            self._heard(name, frozenset(addresses))


async def _holders(zeroconf: Zeroconf, label: str) -> frozenset[str]:
    resolver = AddressResolver(f"{label}.local.")
    # Answers go to everybody: one to us alone may reach another program at the same port.
    if not await resolver.async_request(zeroconf, _ANSWER_LIMIT_MS, DNSQuestionType.QM):
        return frozenset()
    return _plain(resolver.parsed_addresses())


def _plain(addresses: Sequence[str]) -> frozenset[str]:
    return frozenset(each.partition("%")[0] for each in addresses)
