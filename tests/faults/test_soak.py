"""The soak in its short form, and the judgement of its figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.faults import soak
from tests.faults.crowd import Report
from tests.faults.flatness import Tolerance, drift, percentile
from tests.faults.gauges import Sample
from tests.faults.interviews import Plan

if TYPE_CHECKING:
    from pathlib import Path

SHORT = Plan(
    origin="",
    host_key="",
    rooms=3,
    seconds=4.0,
    keystrokes_per_s=8.0,
    act_s=0.5,
    round_s=3.0,
    idle_s=0.5,
)
_POOL = 8
"""Connections that the server opens when it needs them and keeps."""


async def test_a_server_is_afterwards_as_it_was_before(data_dir: Path) -> None:
    found = await soak.soak(SHORT, data_dir, warm_up_s=2.0, sample_s=0.5)
    assert found.lost == 0
    assert not found.errors
    assert found.typed > 50
    assert sum(crowd.done["returns"] for crowd in found.crowds) >= SHORT.rooms
    assert max(sample.rooms for sample in found.samples) >= SHORT.rooms
    assert len(found.lags_ms) > 2
    first, last = found.rests
    assert last.rooms == 0
    assert last.tasks == first.tasks
    assert last.files - last.connections == first.files - first.connections
    assert last.connections <= 1 + _POOL
    shown = soak.show(found)
    assert "lost 0; errors 0" in shown
    assert "| open file descriptors" in shown


FLAT = Sample(
    at_s=0, memory_mib=200, blocks=600, files=700, tasks=1300, connections=9, rooms=200,
    unwritten=3, postgres_mib=50,
)  # fmt: skip
REST = replace(FLAT, files=25, tasks=5, rooms=0, unwritten=0)


def findings(*, files_per_sample: float = 0, **at_rest: float) -> soak.Findings:
    """A soak of which one figure may grow."""
    samples = [
        # Up and down all the time, as people come and go.
        replace(FLAT, at_s=10.0 * n, files=int(700 + 15 * (-1) ** n + files_per_sample * n))
        for n in range(100)
    ]
    report = Report(typed=10, lost=0, done={}, errors=[], relays=10, delay_p50_ms=1, delay_p99_ms=2)
    last = replace(REST, **at_rest)  # type: ignore[arg-type]
    return soak.Findings(FLAT, rests=[REST, last], samples=samples, crowds=[report])


def test_what_stays_as_it_is_is_flat() -> None:
    is_well, words = soak.verdict(findings())
    assert is_well
    assert "verdict: flat" in words


def test_one_descriptor_more_every_ten_seconds_is_not_flat() -> None:
    is_well, words = soak.verdict(findings(files_per_sample=1))
    assert not is_well
    assert "not flat: open file descriptors: +" in words


@pytest.mark.parametrize(
    "figure",
    [{"tasks": 10}, {"files": 30}, {"connections": 14}, {"rooms": 5}, {"memory_mib": 221}],
)
def test_more_at_rest_than_before_is_not_flat(figure: dict[str, float]) -> None:
    is_well, words = soak.verdict(findings(**figure))
    assert not is_well
    assert "between the two times at rest" in words


def test_a_lost_keystroke_or_an_error_fails_a_flat_soak() -> None:
    lost = findings()
    lost.crowds[0] = replace(lost.crowds[0], lost=1)
    assert not soak.verdict(lost)[0]
    complained = findings()
    complained.complaints.append("ERROR: something")
    assert not soak.verdict(complained)[0]


def test_a_line_is_seen_through_noise() -> None:
    times_s = [float(n) for n in range(100)]
    noise = [5.0 * (-1) ** n for n in range(100)]
    assert abs(drift(times_s, noise)) < 1
    risen = [value + 0.5 * at for value, at in zip(noise, times_s, strict=True)]
    assert drift(times_s, risen) == pytest.approx(24.5, abs=1)
    with pytest.raises(ValueError, match="Too few"):
        drift([0.0, 1.0], [1.0, 1.0])


def test_a_tolerance_is_a_share_or_a_least() -> None:
    tolerance = Tolerance(share=0.1, least=2)
    assert tolerance.allows(2, 1)
    assert tolerance.allows(10, 100)
    assert tolerance.allows(-50, 100)
    assert not tolerance.allows(11, 100)


def test_percentiles() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([float(n) for n in range(100)], 0.99) == 99
