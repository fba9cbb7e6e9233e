"""The tables of any revision, made as temporary ones: what a backup holds is told and tried there.

They live in `pg_temp`, which is no one's but the connection's, and vanish with it.
"""

import graphlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import sqlalchemy

from codeinterview_server.db.engine import libpq_url
from codeinterview_server.db.migrate import HEAD, migrate_to

APPLICATION: Final = "codeinterview records"
"""What connections beside a server's own call themselves."""
_CONNECTION_OPTIONS: Final[dict[str, Any]] = {
    "application_name": APPLICATION,
    "client_encoding": "utf8",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

_SCHEMA: Final = """
SELECT coalesce(
    (
        SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass('sessions')
    ),
    current_schema()
)::text
"""
_SHAPES: Final = """
SELECT
    c.relname::text,
    ARRAY(
        SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ORDER BY a.attnum
    ),
    ARRAY(
        SELECT a.attname::text
        FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.number
        WHERE i.indrelid = c.oid AND i.indisprimary
        ORDER BY key.place
    ),
    (
        SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attidentity <> '' AND NOT a.attisdropped
    ),
    ARRAY(
        SELECT p.relname::text FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid
    )
FROM pg_class c
WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind = 'r' AND c.relname <> 'alembic_version'
ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class TableShape:
    """What there is to know of a table in order to copy it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    """The primary key's columns."""
    identity: str | None
    """The column that PostgreSQL numbers by itself."""


class Staging:
    """A transaction in which a revision's tables exist, empty at first, in `pg_temp`."""

    def __init__(self, connection: sqlalchemy.Connection, revision: str) -> None:
        self._connection = connection
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 - `staging` made it so
        self.driver: psycopg.Connection[Any] = driver
        self.schema = read_schema(driver)
        """Where the lasting tables are."""
        self.driver.execute("SET LOCAL search_path TO pg_temp")
        migrate_to(connection, revision)

    def shapes(self) -> list[TableShape]:
        """Returns the tables, each after those that it refers to, by a key or by its sessions."""
        rows = self.driver.execute(_SHAPES).fetchall()
        shapes = {row[0]: TableShape(row[0], tuple(row[1]), tuple(row[2]), row[3]) for row in rows}
        needs = {
            row[0]: [*row[4], *(["sessions"] if "session_id" in row[1] else [])] for row in rows
        }
        order = graphlib.TopologicalSorter(needs).static_order()
        return [shapes[name] for name in order]

    def advance(self) -> None:
        """Brings the tables, with what is in them by now, up to this program's revision."""
        migrate_to(self._connection, HEAD)


def read_schema(connection: psycopg.Connection[Any]) -> str:
    """Returns the name of the schema that our tables are in, or would be."""
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None  # noqa: S101 - the statement always answers
    return str(row[0] or "public")


@contextmanager
def staging(url: str, revision: str) -> Iterator[Staging]:
    """Yields the tables of a known revision; what was done meanwhile commits with the block.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached, or refuses something.
    """
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connect(url), poolclass=sqlalchemy.NullPool
    )
    try:
        with engine.begin() as connection:
            yield Staging(connection, revision)
    except sqlalchemy.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from error
        raise


def connect(url: str) -> psycopg.Connection[Any]:
    """Opens a blocking connection.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached, or the URL cannot be read.
    """
    return psycopg.connect(libpq_url(url), **_CONNECTION_OPTIONS)
