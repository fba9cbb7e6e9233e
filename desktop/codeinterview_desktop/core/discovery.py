"""Sessions on the local network: advertises one's own, finds others'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import Signal

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVICE_TYPE = "_codeinterview._tcp.local."


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


class Discovery:
    """Owns the zeroconf instance: advertises and browses.

    Signals:
        nearby_changed: all sessions of others, sorted by title, after any change.
        failed: discovery cannot work here; a sentence for the status bar.
    """

    def __init__(self, interfaces: Sequence[str] | None = None) -> None:
        self.nearby_changed: Signal[tuple[NearbySession, ...]] = Signal()
        self.failed: Signal[str] = Signal()
        raise NotImplementedError

    @property
    def nearby(self) -> tuple[NearbySession, ...]:
        """The sessions of others as known now."""
        raise NotImplementedError

    async def start(self) -> None:
        """Begin to browse. Never raises for a missing network: it announces `failed`."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Withdraw everything and close the sockets. Safe to call twice."""
        raise NotImplementedError

    async def advertise(self, session_id: str, title: str, host_name: str, port: int) -> None:
        """Advertise a session, or update what is advertised of it."""
        raise NotImplementedError

    async def withdraw(self, session_id: str) -> None:
        """Stop advertising a session; unknown ones are ignored."""
        raise NotImplementedError
