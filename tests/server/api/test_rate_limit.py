"""Each address has its own bucket, which fills again evenly and is forgotten when full."""

from __future__ import annotations

import pytest

from codeinterview_server.api.rate_limit import RateLimit
from codeinterview_server.domain.errors import TooManyRequests


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_minutes_worth_may_come_at_once_and_then_evenly(clock: Clock) -> None:
    limit = RateLimit(30, clock)
    for _ in range(30):
        limit.spend("a")
    with pytest.raises(TooManyRequests) as refusal:
        limit.spend("a")
    assert refusal.value.retry_after_s == 2
    clock.now_s += 1.9
    with pytest.raises(TooManyRequests) as refusal:
        limit.spend("a")
    assert refusal.value.retry_after_s == 1
    clock.now_s += 0.2
    limit.spend("a")
    with pytest.raises(TooManyRequests):
        limit.spend("a")


def test_asking_too_often_does_not_put_the_end_off(clock: Clock) -> None:
    limit = RateLimit(60, clock)
    for _ in range(60):
        limit.spend("a")
    for _ in range(99):
        clock.now_s += 0.01
        with pytest.raises(TooManyRequests):
            limit.spend("a")
    clock.now_s += 0.02
    limit.spend("a")


def test_addresses_do_not_share(clock: Clock) -> None:
    limit = RateLimit(1, clock)
    limit.spend("a")
    limit.spend("b")
    with pytest.raises(TooManyRequests):
        limit.spend("a")


def test_a_bucket_never_holds_more_than_a_minutes_worth(clock: Clock) -> None:
    limit = RateLimit(2, clock)
    limit.spend("a")
    clock.now_s += 3_600
    limit.spend("a")
    limit.spend("a")
    with pytest.raises(TooManyRequests):
        limit.spend("a")


def test_what_was_not_needed_is_given_back_and_no_more(clock: Clock) -> None:
    limit = RateLimit(2, clock)
    limit.refund("a")
    for _ in range(2):
        limit.spend("a")
    limit.refund("a")
    limit.spend("a")
    with pytest.raises(TooManyRequests):
        limit.spend("a")


def test_addresses_without_number_do_not_fill_the_memory(clock: Clock) -> None:
    limit = RateLimit(5, clock)
    for n in range(25_000):
        limit.spend(f"2001:db8::{n:x}")
    assert len(limit._buckets) <= 10_001
    clock.now_s += 61
    for n in range(11_000):
        limit.spend(f"again {n % 3}")
        clock.now_s += 15
    assert len(limit._buckets) <= 10, "full buckets are forgotten"
