"""A room for each language on each origin, shared by the attempts that leave it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tests.support.browser import INSECURE_HOST, chromium, insecure_origin
from tests.support.canary import Canary, canary
from tests.support.server import ServerProcess
from tests.web.sandbox.scene import FLAGS, Place, Scene, open_scene

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server at which many may join from this one address."""
    env = {"CODEINTERVIEW_JOINS_PER_MINUTE": "1000"}
    process = ServerProcess(tmp_path_factory.mktemp("sandbox") / "data", env=env).start()
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="session", params=["secure", "insecure"])
def place(request: pytest.FixtureRequest, server: ServerProcess) -> Place:
    """The server as its host's own browser sees it, and as the others on the network do."""
    if request.param == "secure":
        return Place(server, server.origin, "127.0.0.1", secure=True)
    return Place(server, insecure_origin(server.origin), INSECURE_HOST, secure=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    async with chromium(flags=FLAGS) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bird() -> AsyncIterator[Canary]:
    async with canary() as each:
        yield each


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def javascript(chrome: Browser, place: Place) -> AsyncIterator[Scene]:
    async with open_scene(chrome, place, "javascript") as scene:
        yield scene


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def py(chrome: Browser, place: Place) -> AsyncIterator[Scene]:
    async with open_scene(chrome, place, "python") as scene:
        yield scene


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def html(chrome: Browser, place: Place) -> AsyncIterator[Scene]:
    async with open_scene(chrome, place, "html") as scene:
        yield scene
