"""The people of a benchmark: sockets that type at a steady pace and time what arrives.

One process, one loop, and as little work per frame as Python allows: what arrives is told apart by
its client id and clock, and compared with when that was sent.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.realtime.seats import Seat, encode_update
from benchmarks.realtime.typing_log import client_bytes, typed_by
from codeinterview_server.realtime.update import read_update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ARRIVALS_AT_ONCE = 50
_ARRIVAL_TIMEOUT_S = 60.0
_TICK_S = 0.001
_DRAIN_S = 5.0


class Person(WSListener):
    """One socket. `arrive` and wait for `is_here` before typing."""

    def __init__(self, number: int, seat: Seat, room: Room) -> None:
        self.seat = seat
        self.room = room
        self.key = client_bytes(number)
        self.sent_ns = array("q")
        self.frames: list[bytes] = []
        self.is_here = asyncio.Event()
        self.transport: WSTransport | None = None
        self._number = number
        self._at = len(seat.prefix)
        self._size = 0

    def prepare(self, count: int) -> None:
        """Have the frames of `count` more characters ready."""
        have = len(self.sent_ns)
        updates = typed_by(self._number, have + count)[have:]
        self.frames = [encode_update(self.seat.prefix, update) for update in updates]
        self.frames.reverse()

    async def arrive(self) -> None:
        """Connect, and return once the server has sent the document."""
        async with asyncio.timeout(_ARRIVAL_TIMEOUT_S):
            await ws_connect(
                lambda: self,
                self.seat.url,
                local_addr=(self.seat.source, 0),
                websocket_handshake_timeout=_ARRIVAL_TIMEOUT_S,
                max_frame_size=64 * 1024 * 1024,
            )
            await self.is_here.wait()

    def type_one(self) -> None:
        """Send the next character."""
        transport = self.transport
        if transport is None:
            return
        frame = self.frames.pop()
        self.sent_ns.append(time.perf_counter_ns())
        transport.send(WSMsgType.BINARY, frame)

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Greet."""
        self.transport = transport
        for frame in self.seat.greeting:
            transport.send(WSMsgType.BINARY, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Be away."""
        self.transport = None
        self.is_here.clear()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Time an update; take in the document."""
        now_ns = time.perf_counter_ns()
        if frame.msg_type != WSMsgType.BINARY:
            return
        payload = frame.get_payload_as_bytes()
        at = self._at
        if payload[at] != 0:
            return
        kind = payload[at + 1]
        at += 2
        while payload[at] > 127:
            at += 1
        at += 1
        if kind == 1:
            self.take(payload[at:])
            self.is_here.set()
        elif kind == 2 and payload[at] == 1 and payload[at + 1] == 1:
            clock, shift, place = 0, 0, at + 7
            while payload[place] > 127:
                clock |= (payload[place] & 127) << shift
                shift += 7
                place += 1
            clock |= payload[place] << shift
            self.room.heard(self, payload[at + 2 : at + 7], clock, now_ns)
        elif kind == 2:
            self._read_several(payload[at:], now_ns)
            self.take(payload[at:])

    def take(self, update: bytes) -> None:
        """Take in the document, or many changes at once; most people do not care."""

    def go(self) -> None:
        """Drop the connection without a word, as a lost network does."""
        if self.transport is not None:
            self.transport.underlying_transport.abort()

    def _read_several(self, update: bytes, now_ns: int) -> None:
        for struct in read_update(update).structs:
            key = encode_client(struct.client)
            for clock in range(struct.clock, struct.end):
                self.room.heard(self, key, clock, now_ns)


def encode_client(client: int) -> bytes:
    """Encode a client id that was read out of an update."""
    return client_bytes(client - 2**28)


@dataclass(eq=False)
class Room:
    """The people of one room, by client id."""

    crowd: Crowd
    people: dict[bytes, Person] = field(default_factory=dict)

    def heard(self, by: Person, key: bytes, clock: int, now_ns: int) -> None:
        """Note that a character arrived, unless it is an echo or from before."""
        person = self.people.get(key)
        if person is None or person is by or clock < self.crowd.counted_from:
            return
        if clock >= len(person.sent_ns):
            # Kept from before a restart.
            return
        self.crowd.delays_ns.append(now_ns - person.sent_ns[clock])


@dataclass(frozen=True, slots=True)
class Typed:
    """What one measured stretch of typing came to."""

    rate: float
    """Updates per second into the server."""
    expected: int
    delivered: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    late_ms: float
    """By how much the crowd itself was late, in 99 of 100 cases."""
    own_cpu: float
    """Share of one core that the crowd took."""

    @property
    def is_complete(self) -> bool:
        """Whether everybody got everything."""
        return self.delivered >= self.expected


class Crowd:
    """Everybody in every room."""

    def __init__(self, rooms: Iterable[Iterable[Seat]]) -> None:
        self.delays_ns = array("q")
        self.counted_from = 0
        self.rooms: list[Room] = []
        self.people: list[Person] = []
        for seats in rooms:
            room = Room(self)
            for seat in seats:
                person = Person(len(self.people), seat, room)
                room.people[person.key] = person
                self.people.append(person)
            self.rooms.append(room)

    async def arrive(self, people: Iterable[Person] | None = None) -> None:
        """Have everybody connect, some at a time."""
        gate = asyncio.Semaphore(_ARRIVALS_AT_ONCE)

        async def enter(person: Person) -> None:
            async with gate:
                await person.arrive()

        await asyncio.gather(*map(enter, self.people if people is None else people))

    async def type(self, rate_per_person: float, seconds: float) -> Typed:
        """Let everybody type at a steady pace, all phases evenly spread, and wait for the last."""
        count = max(1, round(rate_per_person * seconds))
        for person in self.people:
            person.prepare(count)
        # Everybody has typed equally much.
        self.counted_from = len(self.people[0].sent_ns)
        self.delays_ns = array("q")
        order = self._order()
        total = count * len(order)
        expected = count * sum(len(room.people) * (len(room.people) - 1) for room in self.rooms)
        late_ns = array("q")
        interval_ns = 1e9 * seconds / total
        own = psutil.Process()
        cpu_before = sum(own.cpu_times()[:2])
        began_ns = time.perf_counter_ns()
        sent = 0
        turns = _forever(order)
        while sent < total:
            now_ns = time.perf_counter_ns()
            due = min(total, int((now_ns - began_ns) / interval_ns) + 1)
            if sent < due:
                late_ns.append(now_ns - began_ns - int(sent * interval_ns))
            while sent < due:
                next(turns).type_one()
                sent += 1
            await asyncio.sleep(_TICK_S)
        took_s = (time.perf_counter_ns() - began_ns) / 1e9
        until_s = time.monotonic() + _DRAIN_S
        while len(self.delays_ns) < expected and time.monotonic() < until_s:  # noqa: ASYNC110
            # An event would be set for each character.
            await asyncio.sleep(0.01)
        own_cpu = (sum(own.cpu_times()[:2]) - cpu_before) / took_s
        delays = sorted(self.delays_ns)
        return Typed(
            rate=total / took_s,
            expected=expected,
            delivered=len(delays),
            p50_ms=percentile(delays, 50) / 1e6,
            p95_ms=percentile(delays, 95) / 1e6,
            p99_ms=percentile(delays, 99) / 1e6,
            late_ms=percentile(sorted(late_ns), 99) / 1e6,
            own_cpu=own_cpu,
        )

    def leave(self, people: Iterable[Person] | None = None) -> None:
        """Drop everybody's connection without a word, as a lost network does."""
        for person in self.people if people is None else people:
            person.go()

    def _order(self) -> list[Person]:
        """Return everybody such that the people of one room are far apart in time."""
        places = max(len(room.people) for room in self.rooms)
        seated = [list(room.people.values()) for room in self.rooms]
        return [
            people[place] for place in range(places) for people in seated if place < len(people)
        ]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the percentile of an ordered list; infinite when it is empty."""
    if not ordered:
        return float("inf")
    return float(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))])


def _forever(order: list[Person]) -> Iterator[Person]:
    while True:
        yield from order
