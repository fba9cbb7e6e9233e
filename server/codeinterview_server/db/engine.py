"""The pool of connections to PostgreSQL, and the one place where its errors are translated."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from codeinterview_server.domain.errors import DatabaseAway

_CONNECT_TIMEOUT_S: Final = 5
_PING_TIMEOUT_S: Final = 3
_POOL_WAIT_S: Final = 10
# A network that swallows packets must be noticed in seconds, not in the kernel's hours.
_CONNECTION_OPTIONS: Final[dict[str, Any]] = {
    "application_name": "codeinterview",
    "connect_timeout": _CONNECT_TIMEOUT_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def libpq_url(url: str) -> str:
    """Returns the URL in the form that libpq reads, without a driver's name in its scheme."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"


@contextmanager
def away_when_unreachable() -> Iterator[None]:
    """Turns any sign of an unreachable or refusing PostgreSQL into `DatabaseAway`.

    What else it says passes, but for the rows that it quotes: they hold names, code and hashes.
    """
    try:
        yield
    except (
        psycopg.OperationalError,
        # A standby until it is promoted, or a disk that an administrator has frozen.
        psycopg.errors.ReadOnlySqlTransaction,
        sqlalchemy.exc.OperationalError,
        sqlalchemy.exc.TimeoutError,
        TimeoutError,
    ) as error:
        raise DatabaseAway from error
    except sqlalchemy.exc.DBAPIError as error:
        read_only = isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction)
        if error.connection_invalidated or read_only:
            raise DatabaseAway from error
        if isinstance(error.orig, psycopg.Error):
            _leave_rows_out(error.orig)
            error.args = (f"({type(error.orig).__name__}) {error.orig}",)
        raise
    except psycopg.Error as error:
        _leave_rows_out(error)
        raise


def _leave_rows_out(error: psycopg.Error) -> None:
    if error.diag.message_primary is not None:
        error.args = (error.diag.message_primary,)


class Database:
    """Owns the connection pool. Start it before use, stop it once; it opens lazily.

    PostgreSQL need not be reachable at `start`, and may come and go: each operation raises
    `DatabaseAway` while it is away and works again afterwards.
    """

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self._url = libpq_url(url)
        self._pool_size = pool_size
        self._engine: AsyncEngine | None = None
        self._shared: ContextVar[AsyncConnection | None] = ContextVar("shared", default=None)

    @property
    def url(self) -> str:
        """Where it is, as libpq reads it; with the password, if there is one."""
        return self._url

    async def start(self) -> None:
        """Makes the pool; opens no connection yet."""
        self._engine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=self.connect,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=_POOL_WAIT_S,
            pool_pre_ping=True,
            # What people write stays out of logs and tracebacks.
            hide_parameters=True,
        )

    async def stop(self) -> None:
        """Closes all connections; a second call does nothing."""
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await engine.dispose()

    @property
    def engine(self) -> AsyncEngine:
        """The SQLAlchemy engine, between `start` and `stop`."""
        if self._engine is None:
            raise RuntimeError("The database was not started.")
        return self._engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Yields a connection in a transaction that commits at the end of the block.

        Safe to cancel: the transaction is rolled back.

        Raises:
            DatabaseAway: PostgreSQL cannot be reached, or was lost within the block.
        """
        with away_when_unreachable():
            shared = self._shared.get()
            if shared is not None:
                yield shared
                return
            async with self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Has everything that this task begins within the block committed at once, or undone.

        Raises:
            DatabaseAway: PostgreSQL cannot be reached, or was lost within the block.
        """
        async with self.begin() as connection:
            token = self._shared.set(connection)
            try:
                yield
            finally:
                self._shared.reset(token)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """Opens a driver connection of the caller's own, beside the pool.

        Raises:
            psycopg.OperationalError: PostgreSQL cannot be reached.
        """
        return await psycopg.AsyncConnection.connect(self._url, **_CONNECTION_OPTIONS)

    async def ping(self) -> None:
        """Returns when PostgreSQL answers.

        Raises:
            DatabaseAway: It does not, or not within three seconds.
        """
        with away_when_unreachable():
            async with asyncio.timeout(_PING_TIMEOUT_S):
                async with self.engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
