"""What waits to be written to one socket: bounded, written by one task, never awaited by a room."""

import asyncio
from collections import deque
from typing import Final, Protocol

FELL_BEHIND: Final = 1013
"""Close code for a peer that reads too slowly; clients reconnect on it."""


class Peer(Protocol):
    """The other end of a connection, as a room sees it. Neither method waits or raises."""

    def send_bytes(self, frame: bytes, *, ahead: bool = False) -> None:
        """Send a frame sometime soon, in order or ahead of what waits.

        The bytes are shared, never copied.
        """

    def close(self, code: int, reason: str = "") -> None:
        """Send what is queued, then close. Later frames are dropped."""


class Transport(Protocol):
    """A socket. Nothing here waits or raises."""

    @property
    def is_writable(self) -> bool:
        """Whether what is sent goes out soon, instead of gathering in memory."""

    def send_frame(self, frame: bytes) -> None:
        """Send a binary message; after the socket's end it goes nowhere."""

    def close_socket(self, code: int, reason: str) -> None:
        """Begin to close."""

    def abort(self) -> None:
        """Drop the connection at once, without waiting for the other side to read."""


class Outbox:
    """A peer over a transport: what the transport cannot send now waits here, up to a bound.

    Args:
        transport: Where it goes; its owner calls `writable` and `ended`.
        limit_bytes: What may wait for a slow reader before it is cut off.
        close_timeout_s: How long a reader has to take what waits once it is closed.
    """

    __slots__ = (
        "_close_timeout_s",
        "_close_with",
        "_closing",
        "_frames",
        "_limit_bytes",
        "_size_bytes",
        "_timeout",
        "_transport",
    )

    def __init__(
        self, transport: Transport, limit_bytes: int, close_timeout_s: float = 5.0
    ) -> None:
        self._transport = transport
        self._limit_bytes = limit_bytes
        self._close_timeout_s = close_timeout_s
        # Made when something must wait, which with most sockets never happens.
        self._frames: deque[bytes] | None = None
        self._size_bytes = 0
        self._closing = False
        self._close_with: tuple[int, str] | None = None
        self._timeout: asyncio.TimerHandle | None = None

    @property
    def size_bytes(self) -> int:
        """How much waits to be written."""
        return self._size_bytes

    @property
    def is_closing(self) -> bool:
        """Whether frames are dropped because the connection ends."""
        return self._closing

    def send_bytes(self, frame: bytes, *, ahead: bool = False) -> None:
        """Send a frame or let it wait; a peer that does not keep up is closed with 1013."""
        if self._closing:
            return
        if self._frames is None and self._transport.is_writable:
            self._transport.send_frame(frame)
            return
        self._size_bytes += len(frame)
        if self._size_bytes > self._limit_bytes:
            self._frames = None
            self._size_bytes = 0
            self.close(FELL_BEHIND, "fell behind")
            return
        if self._frames is None:
            self._frames = deque()
        if ahead:
            self._frames.appendleft(frame)
        else:
            self._frames.append(frame)

    def writable(self) -> None:
        """Send what waits, as far as the transport takes it."""
        if self._frames is None:
            return
        while self._frames and self._transport.is_writable:
            frame = self._frames.popleft()
            self._size_bytes -= len(frame)
            self._transport.send_frame(frame)
        if not self._frames:
            self._frames = None
            if self._close_with is not None:
                self._transport.close_socket(*self._close_with)

    def close(self, code: int, reason: str = "") -> None:
        """Close after what waits; the first code given stands.

        A peer that does not read is dropped when the close timeout is over.
        """
        if self._closing:
            return
        self._closing = True
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(self._close_timeout_s, self._transport.abort)
        if self._frames is None:
            self._transport.close_socket(code, reason)
        else:
            self._close_with = (code, reason)

    def ended(self) -> None:
        """Take note that the socket is gone."""
        self._closing = True
        self._frames = None
        self._size_bytes = 0
        if self._timeout is not None:
            self._timeout.cancel()
