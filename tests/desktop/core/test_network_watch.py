"""Other addresses, or a sleep, are noticed; a busy moment is not taken for one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.desktop.support import seen, until

from codeinterview_desktop.core.network_watch import NetworkWatch
from codeinterview_desktop.core.tasks import BackgroundTasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Machine:
    """Its addresses, and its clock, which jumps when it was asleep."""

    addresses: list[str] = field(default_factory=lambda: ["10.0.0.1"])
    now_s: float = 1000.0
    looks: int = 0

    def look(self) -> object:
        self.looks += 1
        return tuple(self.addresses)

    def clock(self) -> float:
        return self.now_s


@asynccontextmanager
async def watched(machine: Machine) -> AsyncIterator[tuple[NetworkWatch, list[int]]]:
    tasks = BackgroundTasks()
    watch = NetworkWatch(tasks, look=machine.look, clock=machine.clock, every_s=0.01)
    changes: list[int] = []
    watch.changed.connect(lambda: changes.append(machine.looks))
    watch.start()
    watch.start()
    await looked(machine, 2)
    yield watch, changes
    await watch.stop()
    await watch.stop()
    await tasks.stop()


def _told(changes: list[int], times: int) -> bool:
    return len(changes) == times


async def looked(machine: Machine, times: int) -> None:
    goal = machine.looks + times
    await seen(lambda: machine.looks >= goal, "looked again")


async def test_addresses_that_come_go_or_change_places_are_told_once_each() -> None:
    machine = Machine()
    async with watched(machine) as (watch, changes):
        for number, addresses in enumerate((["10.0.0.1", "b"], ["b", "10.0.0.1"], []), 1):
            machine.addresses = addresses
            await until(watch.changed, partial(_told, changes, number), "told")
            await looked(machine, 3)
            assert len(changes) == number


async def test_a_clock_that_jumped_means_that_the_machine_slept() -> None:
    machine = Machine()
    async with watched(machine) as (watch, changes):
        machine.now_s += 8 * 3600
        await until(watch.changed, lambda: len(changes) == 1, "awake")
        await looked(machine, 3)
        assert len(changes) == 1


async def test_a_busy_moment_or_a_clock_set_back_is_no_sleep() -> None:
    machine = Machine()
    async with watched(machine) as (_watch, changes):
        machine.now_s += 5
        await looked(machine, 2)
        machine.now_s -= 3600
        await looked(machine, 2)
        assert changes == []
