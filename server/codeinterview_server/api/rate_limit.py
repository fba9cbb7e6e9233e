"""How often one address may ask for what needs no credential."""

import math
import time
from collections.abc import Callable
from itertools import islice

from codeinterview_server.domain.errors import TooManyRequests

_MAX_ADDRESSES = 10_000
_WINDOW_S = 60.0


class RateLimit:
    """A token bucket for each address; it holds a minute's worth and refills evenly.

    Args:
        per_minute: How many requests an address has in a minute, and at once.
        clock: Seconds of a monotonic clock.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._rate_per_s = per_minute / _WINDOW_S
        self._clock = clock
        # Address → tokens left and when that was so, the longest untouched first.
        self._buckets: dict[str, tuple[float, float]] = {}

    def spend(self, address: str) -> None:
        """Takes one request of an address.

        Raises:
            TooManyRequests: The address has none left.
        """
        now = self._clock()
        left = self._left(address, now)
        if left < 1:
            raise TooManyRequests(math.ceil((1 - left) / self._rate_per_s))
        self._keep(address, left - 1, now)

    def refund(self, address: str) -> None:
        """Gives one request back that an address had no need to spend."""
        now = self._clock()
        self._keep(address, min(self._capacity, self._left(address, now) + 1), now)

    def _keep(self, address: str, left: float, now: float) -> None:
        self._buckets.pop(address, None)
        self._buckets[address] = (left, now)
        self._forget(now)

    def _left(self, address: str, now: float) -> float:
        left, since = self._buckets.get(address, (self._capacity, now))
        return min(self._capacity, left + (now - since) * self._rate_per_s)

    def _forget(self, now: float) -> None:
        """Drops addresses whose buckets are full again, and the oldest when there are too many."""
        for address, (_, since) in list(islice(self._buckets.items(), 2)):
            if now - since >= _WINDOW_S or len(self._buckets) > _MAX_ADDRESSES:
                del self._buckets[address]
