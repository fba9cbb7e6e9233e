"""uvicorn as this program runs it: quiet, never compressing keystrokes, able to drop a socket."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from codeinterview_server.domain.addresses import Network, bucket_of, is_within, parse_address
from codeinterview_server.domain.limits import Limits
from codeinterview_server.sockets import SocketProtocol

_GRACE_S: Final = 5
_FRAME_ROOM: Final = 2
"""Frames up to so many times the limit are still read, so that the room can say why it closes."""


_IDLE_S: Final = 10.0
"""How long a connection may go without the request, or the rest of it, that we wait for."""
_STUCK_S: Final = 30.0
"""How long an answer may stay where it is because the other side does not read."""
_READ_BYTES: Final = 64 * 1024
"""How much of it the other side must have read by then, at least."""

_SLICE_BYTES: Final = 8 * 1024
"""How much of what came is read before its bounds are looked at again."""
_HEAD_BYTES: Final = 64 * 1024
"""How long a request's line, headers and trailers may be together, as far as we count them."""
_FRAMING_FACTOR: Final = 8
_HEAD_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)


class HttpProtocol(HttpToolsProtocol):
    """Drops connections that only take up room, and those beyond what one address may have.

    Args:
        proxies: Whoever connects from there connects for many, so these are not counted.
    """

    _idle: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None
    _allowance_bytes: int = _HEAD_BYTES
    """How much may still come of this request that is not its body."""

    def __init__(self, *args: Any, proxies: tuple[Network, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proxies = proxies

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._rest()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        for start in range(0, len(data), _SLICE_BYTES):
            part = data[start : start + _SLICE_BYTES]
            self._allowance_bytes -= len(part)
            super().data_received(part)
            if self.transport.is_closing() or self.transport.get_protocol() is not self:
                # Refused, or a WebSocket by now.
                return
            if self._allowance_bytes < 0:
                self._refuse_head()
                return
        cycle: RequestResponseCycle | None = self.cycle
        is_answered = cycle is None or cycle.response_complete
        if is_answered and self._idle is None and self.timeout_keep_alive_task is None:
            # Something came, and it was no request.
            self._wait()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        self._rest()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """Wait for the rest of the head, however slowly it comes."""
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        super().on_headers_complete()
        self._wait()

    def on_body(self, body: bytes) -> None:
        """Wait for more of it."""
        # Itself, and what may stand between pieces of a few bytes.
        self._allowance_bytes += len(body) * _FRAMING_FACTOR
        super().on_body(body)
        self._wait()

    def on_message_complete(self) -> None:
        """Wait no longer: it is for us to answer."""
        self._allowance_bytes = _HEAD_BYTES
        self._rest()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Wait for the other side to read."""
        super().pause_writing()
        if self._stuck is None:
            self._watch_reader()

    def resume_writing(self) -> None:
        """Go on."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        if self.flow is not None:
            super().resume_writing()

    def _watch_reader(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._stuck = self.loop.call_later(_STUCK_S, self._drop_unless_read, waiting)

    def _drop_unless_read(self, waiting: int) -> None:
        """Drop the other side, unless it has read something of what was waiting."""
        if waiting - self.transport.get_write_buffer_size() < _READ_BYTES:
            self.transport.abort()
        else:
            self._watch_reader()

    def _refuse_head(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            # An answer is under way, which must not look as if this were its end.
            self.transport.abort()
            return
        self.transport.write(_HEAD_TOO_LARGE)
        self.transport.close()

    def _wait(self) -> None:
        self._rest()
        if not self.transport.is_closing():
            self._idle = self.loop.call_later(_IDLE_S, self.transport.abort)

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _is_one_too_many(self) -> bool:
        peer = None if self.client is None else parse_address(self.client[0])
        if peer is None or is_within(peer, self._proxies):
            return False
        address = _address(self)
        here = sum(_address(each) == address for each in self.connections)
        return here > Limits().connections_per_address


def _address(protocol: object) -> str | None:
    client: tuple[str, int] | None = getattr(protocol, "client", None)
    return None if client is None else bucket_of(client[0])


class HttpServer(uvicorn.Server):
    """Leaves signals to others, and says when it accepts connections."""

    def __init__(
        self,
        app: object,
        on_started: Callable[[], None],
        proxies: tuple[Network, ...] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # The app looks at them itself.
                proxy_headers=False,
                http=partial(HttpProtocol, proxies=proxies),  # type: ignore[arg-type]
                ws=SocketProtocol,
                ssl_context_factory=None if tls is None else lambda _config, _default: tls,
                ws_max_size=Limits().frame_bytes * _FRAME_ROOM,
                # Compressing each keystroke costs more time than it saves.
                ws_per_message_deflate=False,
                ws_ping_interval=20,
                ws_ping_timeout=20,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._on_started()
