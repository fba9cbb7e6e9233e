"""A real server under hostile frames, with honest people in the same room who notice nothing."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.frames import Frames
from tests.server.served import served
from tests.support.room_client import Room as Way
from tests.support.room_client import RoomClient
from tests.support.stock_client import stock_client
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.room import Room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codeinterview_server.db.engine import Database

HOST_KEY = "host-key-of-the-tests"
ROOM_FRAMES = 5_000
"""After so many frames everything goes on in a new room."""
_LOOK_FRAMES = 500
_BREATH_FRAMES = 20
_SOCKET_SHARE = 0.02
"""Frames that take the whole way through a socket; the others are handed to the room."""
_ROLES = ("candidate", "candidate", "candidate", "observer", "interviewer", None)


class _Deaf:
    """The far end of an attacker that reads nothing."""

    def send_bytes(self, frame: bytes, *, ahead: bool = False) -> None:
        pass

    def close(self, code: int, reason: str = "") -> None:
        pass


class _Alarms(logging.Handler):
    """Keeps what the log complains of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.complaints: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.complaints.append(self.format(record))


@contextmanager
def _alarms() -> Iterator[_Alarms]:
    alarms = _Alarms()
    loop = asyncio.get_running_loop()
    former = loop.get_exception_handler()
    logging.getLogger().addHandler(alarms)
    loop.set_exception_handler(lambda _, context: alarms.complaints.append(str(context)))
    try:
        yield alarms
    finally:
        logging.getLogger().removeHandler(alarms)
        loop.set_exception_handler(former)


@dataclass
class _Attacker:
    """Somebody with a token who sends whatever they like, and comes back when thrown out."""

    way: Way
    room: Room
    participant_id: str
    token: str
    connection: Connection | None = None

    def hand_over(self, frame: bytes) -> None:
        if self.connection is None or not self.connection.is_open:
            self.connection = self.room.attach(_Deaf(), self.participant_id, control_only=False)
        self.room.receive(self.connection, frame)

    async def send(self, frame: bytes) -> None:
        url = self.way.origin.replace("http", "ws", 1)
        url = f"{url}/ws/sessions/{self.way.id}?token={self.token}"
        async with connect(url, compression=None, proxy=None, close_timeout=1) as socket:
            with suppress(ConnectionClosed):
                await socket.send(frame)
                # Whether it was taken or not, this comes after it.
                await socket.send(frame.decode("latin-1"))
                await socket.wait_closed()

    def leave(self) -> None:
        if self.connection is not None:
            self.room.detach(self.connection)


@dataclass
class Tally:
    """What was sent."""

    frames: int = 0
    rooms: int = 0
    refused: int = 0
    """Frames that closed their connection."""


async def fuzz(database: Database, seed: int, frames: int) -> Tally:
    """Send so many frames; raises an `AssertionError` that names the seed for whatever breaks."""
    tally = Tally()
    limits = Limits(messages_per_s=1_000_000)
    settings = Settings(joins_per_minute=1_000_000)
    app = create_app(settings, database, HOST_KEY, limits=limits)
    with _alarms() as alarms:
        try:
            async with served(app) as origin:
                while tally.frames < frames:
                    count = min(ROOM_FRAMES, frames - tally.frames)
                    rng = random.Random(f"{seed}:{tally.rooms}")
                    await _fuzz_room(app, origin, rng, count, tally, alarms)
                    tally.rooms += 1
        except Exception as error:
            where = f"seed {seed}, room {tally.rooms}, after {tally.frames} frames"
            raise AssertionError(f"{where}: {error!r}") from error
    return tally


async def _fuzz_room(
    app: Any, origin: str, rng: random.Random, count: int, tally: Tally, alarms: _Alarms
) -> None:
    way = await Way.create(origin, HOST_KEY, language="python", code="start\n")
    async with AsyncExitStack() as stack:
        room: Room = await stack.enter_async_context(app.state.rooms.open(way.id))
        honest = [
            await stack.enter_async_context(way.enter(token))
            for token in (way.token, await way.join("Honest"))
        ]
        await asyncio.gather(*(client.sync() for client in honest))
        attackers = []
        for n, role in enumerate(_ROLES):
            token = await way.join(f"Mallory{n}", role)
            attackers.append(_Attacker(way, room, f"Mallory{n}", token))
            stack.callback(attackers[-1].leave)
        supply = Frames(rng, honest[0].doc.get_update())
        for n in range(1, count + 1):
            attacker = rng.choice(attackers)
            frame = supply.next()
            if rng.random() < _SOCKET_SHARE:
                await attacker.send(frame)
            else:
                attacker.hand_over(frame)
                closed = attacker.connection is None or not attacker.connection.is_open
                tally.refused += closed
            tally.frames += 1
            assert not alarms.complaints, f"{alarms.complaints[:3]}; last frame {frame.hex()}"
            if n % _BREATH_FRAMES == 0:
                await asyncio.sleep(0)
            if n % _LOOK_FRAMES == 0 or n == count:
                await _look(honest, room, f"[{tally.frames}]")
        # One who comes now, with Yjs itself, sees what the others see.
        text = room.files()["main.py"]
        async with stock_client(origin, way.id, way.token) as late:
            await late.until_synced()
            await late.until_text(text)
        assert not alarms.complaints, alarms.complaints[:3]


async def _look(honest: list[RoomClient], room: Room, mark: str) -> None:
    """See that honest people still work together."""
    first, second = honest
    await first.insert(0, mark)
    await second.until(lambda: mark in second.text(), "the other's keystrokes")
    for client in honest:
        await client.fence()
        assert client.close_code is None
    texts = {room.files()["main.py"], first.text(), second.text()}
    assert len(texts) == 1, "the honest have different texts"
    for client in honest:
        client.heard.clear()
        client.awareness.clear()
