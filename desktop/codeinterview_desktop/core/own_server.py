"""The app's own server as its clients see it: where it is, and a client with the run key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .api import ServerApi
from .supervisor import ServerOptions, ServerSupervisor

if TYPE_CHECKING:
    from .settings import AppSettings, SettingsStore
    from .tasks import BackgroundTasks


def server_options(settings: AppSettings) -> ServerOptions:
    """What of the settings matters to the server."""
    return ServerOptions(settings.port, settings.allow_network, settings.database_url)


class OwnServer:
    """Owns the client of the app's own server, and restarts that when its settings change."""

    def __init__(
        self,
        supervisor: ServerSupervisor,
        settings: SettingsStore,
        run_key: str,
        tasks: BackgroundTasks,
    ) -> None:
        self.run_key = run_key
        self._supervisor = supervisor
        self._settings = settings
        self._tasks = tasks
        self._client: ServerApi | None = None
        self._restarting = asyncio.Lock()
        self._disconnect = settings.changed.connect(self._on_settings)

    @property
    def url(self) -> str | None:
        """Where the server is, or None while it is away."""
        return self._supervisor.status.url

    @property
    def page_key(self) -> str | None:
        """The run key: the pages are the app's own, and it ends with this run."""
        return self.run_key

    async def origin(self, timeout_s: float = 60.0) -> str:
        """Where the server is, as soon as it runs.

        Raises:
            ServerAwayError: it does not come.
        """
        return await self._supervisor.wait_ready(timeout_s)

    async def client(self, timeout_s: float = 60.0) -> ServerApi:
        """A client that may do everything; it belongs to this object.

        Raises:
            ServerAwayError: the server does not come.
        """
        origin = await self.origin(timeout_s)
        if self._client is None or self._client.origin != origin:
            old, self._client = self._client, ServerApi(origin, self.run_key)
            if old is not None:
                await old.aclose()
        return self._client

    async def stop(self) -> None:
        """Close the client. Safe to call twice."""
        self._disconnect()
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _on_settings(self, before: AppSettings, after: AppSettings) -> None:
        if server_options(before) != server_options(after):
            self._tasks.start(self._restart(), "restart the server with new settings")

    async def _restart(self) -> None:
        async with self._restarting:
            options = server_options(self._settings.current)
            if options != self._supervisor.options:
                await self._supervisor.restart(options)
