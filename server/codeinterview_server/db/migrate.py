"""Brings a database's schema up to this program's, however many programs start at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from codeinterview_server.db.engine import libpq_url
from codeinterview_server.db.errors import (
    DatabaseStartError,
    SchemaNewerError,
    without_secrets,
)

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD: Final = "0003"
"""The newest revision under `migrations/versions`."""
OLDEST_POSTGRES: Final = 14
_SCRIPTS: Final = Path(__file__).with_name("migrations")
_CONNECT_TIMEOUT_S: Final = 5
# Any number that is ours; the lock keeps two starting programs apart.
_LOCK: Final = 0x436F6465496E7476


def upgrade(database_url: str) -> None:
    """Applies the missing migrations, in one transaction and under an advisory lock.

    Blocks; not for the event loop.

    Raises:
        DatabaseStartError: PostgreSQL cannot be reached, refuses us, or is too old.
        SchemaNewerError: The schema was made by a newer program.
    """
    url = libpq_url(database_url)
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            _check_version(connection.info.server_version)
            if read_revision(connection) == HEAD:
                return
        _migrate(url)
    except psycopg.ProgrammingError as error:
        if error.sqlstate is None:
            # libpq could not read the URL, and would quote it: with the password.
            raise DatabaseStartError(
                "The database URL cannot be read. "
                "Write it like postgresql://user:password@host:5432/database."
            ) from None
        raise DatabaseStartError(
            f"PostgreSQL does not let this user make its tables: {_words(error, url)}. "
            "Use a user who owns the database."
        ) from error
    except psycopg.Error as error:
        raise DatabaseStartError(
            f"PostgreSQL cannot be used: {_words(error, url)}. "
            "Check that it runs, and the database URL's host, user and password."
        ) from error


def _words(error: psycopg.Error, url: str) -> str:
    return without_secrets(error.diag.message_primary or str(error), url)


def _check_version(server_version: int) -> None:
    major = server_version // 10_000
    if major < OLDEST_POSTGRES:
        raise DatabaseStartError(
            f"This PostgreSQL is version {major}, and {OLDEST_POSTGRES} is the oldest that works. "
            "Upgrade it, or leave the database URL out to use the embedded one."
        )


def read_revision(connection: psycopg.Connection) -> str | None:
    """Returns which revision the database's schema is at, None when there is none of ours."""
    exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if exists is None or not exists[0]:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def known_revisions() -> frozenset[str]:
    """Returns every revision that this program can bring up to its own."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def migrate_to(connection: "Connection", revision: str) -> None:
    """Applies what is missing up to a known revision, within the caller's transaction.

    What is missing, and where tables are made, follows from the connection's search path.
    """
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _migrate(url: str) -> None:
    # Alembic and SQLAlchemy take a third of a second to import; most starts need neither here.
    import sqlalchemy

    known = known_revisions()
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_S),
        poolclass=sqlalchemy.NullPool,
    )
    try:
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)  # noqa: S101 - see `creator`
            driver.execute("SET LOCAL lock_timeout = '60s'")
            driver.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            # Another program may have migrated while we waited for the lock.
            revision = read_revision(driver)
            if revision is not None and revision not in known:
                raise SchemaNewerError(
                    "The database was written by a newer version of CodeInterview. "
                    "Install that version, or choose another database or data directory."
                )
            if revision != HEAD:
                migrate_to(connection, HEAD)
    except sqlalchemy.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from error
        raise
