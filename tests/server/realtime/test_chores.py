"""Small writes wait in order and in bounded memory; what says how things are waits longest."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from codeinterview_server.realtime.chores import Chore, Chores

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pytest


def chore(name: str, key: Hashable | None = None, size_bytes: int = 0) -> Chore:
    return Chore(name, lambda: asyncio.sleep(0), key, size_bytes)


def drain(chores: Chores) -> list[str]:
    names = []
    while chores:
        (first,) = chores.first(1)
        names.append(first.name)
        chores.done(first)
    return names


def test_they_are_done_in_order_and_a_later_one_takes_its_elders_place() -> None:
    chores = Chores(2**20)
    for name, key in (("a", None), ("python", "language"), ("b", None), ("html", "language")):
        chores.add(chore(name, key))
    assert drain(chores) == ["a", "html", "b"]
    assert chores.size_bytes == 0


def test_one_that_is_replaced_while_it_is_done_does_not_take_the_new_one_along() -> None:
    chores = Chores(2**20)
    chores.add(chore("started", "run"))
    (started,) = chores.first(1)
    chores.add(chore("finished", "run"))
    chores.done(started)
    assert drain(chores) == ["finished"]


def test_memory_is_bounded_and_what_says_how_things_are_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chores = Chores(1_000_000)
    chores.add(chore("html", "language"))
    for n in range(10_000):
        chores.add(chore(f"event {n}"))
        assert chores.size_bytes <= 1_000_000
    assert len(chores) > 800
    with caplog.at_level(logging.ERROR):
        names = drain(chores)
    assert names[0] == "html"
    assert names[-1] == "event 9999"
    assert names[1:] == [f"event {n}" for n in range(10_001 - len(names), 10_000)]
    assert f"{10_001 - len(names)} small records" in caplog.text


def test_the_oldest_states_go_when_nothing_else_is_left() -> None:
    chores = Chores(1_000_000)
    for n in range(10):
        chores.add(chore(f"run {n}", ("run", n), 256 * 1024))
        assert chores.size_bytes <= 1_000_000
    assert drain(chores) == ["run 7", "run 8", "run 9"]
