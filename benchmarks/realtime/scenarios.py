"""What is measured: each scenario takes a server that has just started and returns its figures."""

from __future__ import annotations

import asyncio
import gc
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycrdt import Doc, Text

from benchmarks.realtime.crowd import Crowd, Person, Room, Typed, percentile
from benchmarks.realtime.typing_log import FILE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from benchmarks.realtime.seats import Seat
    from benchmarks.realtime.servers import Server

Figures = dict[str, float]
"""Measured values by name; the name ends with the unit."""

_LIMIT_MS = 50.0
_SETTLE_S = 1.0
_HISTORY = 20_000
_TYPISTS = 10
_FASTEST_PER_PERSON = 180.0
"""A little less than what the product lets one participant send per second."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long the stretches of typing are, and how many joins and rooms are looked at."""

    seconds: float
    ramp_seconds: float
    ramp_step: float
    joins: int
    idle_rooms: int


SHORT = Length(seconds=4, ramp_seconds=2, ramp_step=1.25, joins=5, idle_rooms=100)
FULL = Length(seconds=10, ramp_seconds=4, ramp_step=1.08, joins=15, idle_rooms=300)


class Scenario:
    """A name, what it says of it, and how it is measured.

    Args:
        name: As on the command line.
        title: As in the table.
        measure: Gets a server that was just started, and the largest rate of the round before
            (0 at first).
    """

    def __init__(
        self,
        name: str,
        title: str,
        measure: Callable[[Server, Length, Figures], Awaitable[Figures]],
    ) -> None:
        self.name = name
        self.title = title
        self._measure = measure

    async def run(self, server: Server, length: Length, before: Figures) -> Figures:
        """Measure one server once; `before` is what the last round found, if anything."""
        with _without_pauses():
            return await self._measure(server, length, before)


async def _interview(server: Server, length: Length, before: Figures) -> Figures:
    return await _steady(server, 1, 2, 10, length.seconds * 2)


async def _hundred(server: Server, length: Length, before: Figures) -> Figures:
    return await _steady(server, 100, 3, 10, length.seconds)


async def _fifty(server: Server, length: Length, before: Figures) -> Figures:
    return await _steady(server, 1, 50, 5, length.seconds)


async def _steady(server: Server, rooms: int, people: int, rate: float, seconds: float) -> Figures:
    crowd = Crowd(await server.rooms(rooms, people))
    await crowd.arrive()
    await crowd.type(rate, 1)
    await asyncio.sleep(_SETTLE_S)
    since = time.time()
    cpu_before = server.cpu_s()
    typed = await crowd.type(rate, seconds)
    cpu = (server.cpu_s() - cpu_before) / seconds
    crowd.leave()
    _require_complete(server, typed)
    return {
        "p50 ms": typed.p50_ms,
        "p95 ms": typed.p95_ms,
        "p99 ms": typed.p99_ms,
        "server's CPU": cpu,
        "crowd's CPU": typed.own_cpu,
        "crowd late ms": typed.late_ms,
        **await server.durability(since),
    }


async def _largest(server: Server, length: Length, before: Figures) -> Figures:
    crowd = Crowd(await server.rooms(100, 3))
    await crowd.arrive()
    await crowd.type(5, 1)
    rate = max(2000.0, before.get("updates/s", 0) * 0.6)
    best: Figures = {"updates/s": 0.0}
    while True:
        await asyncio.sleep(_SETTLE_S)
        since = time.time()
        cpu_before = server.cpu_s()
        began = time.monotonic()
        typed = await crowd.type(rate / len(crowd.people), length.ramp_seconds)
        if not typed.is_complete or typed.p99_ms > _LIMIT_MS:
            break
        best = {
            "updates/s": typed.rate,
            "p50 ms": typed.p50_ms,
            "p99 ms": typed.p99_ms,
            "server's CPU": (server.cpu_s() - cpu_before) / (time.monotonic() - began),
            "crowd's CPU": typed.own_cpu,
            "crowd late ms": typed.late_ms,
            **await server.durability(since),
        }
        rate = typed.rate * length.ramp_step
    crowd.leave()
    return best


async def _join(server: Server, length: Length, before: Figures) -> Figures:
    seats = await server.rooms(1, _TYPISTS + length.joins + 1)
    crowd = Crowd([seats[0][:_TYPISTS]])
    await crowd.arrive()
    per_person = _HISTORY // _TYPISTS
    _require_complete(
        server, await crowd.type(_FASTEST_PER_PERSON, per_person / _FASTEST_PER_PERSON)
    )
    await asyncio.sleep(_SETTLE_S)
    warm_ms = []
    for number in range(length.joins):
        person = Reader(_TYPISTS + number, seats[0][_TYPISTS + number], crowd.rooms[0])
        warm_ms.append(await person.read(per_person * _TYPISTS))
    figures = {"warm ms": sorted(warm_ms)[len(warm_ms) // 2]}
    crowd.leave()
    if server.keeps:
        await asyncio.sleep(server.storing_s)
        server.stop()
        server.start()
        last = _TYPISTS + length.joins
        person = Reader(last, server.again(seats[0][last]), crowd.rooms[0])
        figures["after a restart ms"] = await person.read(per_person * _TYPISTS)
        person.go()
    return figures


async def _memory(server: Server, length: Length, before: Figures) -> Figures:
    count = length.idle_rooms
    await asyncio.sleep(_SETTLE_S)
    empty_kb = server.memory_kb()
    crowd = Crowd(await server.rooms(count, 3))
    firsts = [next(iter(room.people.values())) for room in crowd.rooms]
    others = [person for person in crowd.people if person not in set(firsts)]
    await crowd.arrive(firsts)
    await asyncio.sleep(2 * _SETTLE_S)
    with_one_kb = server.memory_kb()
    await crowd.arrive(others)
    await asyncio.sleep(2 * _SETTLE_S)
    with_three_kb = server.memory_kb()
    crowd.leave()
    return {
        "KB per connection": (with_three_kb - with_one_kb) / len(others),
        "KB per room of 3": (with_three_kb - empty_kb) / count,
    }


async def _storm(server: Server, length: Length, before: Figures) -> Figures:
    crowd = Crowd(await server.rooms(100, 5))
    await crowd.arrive()
    await crowd.type(5, 1)
    crowd.leave()
    await asyncio.sleep(_SETTLE_S)
    took_ms: list[float] = []

    async def come_back(person: Person, began: float) -> None:
        await person.arrive()
        took_ms.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(come_back(person, began) for person in crowd.people))
    crowd.leave()
    took_ms.sort()
    return {"half back ms": percentile(took_ms, 50), "all back ms": took_ms[-1]}


class Reader(Person):
    """Somebody who joins late and wants to read everything."""

    def __init__(self, number: int, seat: Seat, room: Room) -> None:
        super().__init__(number, seat, room)
        self._doc = Doc[Text]()
        self._text = self._doc.get(FILE, type=Text)
        self._wanted = 0
        self._has_all = asyncio.Event()

    async def read(self, wanted: int) -> float:
        """Return after how many milliseconds it holds that many characters."""
        self._wanted = wanted
        began = time.perf_counter()
        await self.arrive()
        async with asyncio.timeout(60):
            await self._has_all.wait()
        took_ms = (time.perf_counter() - began) * 1000
        self.go()
        return took_ms

    def take(self, update: bytes) -> None:
        """Apply what came, and see whether it is all."""
        self._doc.apply_update(update)
        if len(self._text) >= self._wanted:
            self._has_all.set()


SCENARIOS = (
    Scenario("interview", "One interview: 2 people, 10 updates/s each", _interview),
    Scenario("hundred", "100 rooms of 3, 10 updates/s each", _hundred),
    Scenario("fifty", "1 room of 50, 5 updates/s each", _fifty),
    Scenario("largest", "Largest steady rate, 100 rooms of 3, p99 up to 50 ms", _largest),
    Scenario("join", "Joining a document of 20,000 one-character updates", _join),
    Scenario("memory", "Memory of idle rooms and connections", _memory),
    Scenario("storm", "500 people of 100 rooms reconnect at once", _storm),
)


def _require_complete(server: Server, typed: Typed) -> None:
    if not typed.is_complete:
        raise RuntimeError(
            f"{server.name} delivered {typed.delivered} of {typed.expected} updates in time"
        )


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Keep the crowd's own garbage collections out of what is measured."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
