"""Keeps asking what is advertised nearby, and shows what answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .events import Signal
from .nearby import NearbyRecord, NearbySession, order

if TYPE_CHECKING:
    from .nearby_probe import NearbyProbe
    from .tasks import BackgroundTasks

# Each for its own kind, so that a flood of entries that never answer does not delay those that do.
_SHOWN_AT_ONCE: Final = 24
_NEW_AT_ONCE: Final = 24


@dataclass(frozen=True, slots=True)
class NearbyPace:
    """How often entries are asked, in seconds.

    With the defaults and an answer's two seconds, what goes is gone within eight.
    """

    every_s: float = 3.0
    again_s: float = 1.0
    misses: int = 2
    """So many times in a row without an answer mean that it is gone."""
    unanswered_s: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
    """How long to wait between questions to what never answered."""


class NearbyWatch:
    """Owns what is shown as nearby, until `stop()`.

    Signals:
        changed: another session answers, one does not any more, or one says something else.
    """

    def __init__(
        self, tasks: BackgroundTasks, probe: NearbyProbe, pace: NearbyPace | None = None
    ) -> None:
        self.changed: Signal[tuple[NearbySession, ...]] = Signal()
        self._tasks = tasks
        self._probe = probe
        self._pace = pace or NearbyPace()
        self._records: dict[str, NearbyRecord] = {}
        self._following: dict[str, asyncio.Task[None]] = {}
        self._shown: dict[str, NearbySession] = {}
        self._for_shown = asyncio.Semaphore(_SHOWN_AT_ONCE)
        self._for_new = asyncio.Semaphore(_NEW_AT_ONCE)

    @property
    def sessions(self) -> tuple[NearbySession, ...]:
        """What answers now, sorted by title."""
        return order(self._shown.values())

    def put(self, record: NearbyRecord) -> None:
        """Follow an entry, or what it says now; a new title is shown at once."""
        before = self._records.get(record.key)
        if before == record:
            return
        self._records[record.key] = record
        shown = self._shown.get(record.key)
        if shown is not None and before is not None and _is_same_place(before, record):
            self._show(record, shown.addresses)
            return
        self._stop_following(record.key)
        self._following[record.key] = self._tasks.start(
            self._follow(record.key), f"ask {record.key}"
        )

    def drop(self, key: str) -> None:
        """Follow an entry no more: its host withdrew it."""
        self._records.pop(key, None)
        self._stop_following(key)
        self._hide(key)

    def clear(self) -> None:
        """Follow nothing any more."""
        for key in tuple(self._records):
            self._stop_following(key)
        self._records.clear()
        if self._shown:
            self._shown.clear()
            self.changed.emit(())

    async def stop(self) -> None:
        """Clear, and end what is being asked."""
        self.clear()
        await self._probe.stop()

    def _stop_following(self, key: str) -> None:
        task = self._following.pop(key, None)
        if task is not None:
            task.cancel()

    async def _follow(self, key: str) -> None:
        misses = 0
        while True:
            record = self._records[key]
            answering = await self._ask(record, is_shown=key in self._shown)
            misses = 0 if answering else misses + 1
            if answering:
                # What it says may be newer than what was asked about, at the same place.
                self._show(self._records[key], answering)
            elif misses >= self._pace.misses:
                self._hide(key)
            await asyncio.sleep(self._pause_s(misses, is_shown=key in self._shown))

    def _pause_s(self, misses: int, *, is_shown: bool) -> float:
        if is_shown:
            return self._pace.again_s if misses else self._pace.every_s
        pauses = self._pace.unanswered_s
        return pauses[min(misses, len(pauses)) - 1]

    async def _ask(self, record: NearbyRecord, *, is_shown: bool) -> tuple[str, ...]:
        slots = self._for_shown if is_shown else self._for_new

        async def ask(address: str) -> bool:
            async with slots:
                return await self._probe.shows(address, record.port, record.session_id)

        answers = await asyncio.gather(*map(ask, record.addresses))
        return tuple(address for address, yes in zip(record.addresses, answers, strict=True) if yes)

    def _show(self, record: NearbyRecord, addresses: tuple[str, ...]) -> None:
        session = NearbySession(
            key=record.key,
            session_id=record.session_id,
            title=record.title,
            host_name=record.host_name,
            address=addresses[0],
            addresses=addresses,
            port=record.port,
        )
        if self._shown.get(record.key) != session:
            self._shown[record.key] = session
            self.changed.emit(self.sessions)

    def _hide(self, key: str) -> None:
        if self._shown.pop(key, None) is not None:
            self.changed.emit(self.sessions)


def _is_same_place(one: NearbyRecord, other: NearbyRecord) -> bool:
    return (one.session_id, one.addresses, one.port) == (
        other.session_id,
        other.addresses,
        other.port,
    )
