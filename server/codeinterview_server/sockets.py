"""A WebSocket as uvicorn serves it, with a short way for what is typed.

The handshake, control frames, messages in pieces, text, and everything malformed or too large are
the `websockets` library's. A whole binary message in one frame, which is what every edit and cursor
is, goes from the transport straight to whoever adopted the socket, and back by `send_frame`.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame

from codeinterview_server.api.socket import EXTENSION
from codeinterview_server.domain.errors import TooManyRequests
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.close_codes import close_for
from codeinterview_server.realtime.connection import Budget

try:
    from websockets.speedups import apply_mask
except ImportError:
    # Where no wheel fits; slower, and the same.
    from websockets.utils import apply_mask

_log = logging.getLogger(__name__)

_GRACE_S: Final = 5
_PIECE_BYTES: Final = 512
"""Pieces of a message that are shorter are counted; no browser cuts so small."""
_CHATTER_WAIT_S: Final = 10

# The first two bytes of a frame.
_FIN: Final = 0x80
_BINARY: Final = 2
_CONTROL: Final = 8
"""Opcodes from here on are control frames."""
_MASKED: Final = 0x80
_MASK_BYTES: Final = 4


class SocketProtocol(WebSocketsSansIOProtocol):
    """One socket; the application's, by ASGI, until it is adopted.

    Pings, pongs and pieces of messages never reach whoever adopts it, so they are counted here:
    each costs us about as much as a whole frame.
    """

    is_writable = True
    """Whether what is sent goes out soon, instead of gathering in memory."""

    _rest: bytearray | None = None
    """A frame whose end has not come yet."""
    _is_in_pieces = False
    _is_deaf = False
    _chatter: Budget | None = None
    _on_message: Callable[[bytes | None], None] | None = None
    _on_writable: Callable[[], None] | None = None
    _on_closed: Callable[[], Awaitable[None]] | None = None

    # The short way.

    def data_received(self, data: bytes) -> None:
        """Take in frames one after the other; what follows a flood is not even read."""
        if not self.handshake_initiated:
            super().data_received(data)
            return
        buffer: bytes | bytearray = data
        if self._rest is not None:
            self._rest += data
            buffer, self._rest = self._rest, None
        at, end = 0, len(buffer)
        while end - at >= 2 and not self._is_deaf:
            size = buffer[at + 1] & 127
            start = at + 2
            if size > 125:
                start += 2 if size == 126 else 8
                if end < start:
                    break
                size = int.from_bytes(buffer[at + 2 : start], "big")
            if not buffer[at + 1] & _MASKED or size > self.config.ws_max_size:
                # The library says what is wrong with it.
                super().data_received(bytes(buffer[at:]))
                self._is_deaf = True
                return
            start += _MASK_BYTES
            stop = start + size
            if stop > end:
                break
            if buffer[at] == _FIN | _BINARY and not self._is_in_pieces and self._on_message:
                if not self.close_sent:
                    self._on_message(apply_mask(buffer[start:stop], buffer[start - 4 : start]))
            else:
                self._read_by_library(bytes(buffer[at:stop]))
            at = stop
        if at < end and not self._is_deaf:
            self._rest = bytearray(buffer[at:])

    def send_frame(self, frame: bytes) -> None:
        """Send a binary message; after the socket's end it goes nowhere."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(_framed(frame))

    # Adoption.

    def adopt(
        self,
        on_message: Callable[[bytes | None], None],
        on_writable: Callable[[], None],
        on_closed: Callable[[], Awaitable[None]],
    ) -> None:
        """Go on with the socket after the application's call has returned.

        Args:
            on_message: Gets each binary message, in order, and None for a text.
            on_writable: Called when `is_writable` has become true again.
            on_closed: Called once, when nothing more comes.
        """
        self._on_message = on_message
        self._on_writable = on_writable
        self._on_closed = on_closed
        while not self.queue.empty():
            event = self.queue.get_nowait()
            if event["type"] == "websocket.receive":
                on_message(event.get("bytes"))
            elif event["type"] == "websocket.disconnect":
                self._leave()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def close_socket(self, code: int, reason: str) -> None:
        """Begin to close; the other side has some seconds to agree."""
        if self.close_sent or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            # The other side was first.
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def abort(self) -> None:
        """Drop the connection, whatever waits to be sent."""
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever adopted it."""
        super().connection_lost(exc)
        self._leave()

    def pause_writing(self) -> None:
        """Let what is sent wait."""
        self.is_writable = False
        super().pause_writing()

    def resume_writing(self) -> None:
        """Send what has waited."""
        self.is_writable = True
        super().resume_writing()
        if self._on_writable is not None:
            self._on_writable()

    async def run_asgi(self) -> None:
        """Serve the socket up to its end, or until it is adopted."""
        extensions = self.scope["extensions"]
        assert extensions is not None  # noqa: S101 - uvicorn has just made it
        extensions[EXTENSION] = {EXTENSION: self}
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            _log.exception("A socket failed")
            self.send_500_response()
            self.transport.close()
        if self._on_message is None:
            if not self.handshake_complete:
                self.send_500_response()
            if self.close_timer is None:
                self.transport.close()
        else:
            # Nobody asks for these again, and they are most of what an idle socket takes.
            del self.scope, self.request, self.response

    def _leave(self) -> None:
        if self._on_closed is not None:
            on_closed, self._on_closed = self._on_closed, None
            self._on_writable = None
            task = self.loop.create_task(_run(on_closed))
            # The server waits for these before it stops.
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    # The library's way.

    def _read_by_library(self, frame: bytes) -> None:
        if frame[0] & 15 < _CONTROL:
            self._is_in_pieces = not frame[0] & _FIN
        super().data_received(frame)
        if self.conn.parser_exc is not None:
            self._is_deaf = True

    def send_receive_event_to_app(self) -> None:
        """Hand on a message that came in pieces, or a text."""
        if self._on_message is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "bytes":
            self._on_message(data)
            return
        try:
            data.decode()
        except UnicodeDecodeError:
            self.conn.send_close(1007)
            self.handle_parser_exception()
            self._is_deaf = True
        else:
            self._on_message(None)

    def handle_ping(self) -> None:
        """Answer a ping."""
        self._count()
        super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take in a pong."""
        self._count()
        super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Take in a further piece of a message."""
        if len(event.data) < _PIECE_BYTES:
            self._count()
        if not self._is_deaf:
            super().handle_cont(event)

    def _count(self) -> None:
        if self._chatter is None:
            self._chatter = Budget(Limits().chatter_per_s)
        if not self._chatter.spend(1) and not self._is_deaf:
            self._is_deaf = True
            self._cut_off()

    def _cut_off(self) -> None:
        if self.close_sent or not self.handshake_complete:
            self.transport.abort()
            return
        code, reason = close_for(TooManyRequests(_CHATTER_WAIT_S))
        self.conn.fail(int(code), reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self._leave()
        # Not at once: closing with something unread takes back what was written.
        self.close_timer = self.loop.call_later(_GRACE_S, self.transport.abort)


async def _run(on_closed: Callable[[], Awaitable[None]]) -> None:
    await on_closed()


_last: tuple[bytes, bytes] = (b"", b"\x82\x00")
"""What was framed last: the same goes to everybody in a room."""


def _framed(message: bytes) -> bytes:
    global _last
    if message is _last[0]:
        return _last[1]
    size = len(message)
    if size < 126:
        frame = bytes((_FIN | _BINARY, size)) + message
    elif size < 65_536:
        frame = bytes((_FIN | _BINARY, 126)) + size.to_bytes(2, "big") + message
    else:
        frame = bytes((_FIN | _BINARY, 127)) + size.to_bytes(8, "big") + message
    _last = (message, frame)
    return frame
