"""The small writes of rooms (events, runs, the language) that wait for the database: bounded."""

import logging
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from itertools import islice
from typing import Final

_log = logging.getLogger(__name__)

_OVERHEAD_BYTES: Final = 1024
"""What a small write takes beside its texts."""


@dataclass(frozen=True, slots=True)
class Chore:
    """One small write.

    Attributes:
        name: What the log calls it.
        do: Writes; may be called again after a failure.
        key: A later chore of the same key says all that this one says; None for one that counts
            by itself.
        size_bytes: Roughly what it holds in memory beside the overhead of any chore.
    """

    name: str
    do: Callable[[], Awaitable[object]]
    key: Hashable | None = None
    size_bytes: int = 0


class Chores:
    """Small writes in order. A later one takes the place of an earlier one of its key.

    When they outgrow the memory that they may use, the oldest give way: first those without a key,
    which are the trail of what was done, then those that say how things are.
    """

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._waiting: dict[Hashable, Chore] = {}
        self._size_bytes = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, chore: object) -> bool:
        return any(waiting is chore for waiting in self._waiting.values())

    @property
    def size_bytes(self) -> int:
        """Roughly what the waiting ones hold in memory."""
        return self._size_bytes

    def add(self, chore: Chore) -> None:
        """Let a chore wait."""
        key: Hashable = object() if chore.key is None else chore.key
        replaced = self._waiting.get(key)
        if replaced is not None:
            self._size_bytes -= _weight(replaced)
        self._waiting[key] = chore
        self._size_bytes += _weight(chore)
        if self._size_bytes > self._memory_bytes:
            self._make_room()

    def first(self, count: int) -> list[Chore]:
        """Return those whose turn it is, at most so many; they wait until they are `done`."""
        return list(islice(self._waiting.values(), count))

    def done(self, chore: Chore) -> None:
        """Forget one, unless another has taken its place meanwhile."""
        for key, waiting in self._waiting.items():
            if waiting is chore:
                del self._waiting[key]
                self._size_bytes -= _weight(chore)
                break
        if self._dropped and not self._waiting:
            _log.error("%d small records could not wait for the database", self._dropped)
            self._dropped = 0

    def _make_room(self) -> None:
        """Drop the oldest until a tenth is free, so that it is not done for each newcomer."""
        goal_bytes = self._memory_bytes * 9 // 10
        for keyed in (False, True):
            for key in [key for key, each in self._waiting.items() if (each.key is None) != keyed]:
                if self._size_bytes <= goal_bytes:
                    return
                self._size_bytes -= _weight(self._waiting.pop(key))
                self._dropped += 1


def _weight(chore: Chore) -> int:
    return chore.size_bytes + _OVERHEAD_BYTES
