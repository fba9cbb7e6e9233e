"""One place in one room of one server: where it is, and how that server's frames look."""

from __future__ import annotations

from dataclasses import dataclass

_STATE_VECTOR = b"\x00\x00\x01\x00"
"""Sync, step 1, one byte: nothing is known yet."""
_NOTHING = b"\x00\x01\x02\x00\x00"
"""Sync, step 2, an update of nothing: the answer to the server's own step 1."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one person connects to."""

    url: str
    source: str = "127.0.0.1"
    """The loopback address to connect from."""
    prefix: bytes = b""
    """What stands before each frame of the y-protocols."""
    first: tuple[bytes, ...] = ()
    """What this server wants to hear before anything else."""

    @property
    def greeting(self) -> tuple[bytes, ...]:
        """What is sent on arrival."""
        return (*self.first, self.prefix + _STATE_VECTOR, self.prefix + _NOTHING)


def encode_update(prefix: bytes, update: bytes) -> bytes:
    """Put an update into a frame."""
    return prefix + b"\x00\x02" + _length(len(update)) + update


def _length(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(128 | number & 127)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
