"""Advertises one's own sessions on the local network."""

from __future__ import annotations

import contextlib
import itertools
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zeroconf import Error
from zeroconf.asyncio import AsyncServiceInfo

from .advertisement import SERVICE_TYPE, Advertisement, to_txt
from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zeroconf.asyncio import AsyncZeroconf

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One's own session as it is advertised."""

    advertisement: Advertisement
    port: int


class Advertiser:
    """Says what is to be said between `open()` and `close()`, and keeps it for the next time.

    Names hold a random part, so that no other host's are the same, whatever titles and hosts are
    called; asking around for them first is needless. Callers take turns.

    Signals:
        failed: something cannot be advertised.
    """

    def __init__(self, addresses: Callable[[], Sequence[str]]) -> None:
        """Prepare.

        Args:
            addresses: lists the addresses to advertise, the best first.
        """
        self.failed: Signal[[]] = Signal()
        self._addresses = addresses
        # Tells our own entries from others', also those of another app on this machine.
        self._instance = secrets.token_hex(4)
        self._zeroconf: AsyncZeroconf | None = None
        self._own: dict[str, OwnSession] = {}
        self._registered: dict[str, AsyncServiceInfo] = {}
        self._revisions = itertools.count(1)

    @property
    def ports(self) -> frozenset[int]:
        """Where the sessions are that are advertised, or would be."""
        return frozenset(each.port for each in self._own.values())

    def owns(self, name: str) -> bool:
        """Whether an entry's name is one of ours."""
        return name.endswith(f"-{self._instance}.{SERVICE_TYPE}")

    async def open(self, zeroconf: AsyncZeroconf) -> None:
        """Say everything here, under the addresses that there are now."""
        self._zeroconf = zeroconf
        for own in tuple(self._own.values()):
            await self._publish(own)

    def close(self) -> None:
        """Say nothing any more; what was said is withdrawn by whoever closes zeroconf."""
        self._zeroconf = None
        self._registered.clear()

    def forget(self) -> None:
        """Have nothing to say any more."""
        self._own.clear()

    async def advertise(self, own: OwnSession) -> None:
        """Advertise a session, or update what is advertised of it."""
        session_id = own.advertisement.session_id
        if self._own.get(session_id) != own:
            self._own[session_id] = own
            await self._publish(own)

    async def withdraw(self, session_id: str) -> None:
        """Stop advertising a session; unknown ones are ignored."""
        self._own.pop(session_id, None)
        info = self._registered.pop(session_id, None)
        if info is None or self._zeroconf is None:
            return
        with contextlib.suppress(OSError, Error, TimeoutError):
            await (await self._zeroconf.async_unregister_service(info))

    async def _publish(self, own: OwnSession) -> None:
        if self._zeroconf is None:
            return
        session_id = own.advertisement.session_id
        info = AsyncServiceInfo(
            SERVICE_TYPE,
            f"{session_id}-{self._instance}.{SERVICE_TYPE}",
            port=own.port,
            properties=to_txt(own.advertisement, next(self._revisions)),
            server=f"codeinterview-{self._instance}.local.",
            parsed_addresses=list(self._addresses()),
        )
        try:
            if session_id in self._registered:
                await (await self._zeroconf.async_update_service(info))
            else:
                await (
                    await self._zeroconf.async_register_service(info, cooperating_responders=True)
                )
        except (OSError, Error, TimeoutError) as error:
            _log.warning("A session cannot be advertised: %s", error)
            self.failed.emit()
            return
        self._registered[session_id] = info
