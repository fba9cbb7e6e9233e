"""The embedded PostgreSQL: made at first start, restarted when it dies, gone when we are.

`docs/decisions/embedded-postgresql.md` tells why this runs the programs itself.
"""

import asyncio
import logging
import os
import subprocess
import time
from enum import Enum, auto
from pathlib import Path
from typing import Final

from codeinterview_server.db.cluster import Cluster, Endpoint
from codeinterview_server.db.errors import DatabaseStartError
from codeinterview_server.db.postgres_programs import Programs, find_programs
from codeinterview_server.db.postmaster import DIE_AT_ONCE, Postmaster, end_group, end_orphan, spawn

_log = logging.getLogger(__name__)

_POLL_S: Final = 0.005
_INITDB_TIMEOUT_S: Final = 120.0
_WATCH_S: Final = 0.25
_RESTART_DELAY_FIRST_S: Final = 0.5
_RESTART_DELAY_LAST_S: Final = 10.0
# After a postmaster was killed its children hold the shared memory for a moment.
_LEFTOVERS_TIMEOUT_S: Final = 10.0
_LEFTOVERS: Final = ("shared memory block", "lock file")


class _State(Enum):
    NEW = auto()
    LAUNCHED = auto()
    RUNNING = auto()
    STOPPED = auto()


class EmbeddedPostgres:
    """Owns one PostgreSQL in `<data_dir>/postgres`: `launch` if in a hurry, `start`, `stop`.

    The caller holds the data directory's lock from before the first of these until after the
    last, and calls them on the main thread.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._state = _State.NEW
        self._programs: Programs
        self._cluster: Cluster
        self._endpoint: Endpoint
        self._command: list[str] = []
        self._initdb: subprocess.Popen[bytes] | None = None
        self._postmaster: Postmaster | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of PostgreSQL's main process, while there should be one."""
        return None if self._postmaster is None else self._postmaster.pid

    def launch(self) -> None:
        """Starts what can be started without waiting, so that it goes on while others import.

        Raises:
            DatabaseStartError: It cannot be started.
        """
        if self._state is not _State.NEW:
            raise RuntimeError("The embedded PostgreSQL is started once.")
        try:
            self._programs = find_programs(self._data_dir)
            self._cluster = Cluster(self._data_dir, self._programs)
            if not self._cluster.exists():
                self._run_initdb()
            elif not self._cluster.may_be_running():
                self._run_postgres()
        except OSError as error:
            raise DatabaseStartError(
                f"The embedded PostgreSQL did not start: {error.strerror} ({error.filename}). "
                "Check the data directory, or choose another one with --data-dir."
            ) from error
        self._state = _State.LAUNCHED

    async def start(self) -> str:
        """Returns the URL of a PostgreSQL that accepts connections.

        When cancelled or failing, `stop` must still be called.

        Raises:
            DatabaseStartError: It cannot be started.
        """
        if self._state is _State.NEW:
            self.launch()
        if self._initdb is not None:
            await self._finish_initdb(self._initdb)
        if self._postmaster is None:
            await end_orphan(self._cluster, self._programs)
            self._run_postgres()
        await self._become_ready()
        self._state = _State.RUNNING
        self._watcher = asyncio.create_task(self._watch(), name="embedded-postgres")
        return self._endpoint.url

    async def stop(self) -> None:
        """Ends PostgreSQL and whatever else was started; returns when nothing is left."""
        self._state = _State.STOPPED
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
            self._watcher = None
        if self._initdb is not None:
            end_group(self._initdb)
            self._initdb = None
        if self._postmaster is not None:
            await self._postmaster.stop()
            self._postmaster = None
            self._cluster.tidy(self._endpoint)

    def _run_initdb(self) -> None:
        log = self._cluster.open_log()
        try:
            self._initdb = spawn(self._cluster.prepare(), self._programs.account, log, DIE_AT_ONCE)
        finally:
            os.close(log)

    async def _finish_initdb(self, initdb: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _INITDB_TIMEOUT_S
        while initdb.poll() is None:
            if time.monotonic() > deadline:
                raise DatabaseStartError(
                    f"Making the database took longer than {_INITDB_TIMEOUT_S:.0f} seconds. "
                    f"Look into {self._cluster.log_path} and try again."
                )
            await asyncio.sleep(_POLL_S)
        if initdb.returncode != 0:
            raise DatabaseStartError(
                f"The embedded database could not be made: {self._cluster.log_tail()}. "
                f"Look into {self._cluster.log_path}, or choose another data directory "
                "with --data-dir."
            )
        self._initdb = None
        self._cluster.adopt()

    def _run_postgres(self) -> None:
        if not self._command:
            self._command, self._endpoint = self._cluster.configure()
        self._postmaster = Postmaster(self._cluster, self._command, self._programs)

    async def _become_ready(self) -> None:
        deadline = time.monotonic() + _LEFTOVERS_TIMEOUT_S
        while True:
            assert self._postmaster is not None  # noqa: S101 - `_run_postgres` made it
            try:
                await self._postmaster.wait_ready()
            except DatabaseStartError as error:
                leftovers = any(sign in str(error) for sign in _LEFTOVERS)
                if not leftovers or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_WATCH_S)
                await end_orphan(self._cluster, self._programs)
                self._run_postgres()
            else:
                return

    async def _watch(self) -> None:
        """Starts PostgreSQL again whenever it dies; rooms keep their edits meanwhile."""
        delay_s = _RESTART_DELAY_FIRST_S
        while True:
            await asyncio.sleep(_WATCH_S)
            if self._postmaster is None or self._postmaster.is_running():
                continue
            _log.error("The embedded PostgreSQL ended by itself; starting it again.")
            try:
                self._run_postgres()
                await self._become_ready()
            except (DatabaseStartError, OSError) as error:
                _log.error("%s Trying again in %.1f seconds.", error, delay_s)
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, _RESTART_DELAY_LAST_S)
            else:
                _log.info("The embedded PostgreSQL is back.")
                delay_s = _RESTART_DELAY_FIRST_S
