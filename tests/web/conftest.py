"""One real server for the folder, one Chromium a test, and people to sit before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tests.support.browser import chromium, insecure_origin, new_person
from tests.support.room_page import RoomPage
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from playwright.async_api import Browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server") / "data").start()
    yield process
    assert process.stop() == 0


@pytest.fixture
def origin(server: ServerProcess) -> str:
    """The server as a browser on a LAN sees it: plain http under a name, no secure context."""
    return insecure_origin(server.origin)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest_asyncio.fixture
async def people(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[RoomPage]]]:
    """Makes people, each with a browser profile of their own; complaints fail the test."""
    made: list[RoomPage] = []

    async def make(**options: object) -> RoomPage:
        room_page = RoomPage(await new_person(browser, **options))
        made.append(room_page)
        return room_page

    yield make
    for room_page in made:
        assert room_page.complaints() == []
        await room_page.person.context.close()
