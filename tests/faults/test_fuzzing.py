"""Hostile frames in their short form; `make faults` sends many more, with a seed of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.fuzzing import fuzz

if TYPE_CHECKING:
    from codeinterview_server.db.engine import Database


async def test_hostile_frames_harm_nobody(database: Database) -> None:
    tally = await fuzz(database, seed=20_251, frames=3_000)
    assert tally.frames == 3_000
    # Neither was everything turned away, nor was everything harmless.
    assert 500 < tally.refused < 2_500
