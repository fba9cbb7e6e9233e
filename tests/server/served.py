"""An ASGI app on a real socket, with uvicorn set up as the product sets it up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette

from codeinterview_server.domain.addresses import parse_network
from codeinterview_server.http_server import HttpServer
from codeinterview_server.listener import listen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

START_TIMEOUT_S = 20.0


@asynccontextmanager
async def served(app: Any, proxies: Iterable[str] = ()) -> AsyncIterator[str]:
    """Serve the app on a free loopback port of this loop; yield its origin."""
    started = asyncio.Event()
    listener = listen("127.0.0.1", 0)
    try:
        server = HttpServer(app, started.set, proxies=tuple(map(parse_network, proxies)))
        server.config.lifespan = "on" if isinstance(app, Starlette) else "off"
        # Nobody is waited for who is still connected when a test ends.
        server.config.timeout_graceful_shutdown = 1
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        starting = asyncio.create_task(started.wait())
        await asyncio.wait(
            {serving, starting}, timeout=START_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
        )
        assert starting.done(), "the app did not start"
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
    finally:
        listener.close()


def client(origin: str, **options: Any) -> httpx.AsyncClient:
    """An HTTP client that takes no proxy and waits long enough for a busy machine."""
    return httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30, **options)
