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
    """A socket that frames are awaited into."""

    async def send(self, frame: bytes) -> None:
        """Send one binary frame; wait while the socket's buffer is full.

        Raises:
            ConnectionError: The socket is closed.
        """

    async def close(self, code: int, reason: str) -> None:
        """Close with a code.

        Raises:
            ConnectionError: The socket is closed already.
        """

    def abort(self) -> None:
        """Drop the connection at once, without waiting for the other side to read."""


class Outbox:
    """A peer over a transport that must be awaited."""

    def __init__(
        self, transport: Transport, limit_bytes: int, close_timeout_s: float = 5.0
    ) -> None:
        self._transport = transport
        self._limit_bytes = limit_bytes
        self._close_timeout_s = close_timeout_s
        self._frames: deque[bytes] = deque()
        self._size_bytes = 0
        self._closing: tuple[int, str] | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def size_bytes(self) -> int:
        """How much waits to be written."""
        return self._size_bytes

    @property
    def is_closing(self) -> bool:
        """Whether frames are dropped because the connection ends."""
        return self._closing is not None

    def send_bytes(self, frame: bytes, *, ahead: bool = False) -> None:
        """Queue a frame; a peer that does not keep up is closed with 1013."""
        if self._closing is not None:
            return
        self._size_bytes += len(frame)
        if self._size_bytes > self._limit_bytes:
            self._frames.clear()
            self._size_bytes = 0
            self.close(FELL_BEHIND, "fell behind")
            return
        if ahead:
            self._frames.appendleft(frame)
        else:
            self._frames.append(frame)
        self._wake()

    def close(self, code: int, reason: str = "") -> None:
        """Close after what is queued; the first code given stands.

        A peer that does not read is dropped when the close timeout is over.
        """
        if self._closing is not None:
            return
        self._closing = (code, reason)
        asyncio.get_running_loop().call_later(self._close_timeout_s, self._transport.abort)
        self._wake()

    async def run(self) -> None:
        """Write until closed or the socket is gone. Cancelling stops at once."""
        frames = self._frames
        try:
            while True:
                while frames:
                    frame = frames.popleft()
                    await self._transport.send(frame)
                    self._size_bytes = max(0, self._size_bytes - len(frame))
                if self._closing is not None:
                    await self._transport.close(*self._closing)
                    return
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
        except ConnectionError:
            return
        finally:
            self._closing = self._closing or (1006, "")
            frames.clear()
            self._size_bytes = 0

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
