"""A backup: every row of every table as of one moment, in one file."""

from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg import IsolationLevel, sql

from codeinterview_server.db.errors import DatabaseStartError, SchemaNewerError
from codeinterview_server.db.migrate import known_revisions, read_revision
from codeinterview_server.db.staging import TableShape, connect, read_schema, staging
from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.records.archive import ArchiveWriter, new_archive
from codeinterview_server.records.manifest import (
    HOST_KEY,
    MANIFEST,
    Manifest,
    TableContent,
    member_of,
)
from codeinterview_server.version import __version__

_WRITE_BYTES: Final = 64 * 1024
_COPY: Final = sql.SQL("COPY ({}) TO STDOUT")
_ALL: Final = sql.SQL("SELECT {} FROM {} ORDER BY {}")


def back_up(url: str, path: Path, host_key: str | None = None) -> Manifest:
    """Writes a backup of a database, which may be in use meanwhile.

    The rows are PostgreSQL's own text form of COPY. The database's schema may be older than this
    program's: nothing is migrated.

    Args:
        url: The database.
        path: The file to write; one that is there is replaced at the end.
        host_key: Put into the file, so that invites keep working where it is restored.

    Returns:
        What the file holds.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached, or was lost meanwhile.
        DatabaseStartError: The database was never used by this program.
        SchemaNewerError: It was written by a newer program.
        FileFailed: The file cannot be written. Nothing is left of it, as in every other case.
    """
    with connect(url) as connection:
        revision = _revision(connection)
    shapes = shapes_of(url, revision)
    with connect(url) as connection, new_archive(path, sealed=True) as archive:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("SET LOCAL bytea_output = 'hex'")
        if _revision(connection) != revision:
            raise DatabaseStartError("The database was brought up to date just now. Try again.")
        schema = read_schema(connection)
        manifest = Manifest(
            created_at=archive.at.isoformat(timespec="seconds"),
            program=__version__,
            revision=revision,
            tables={
                shape.name: copy_table(connection, _all_rows(schema, shape), shape, archive)
                for shape in shapes
            },
            has_host_key=host_key is not None,
        )
        if host_key is not None:
            archive.write(HOST_KEY, f"{host_key}\n")
        archive.write(MANIFEST, manifest.to_json())
    return manifest


def _revision(connection: psycopg.Connection[Any]) -> str:
    revision = read_revision(connection)
    if revision is None:
        raise DatabaseStartError(
            "The database holds nothing of CodeInterview. Check its name and the user's."
        )
    if revision not in known_revisions():
        raise SchemaNewerError(
            "The database was written by a newer version of CodeInterview. Use that version."
        )
    return revision


def shapes_of(url: str, revision: str) -> list[TableShape]:
    """Returns what tables there are at a revision.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached.
    """
    with staging(url, revision) as stage:
        shapes = stage.shapes()
        stage.driver.rollback()
    return shapes


def copy_table(
    connection: psycopg.Connection[Any],
    rows: sql.Composed,
    shape: TableShape,
    archive: ArchiveWriter,
    limit_bytes: int | None = None,
) -> TableContent:
    """Writes a table's member of an archive.

    Args:
        connection: In a transaction.
        rows: The query whose rows are written; it has the table's columns.
        shape: The table.
        archive: Where the member goes.
        limit_bytes: How large the rows may be together.

    Raises:
        psycopg.Error: PostgreSQL was lost.
        TooLarge: The rows are larger than that.
    """
    with archive.member(member_of(shape.name)) as member, connection.cursor() as cursor:
        size_bytes = _copy_rows(cursor, _COPY.format(rows), member, limit_bytes)
        return TableContent(shape.columns, cursor.rowcount, size_bytes)


def _all_rows(schema: str, shape: TableShape) -> sql.Composed:
    return _ALL.format(
        sql.SQL(", ").join(map(sql.Identifier, shape.columns)),
        sql.Identifier(schema, shape.name),
        sql.SQL(", ").join(map(sql.Identifier, shape.key)),
    )


def _copy_rows(
    cursor: psycopg.Cursor[Any],
    statement: sql.Composed,
    member: IO[bytes],
    limit_bytes: int | None,
) -> int:
    size_bytes = 0
    with cursor.copy(statement) as copy:
        gathered = bytearray()
        # They come row by row, and each call of the compressor costs.
        for row in copy:
            gathered += row
            if len(gathered) >= _WRITE_BYTES:
                size_bytes += member.write(gathered)
                gathered.clear()
                if limit_bytes is not None and size_bytes > limit_bytes:
                    raise TooLarge
        size_bytes += member.write(gathered)
    return size_bytes
