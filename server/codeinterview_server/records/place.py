"""The database that a command works on: an existing one, a running server's, or our own start."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from codeinterview_server.config import Settings
from codeinterview_server.data_dir import AlreadyRunningError, DataDir, DataDirError
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.errors import DatabaseStartError, without_secrets
from codeinterview_server.db.running import url_of_running
from codeinterview_server.db.staging import connect

_RUNNING_TIMEOUT_S: Final = 10.0
_POLL_S: Final = 0.1
_SERVERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'codeinterview'
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A database that can be reached."""

    url: str
    data_dir: Path
    is_embedded: bool
    is_ours: bool
    """Whether nobody else can be at work on it, because we hold the data directory's lock."""

    def is_served(self) -> bool:
        """Tells whether a server seems to be at work on it.

        Raises:
            DatabaseStartError: PostgreSQL cannot be reached.
        """
        if self.is_embedded:
            return not self.is_ours
        with explained(self.url), connect(self.url) as connection:
            row = connection.execute(_SERVERS).fetchone()
        return row is not None and row[0] > 0


@contextmanager
def open_place(settings: Settings, *, beside_server: bool, create: bool) -> Iterator[Place]:
    """Yields the database that the settings name.

    Args:
        settings: Say where it is.
        beside_server: Whether a running server's embedded PostgreSQL will do.
        create: Whether to make an embedded database where there is none.

    Raises:
        AlreadyRunningError: A server runs on the data directory, and that does not do.
        DataDirError: The data directory cannot be used, or has no database.
        DatabaseStartError: The embedded PostgreSQL cannot be started.
    """
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        yield Place(url, settings.data_dir, is_embedded=False, is_ours=False)
        return
    if not create:
        _require_database(settings.data_dir)
    lock = DataDir(settings.data_dir)
    found: str | None = None
    if beside_server:
        found = _find_or_open(lock)
    else:
        lock.open()
    try:
        if found is not None:
            yield Place(found, settings.data_dir, is_embedded=True, is_ours=False)
        else:
            with _started(settings.data_dir) as url:
                yield Place(url, settings.data_dir, is_embedded=True, is_ours=True)
    finally:
        lock.close()


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turns what PostgreSQL says against a command into a sentence.

    Raises:
        DatabaseStartError: In place of any error of psycopg's.
    """
    try:
        yield
    except psycopg.Error as error:
        if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
            # libpq could not read the URL, and would quote it: with the password.
            raise DatabaseStartError(
                "The database URL cannot be read. "
                "Write it like postgresql://user:password@host:5432/database."
            ) from None
        words = without_secrets(error.diag.message_primary or str(error), url)
        raise DatabaseStartError(
            f"PostgreSQL did not do its part: {words}. Check that it runs and try again."
        ) from error


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Returns what makes a loop that async psycopg can work on; None stands for the usual one."""
    return asyncio.SelectorEventLoop if sys.platform == "win32" else None


def _require_database(data_dir: Path) -> None:
    try:
        found = (data_dir / "postgres").is_dir()
    except OSError as error:
        raise DataDirError(
            f"The data directory {data_dir} cannot be read: {error.strerror}. "
            "Check its owner and permissions."
        ) from error
    if not found:
        raise DataDirError(
            f"There are no interviews in the data directory {data_dir}. "
            "Name the right one with --data-dir, or a database with --database-url."
        )


def _find_or_open(lock: DataDir) -> str | None:
    """Returns the URL of the server that holds the lock, or takes it and returns None.

    A server that holds it may be about to start or to stop; for that is waited a while.
    """
    deadline = time.monotonic() + _RUNNING_TIMEOUT_S
    while True:
        try:
            lock.open()
        except AlreadyRunningError:
            url = url_of_running(lock.path)
            if url is not None and _answers(url):
                return url
            if time.monotonic() > deadline:
                raise
        else:
            return None
        time.sleep(_POLL_S)


def _answers(url: str) -> bool:
    try:
        connect(url).close()
    except psycopg.Error:
        return False
    return True


@contextmanager
def _started(data_dir: Path) -> Iterator[str]:
    postgres = EmbeddedPostgres(data_dir)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            yield runner.run(postgres.start())
        finally:
            runner.run(postgres.stop())
