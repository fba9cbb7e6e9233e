"""The whole server in this process, on a real socket and a real PostgreSQL."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.server.served import served
from tests.support.room_client import Room

from codeinterview_server.app import create_app
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.realtime.rooms import Rooms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from codeinterview_server.domain.limits import Limits

HOST_KEY = "host-key-of-the-tests"


@dataclass
class Server:
    """A running server."""

    origin: str
    rooms: Rooms
    database: Database

    async def room(self, **body: Any) -> Room:
        """Create a session, in Python unless told otherwise, with a one-line file."""
        return await Room.create(
            self.origin, HOST_KEY, **{"language": "python", "code": "one\n", **body}
        )


class Serve(Protocol):
    """Starts a server with its own limits and settings."""

    async def __call__(
        self, limits: Limits | None = None, *, database: Database | None = None, **settings: Any
    ) -> Server: ...


@pytest.fixture
async def serve(database: Database) -> AsyncIterator[Serve]:
    """Starts servers; they are stopped at the end of the test."""
    async with AsyncExitStack() as stack:
        default = database

        async def start(
            limits: Limits | None = None, *, database: Database | None = None, **settings: Any
        ) -> Server:
            used = database or default
            app = create_app(Settings(**settings), used, HOST_KEY, limits=limits)
            origin = await stack.enter_async_context(served(app))
            return Server(origin, app.state.rooms, used)

        yield start


@pytest.fixture
async def server(serve: Serve) -> Server:
    """A server as usual."""
    return await serve()
