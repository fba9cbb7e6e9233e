"""uvicorn as this program runs it: quiet, never compressing keystrokes, able to drop a socket."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from codeinterview_server.api.socket import ABORT
from codeinterview_server.domain.limits import Limits

_GRACE_S: Final = 5
_FRAME_ROOM: Final = 2
"""Frames up to so many times the limit are still read, so that the room can say why it closes."""


_IDLE_S: Final = 10.0
"""How long a connection may go without the request, or the rest of it, that we wait for."""
_STUCK_S: Final = 30.0
"""How long an answer may stay where it is because the other side does not read."""


class HttpProtocol(HttpToolsProtocol):
    """Drops connections that only take up room, and those beyond what one address may have."""

    _idle: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

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
        super().data_received(data)
        if self.transport.get_protocol() is not self:
            # It is a WebSocket now.
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
        super().on_body(body)
        self._wait()

    def on_message_complete(self) -> None:
        """Wait no longer: it is for us to answer."""
        self._rest()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Wait for the other side to read."""
        super().pause_writing()
        self._stuck = self._stuck or self.loop.call_later(_STUCK_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        if self.flow is not None:
            super().resume_writing()

    def _wait(self) -> None:
        self._rest()
        if not self.transport.is_closing():
            self._idle = self.loop.call_later(_IDLE_S, self.transport.abort)

    def _rest(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _is_one_too_many(self) -> bool:
        address = _address(self)
        here = sum(_address(each) == address for each in self.connections)
        return address is not None and here > Limits().connections_per_address


def _address(protocol: object) -> str | None:
    client: tuple[str, int] | None = getattr(protocol, "client", None)
    return None if client is None else client[0]


class SocketProtocol(WebSocketsSansIOProtocol):
    """Lets the app drop a socket whose other side does not read."""

    async def run_asgi(self) -> None:
        """Serve the socket."""
        extensions = self.scope["extensions"]
        assert extensions is not None  # noqa: S101 - uvicorn has just made it
        extensions[ABORT] = {ABORT: self.transport.abort}
        await super().run_asgi()


class HttpServer(uvicorn.Server):
    """Leaves signals to others, and says when it accepts connections."""

    def __init__(self, app: object, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                # Nobody in front of us is known to be honest about addresses.
                proxy_headers=False,
                http=HttpProtocol,
                ws=SocketProtocol,
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
