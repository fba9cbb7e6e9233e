"""uvicorn as this program runs it: quiet, never compressing keystrokes, able to drop a socket."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Final

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from codeinterview_server.api.socket import ABORT
from codeinterview_server.domain.limits import Limits

_GRACE_S: Final = 5
_FRAME_ROOM: Final = 2
"""Frames up to so many times the limit are still read, so that the room can say why it closes."""


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
