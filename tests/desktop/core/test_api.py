"""The client of the server on a server that keeps connections open, as ours does."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any

import pytest

from codeinterview_desktop.core.api import UNREACHABLE, ApiError, ServerApi

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_S = 20.0
ANSWER = b'{"status": "ok"}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = LIMIT_S

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Doorkeeper(ThreadingTCPServer):
    """Counts who is connected."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self._connected = 0
        self._changed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._count(1)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._count(-1)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody left in the middle of a request."""

    def is_left_alone(self) -> bool:
        """Whether nobody is connected within the limit."""
        with self._changed:
            return self._changed.wait_for(lambda: self._connected == 0, LIMIT_S / 2)

    def _count(self, step: int) -> None:
        with self._changed:
            self._connected += step
            self._changed.notify_all()


@contextmanager
def doorkeeper() -> Iterator[Doorkeeper]:
    with Doorkeeper() as keeper:
        thread = threading.Thread(target=keeper.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield keeper
        finally:
            keeper.shutdown()
            thread.join()


@pytest.mark.parametrize("turns", range(16))
async def test_closing_while_something_is_asked_leaves_no_connection(turns: int) -> None:
    with doorkeeper() as keeper:
        api = ServerApi(keeper.origin, None)
        asked = asyncio.create_task(api.health())
        # Not yet begun, connecting, connected, asked: each is so after some turns of the loop.
        for _ in range(turns):
            await asyncio.sleep(0)
        await api.aclose()
        (failure,) = await asyncio.gather(asked, return_exceptions=True)
        assert failure is None or isinstance(failure, ApiError)
        assert await asyncio.to_thread(keeper.is_left_alone)


async def test_a_closed_client_says_so_like_one_without_a_server() -> None:
    with doorkeeper() as keeper:
        api = ServerApi(keeper.origin, None)
        await api.health()
        await api.aclose()
        with pytest.raises(ApiError) as refused:
            await api.health()
        assert refused.value.code == UNREACHABLE
