"""People who type in a room of a real server while something happens to it."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from tests.faults.keys import Keys
from tests.faults.pace import pace
from tests.faults.report import Row
from tests.faults.typist import Typist
from tests.support.room_client import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SETTLE_S = 90.0
"""How long it may take until everybody has everything again."""
_LOOK_S = 0.05


class Server(Protocol):
    """What people come to: a server, or several behind one address."""

    @property
    def origin(self) -> str:
        """Where people come to."""

    @property
    def host_key(self) -> str:
        """The key that owns it."""

    def kill(self) -> None:
        """End it with SIGKILL."""

    def start(self) -> object:
        """Return once it is ready."""


class Trial:
    """One room, the people in it, and what they type."""

    def __init__(self, server: Server, room: Room, keys: Keys) -> None:
        self.server = server
        self.room = room
        self.keys = keys
        self.people: list[Typist] = []

    def at_work(self, keystrokes_per_s: float) -> None:
        """Let everybody type."""
        for person in self.people:
            person.begin(keystrokes_per_s)

    def move_to(self, server: Server) -> None:
        """Have everybody, from their next connection on, go to another server."""
        self.server = server
        self.room.origin = server.origin

    async def type_for(self, keystrokes: int) -> None:
        """Return once so many more keystrokes have been made."""
        goal = self.keys.typed + keystrokes
        await self.until(lambda: self.keys.typed >= goal, f"{keystrokes} keystrokes more")

    async def all_here(self) -> None:
        """Return once everybody is in the room."""
        await self.until(lambda: all(p.is_synced for p in self.people), "everybody in the room")

    async def hear_each_other(self) -> None:
        """Return once everybody sees what everybody has typed until now."""
        pressed = self.keys.pressed()
        await self.until(
            lambda: all(self.keys.stays(pressed) <= set(p.text) for p in self.people),
            "what was typed on all screens",
        )

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Return once a condition holds."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + SETTLE_S
        while not condition():
            for person in self.people:
                if person.failed:
                    await person.leave()
            assert loop.time() < deadline_s, f"not within {SETTLE_S} s: {what}"
            await pace(_LOOK_S)

    async def settle(self) -> str:
        """Return the text once nobody types any more and everybody has everything, saved."""
        for person in self.people:
            await person.stop_typing()
            person.plug_in()
        await self.until(self._is_settled, "all texts alike and saved")
        text = self.people[0].text
        # Setting what is there already changes nothing, and is answered when the database has all:
        # people are told only of what takes longer than a second.
        answer = await self.room.call("PUT", "/code", json={"code": text})
        assert answer["data"]["code"] == text, "the server has another text"
        return text

    async def verdict(self, fault: str, times: int) -> Row:
        """Settle, take the server its memory, and compare what the database kept with the keys."""
        text = await self.settle()
        for person in self.people:
            await person.leave()
        await asyncio.to_thread(self.server.kill)
        await asyncio.to_thread(self.server.start)
        kept: str = (await self.room.call("GET"))["data"]["code"]
        assert kept == text, "the database kept another text than was on the screens"
        keys = self.keys
        lost = keys.lost(kept)
        return Row(fault, times, len(self.people), keys.typed, lost, keys.longest_pause_s)

    def _is_alike(self) -> bool:
        return len({person.text for person in self.people}) == 1

    def _is_settled(self) -> bool:
        return self._is_alike() and all(p.is_synced and p.saved == "saved" for p in self.people)


@asynccontextmanager
async def trial(server: Server, *, people: int = 3, seed: int = 0) -> AsyncIterator[Trial]:
    """A room on a running server with people in it who do not type yet."""
    room = await Room.create(server.origin, server.host_key, language="python", code="")
    keys = Keys()
    subject = Trial(server, room, keys)
    for n in range(people):
        token = await room.join(f"Typist{n}")

        def url(token: str = token) -> str:
            origin = subject.server.origin.replace("http", "ws", 1)
            return f"{origin}/ws/sessions/{room.id}?token={token}"

        rng = random.Random(f"{seed}:{n}")
        subject.people.append(Typist(url, keys, rng))
    try:
        for person in subject.people:
            person.start()
        await subject.all_here()
        yield subject
    finally:
        for person in subject.people:
            await person.leave()
