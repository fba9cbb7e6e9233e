"""People who lose the network and come back in any order, typing all the while: found by chance."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faults.keys import Keys
from tests.faults.pace import pace
from tests.faults.typist import Typist
from tests.server.served import served
from tests.support.room_client import Room

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST_KEY = "host-key-of-the-tests"
PEOPLE = 3
SETTLE_S = 30.0
_LOOK_S = 0.01
_FIRST_S = 0.01
"""The first wait before coming back: short, because there are many schedules."""


@dataclass(frozen=True)
class Type:
    """Somebody types so many keystrokes, with or without the network."""

    who: int
    keystrokes: int


@dataclass(frozen=True)
class Unplug:
    """Somebody loses the network."""

    who: int


@dataclass(frozen=True)
class PlugIn:
    """Somebody has the network back."""

    who: int


@dataclass(frozen=True)
class Meet:
    """All who have the network are waited for, until they see the same."""


Step = Type | Unplug | PlugIn | Meet
_who = st.integers(0, PEOPLE - 1)
_steps = st.one_of(
    st.builds(Type, _who, st.integers(1, 6)),
    st.builds(Unplug, _who),
    st.builds(PlugIn, _who),
    st.builds(Meet),
)
SCHEDULES = st.tuples(st.integers(0, 2**16), st.lists(_steps, min_size=2, max_size=25))


@dataclass
class Sum:
    """What all schedules together came to."""

    schedules: int = 0
    unplugged: int = 0
    typed: int = 0
    lost: int = 0
    longest_pause_s: float = 0.0
    clients: int = field(default=PEOPLE)


class Stage:
    """A server for many schedules, each in a room of its own."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.sum = Sum()

    async def play(self, seed: int, steps: list[Step]) -> None:
        """Go through a schedule; afterwards everybody must have the same, and all of it."""
        room = await Room.create(self._origin, HOST_KEY, language="python", code="")
        keys = Keys()
        people = []
        async with AsyncExitStack() as stack:
            for n in range(PEOPLE):
                url = await self._url(room, n)
                rng = random.Random(f"{seed}:{n}")
                person = Typist(partial(str, url), keys, rng, first_wait_s=_FIRST_S)
                people.append(person)
                person.start()
                stack.push_async_callback(person.leave)
            plugged = set(range(PEOPLE))
            for step in steps:
                match step:
                    case Type(who, keystrokes):
                        for _ in range(keystrokes):
                            await people[who].strike()
                    case Unplug(who):
                        people[who].unplug()
                        plugged.discard(who)
                        self.sum.unplugged += 1
                    case PlugIn(who):
                        people[who].plug_in()
                        plugged.add(who)
                    case Meet():
                        await _agree([people[n] for n in plugged])
            for person in people:
                person.plug_in()
            await _agree(people)
            text: str = (await room.call("GET"))["data"]["code"]
            assert text == people[0].text, "the server has another text"
            lost = keys.lost(text)
        self.sum.schedules += 1
        self.sum.typed += keys.typed
        self.sum.lost += lost
        self.sum.longest_pause_s = max(self.sum.longest_pause_s, keys.longest_pause_s)
        assert lost == 0, f"{lost} keystrokes lost"

    @staticmethod
    async def _url(room: Room, n: int) -> str:
        token = await room.join(f"Typist{n}")
        return f"{room.origin.replace('http', 'ws', 1)}/ws/sessions/{room.id}?token={token}"


async def _agree(people: list[Typist]) -> None:
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + SETTLE_S
    while not (all(p.is_synced for p in people) and len({p.text for p in people}) <= 1):
        assert loop.time() < deadline_s, "they do not come to the same text"
        for person in people:
            if person.failed:
                await person.leave()
        await pace(_LOOK_S)


@asynccontextmanager
async def _staged(database_url: str) -> AsyncIterator[Stage]:
    database = Database(database_url, pool_size=4)
    await database.start()
    try:
        app = create_app(Settings(joins_per_minute=1_000_000), database, HOST_KEY)
        async with served(app) as origin:
            yield Stage(origin)
    finally:
        await database.stop()


def try_schedules(database_url: str, count: int, *, derandomize: bool = False) -> Sum:
    """Play schedules that hypothesis makes up; a failing one is shown in its shortest form."""
    with asyncio.Runner() as runner:
        staged = _staged(database_url)
        stage = runner.run(staged.__aenter__())
        try:

            @settings(
                max_examples=count,
                deadline=None,
                database=None,
                print_blob=True,
                derandomize=derandomize,
                suppress_health_check=list(HealthCheck),
            )
            @given(SCHEDULES)
            def play(schedule: tuple[int, list[Step]]) -> None:
                runner.run(stage.play(*schedule))

            play()
        finally:
            runner.run(staged.__aexit__(None, None, None))
        return stage.sum
