"""How many sockets one address has open at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from codeinterview_server.domain.errors import TooManyRequests

_WAIT_S = 10


class Crowd:
    """Counts what is open, by address.

    Args:
        limit: How many one address may have.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: Counter[str] = Counter()

    @contextmanager
    def enter(self, address: str) -> Iterator[None]:
        """Counts one more of an address, to the end of the block.

        Raises:
            TooManyRequests: The address has as many as it may have.
        """
        if self._open[address] >= self._limit:
            raise TooManyRequests(_WAIT_S)
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
