"""Restoring a backup: checked from its first byte to its last row, in one transaction."""

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg import sql

from codeinterview_server.data_dir import AlreadyRunningError, DataDirError
from codeinterview_server.db.claim import has_claims
from codeinterview_server.db.migrate import known_revisions
from codeinterview_server.db.staging import Staging, TableShape, staging
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.records.archive import open_sealed
from codeinterview_server.records.errors import DamagedBackup, NewerBackup, NotEmpty
from codeinterview_server.records.manifest import (
    HOST_KEY,
    MANIFEST,
    Manifest,
    TableContent,
    member_of,
    parse_manifest,
)

_CHUNK_BYTES: Final = 256 * 1024
_MANIFEST_BYTES_MAX: Final = 1024 * 1024
_KEY_BYTES_MAX: Final = 4096
ROW_BYTES_MAX: Final = 256 * 1024 * 1024
"""More than any row can have: the journal merges what waits once it is 64 MiB, and COPY writes
two characters for each byte."""
_SPACE_PER_BYTE: Final = 2
"""Rows are there twice for a moment, first as temporary ones."""

SERVED: Final = (
    "A CodeInterview server uses this database. Stop it and try again. Nothing was changed."
)

_COPY: Final = sql.SQL("COPY {} ({}) FROM STDIN")
_LOCK: Final = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE")
_INSERT: Final = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} AS staged ")
_NEW_SESSIONS: Final = sql.SQL(
    "WHERE NOT EXISTS (SELECT FROM {} AS kept WHERE kept.id = staged.id) RETURNING id"
)
_OF_SESSIONS: Final = sql.SQL("WHERE session_id = ANY(%s::text[]) ORDER BY {}")
# What was revoked here stays so, and a name stays whose it is.
_KEYS: Final = sql.SQL(
    "INSERT INTO {keys} ({columns}) SELECT {columns} FROM (SELECT staged.id, staged.name, "
    "staged.key_hash, staged.created_at, staged.last_used_at, CASE WHEN {as_revoked} OR EXISTS "
    "(SELECT FROM {keys} AS kept WHERE lower(kept.name) = lower(staged.name) "
    "AND kept.revoked_at IS NULL) THEN coalesce(staged.revoked_at, {now}) ELSE staged.revoked_at "
    "END AS revoked_at FROM {staged} AS staged) AS arriving "
    "WHERE NOT EXISTS (SELECT FROM {keys} AS kept WHERE kept.id = arriving.id)"
)
_CUT_OFF: Final = sql.SQL(
    "UPDATE {people} SET status = 'removed' WHERE status IN ('admitted', 'waiting') "
    "AND key_id IN (SELECT id FROM {keys} WHERE revoked_at IS NOT NULL)"
)
# Forwards only, so that nothing gets a number that something else had.
_RAISE: Final = sql.SQL(
    "SELECT setval(numbers.name, greatest((SELECT max({column}) FROM {table}), "
    "pg_sequence_last_value(numbers.name))) "
    "FROM (SELECT pg_get_serial_sequence({name}, {column_name})::regclass AS name) AS numbers"
)


class Mode(StrEnum):
    """What becomes of the sessions that the database has."""

    REFUSE = "refuse"
    """There must be none."""
    REPLACE = "replace"
    """They are deleted."""
    MERGE = "merge"
    """They stay; only sessions that are not there are added."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    sessions_added: int
    sessions_kept: int
    """Sessions of the backup that the database had already, and that stayed as they were."""


class BackupFile:
    """An open backup whose seal is whole."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        with _damage():
            self.manifest = parse_manifest(self._small(MANIFEST, _MANIFEST_BYTES_MAX))
        if self.manifest.revision not in known_revisions():
            raise NewerBackup(
                "The backup was written by a newer version of CodeInterview "
                f"({self.manifest.program}). Install that version. Nothing was changed."
            )
        if sorted(archive.namelist()) != sorted(self.manifest.members):
            raise DamagedBackup(
                "The backup holds something else than its manifest lists. "
                "Use another backup. Nothing was changed."
            )

    def host_key(self) -> str | None:
        """Returns the host key, when the backup holds one."""
        if not self.manifest.has_host_key:
            return None
        with _damage():
            key = self._small(HOST_KEY, _KEY_BYTES_MAX).decode("ascii").strip()
        if not key or not all("!" <= character <= "~" for character in key):
            raise DamagedBackup("The backup's host key is not one. Nothing was changed.")
        return key

    def rows(self, table: str) -> Iterator[bytes]:
        """Yields a table's rows in pieces, and raises `DamagedBackup` when they are not all."""
        expected = self.manifest.tables[table]
        with _damage(), self._archive.open(member_of(table)) as member:
            yield from _checked(member, table, expected)

    def _small(self, name: str, limit_bytes: int) -> bytes:
        with self._archive.open(name) as member:
            data = member.read(limit_bytes + 1)
        if len(data) > limit_bytes:
            raise ValueError(f"{name} is too large")
        return data


@contextmanager
def open_backup(path: Path) -> Iterator[BackupFile]:
    """Yields a backup after checking all that can be checked without its rows.

    Raises:
        DamagedBackup: It is no backup, or not as it was written.
        NewerBackup: A newer program wrote it.
        FileFailed: It cannot be read.
    """
    with open_sealed(path) as archive:
        yield BackupFile(archive)


def restore(backup: BackupFile, url: str, mode: Mode) -> Restored:
    """Restores a backup into a database whose schema is this program's; all of it or nothing.

    Raises:
        psycopg.OperationalError: PostgreSQL cannot be reached, was lost, or has no room.
        AlreadyRunningError: A server has a session open by now.
        NotEmpty: The database has sessions, and the mode does not say what becomes of them.
        DamagedBackup: The rows are not what the manifest says, or nothing that fits together.
    """
    with refusals(), staging(url, backup.manifest.revision) as stage:
        stage.driver.execute("SET LOCAL statement_timeout = 0")
        fill(stage, backup)
        stage.advance()
        return _move(stage, mode)


def require_room(directory: Path, manifest: Manifest) -> None:
    """Returns when a disk seems to have room for what a backup holds.

    Raises:
        DataDirError: It has not.
    """
    needed_bytes = manifest.size_bytes * _SPACE_PER_BYTE
    free_bytes = shutil.disk_usage(directory).free
    if free_bytes < needed_bytes:
        raise DataDirError(
            f"Restoring needs about {needed_bytes / 1e6:.0f} MB in {directory}, which has "
            f"{free_bytes / 1e6:.0f} MB left. Make room and try again. Nothing was changed."
        )


def fill(stage: Staging, backup: BackupFile) -> None:
    """Puts what a backup holds into the staged tables of the revision that wrote it.

    Raises:
        psycopg.Error: PostgreSQL refuses it, or was lost.
        DamagedBackup: The rows are not what the manifest says.
    """
    shapes = stage.shapes()
    tables = backup.manifest.tables
    found = {name: sorted(content.columns) for name, content in tables.items()}
    if found != {shape.name: sorted(shape.columns) for shape in shapes}:
        raise DamagedBackup(
            "The backup does not have the tables of the version that wrote it. "
            "Use another backup. Nothing was changed."
        )
    for shape in shapes:
        content = tables[shape.name]
        statement = _COPY.format(_staged(shape.name), _names(content.columns))
        with stage.driver.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for piece in backup.rows(shape.name):
                    copy.write(piece)
            _require_rows(shape.name, content, cursor.rowcount)


def _move(stage: Staging, mode: Mode) -> Restored:
    """Takes what was staged over into the lasting tables."""
    shapes = stage.shapes()
    driver = stage.driver
    lasting = {shape.name: sql.Identifier(stage.schema, shape.name) for shape in shapes}
    everything = sql.SQL(", ").join(lasting.values())
    of_sessions = sql.SQL(", ").join(
        table for name, table in lasting.items() if name != "host_keys"
    )
    driver.execute("SET LOCAL lock_timeout = '10s'")
    driver.execute(_LOCK.format(everything))
    # A server that was started since nobody was seen: it claims before it reads, and whoever claims
    # from now on reads what is restored.
    if has_claims(driver):
        raise AlreadyRunningError(SERVED)
    if mode is Mode.REPLACE:
        driver.execute(sql.SQL("TRUNCATE {}").format(of_sessions))
    elif mode is Mode.REFUSE:
        _require_empty(driver, lasting["sessions"])
    added: list[str] = []
    total = 0
    _move_keys(stage, lasting["host_keys"], mode)
    for shape in shapes:
        if shape.name == "host_keys":
            continue
        table = lasting[shape.name]
        columns = _names(_taken_over(shape, mode))
        insert = _INSERT.format(table, columns, columns, _staged(shape.name))
        if shape.name == "sessions":
            rows = driver.execute(insert + _NEW_SESSIONS.format(table)).fetchall()
            added = [row[0] for row in rows]
            total = _count(driver, _staged(shape.name))
        else:
            driver.execute(insert + _OF_SESSIONS.format(_names(shape.key)), (added,))
        if shape.identity is not None:
            driver.execute(
                _RAISE.format(
                    column=sql.Identifier(shape.identity),
                    table=table,
                    name=sql.Literal(table.as_string(driver)),
                    column_name=sql.Literal(shape.identity),
                )
            )
    driver.execute(_CUT_OFF.format(people=lasting["participants"], keys=lasting["host_keys"]))
    return Restored(len(added), total - len(added))


def _move_keys(stage: Staging, keys: sql.Identifier, mode: Mode) -> None:
    """Takes the named keys over; those that are merged into another server's open nothing there."""
    [columns] = [shape.columns for shape in stage.shapes() if shape.name == "host_keys"]
    statement = _KEYS.format(
        keys=keys,
        columns=_names(columns),
        staged=_staged("host_keys"),
        as_revoked=sql.Literal(mode is Mode.MERGE),
        now=sql.Literal(now_ms()),
    )
    stage.driver.execute(statement)


def _taken_over(shape: TableShape, mode: Mode) -> list[str]:
    """Returns the columns that are copied.

    Rows that are known by their number alone get new ones beside others: theirs may be taken.
    """
    numbered = mode is Mode.MERGE and shape.key == (shape.identity,)
    return [name for name in shape.columns if not numbered or name != shape.identity]


def _require_empty(driver: psycopg.Connection[Any], sessions: sql.Identifier) -> None:
    count = _count(driver, sessions)
    if count:
        raise NotEmpty(
            f"The database has {count} session{'s' if count > 1 else ''}. Add --merge to keep "
            "what is there, or --replace to delete it. Nothing was changed."
        )


def _count(driver: psycopg.Connection[Any], table: sql.Identifier) -> int:
    row = driver.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    return 0 if row is None else int(row[0])


def _staged(table: str) -> sql.Identifier:
    return sql.Identifier("pg_temp", table)


def _names(columns: list[str] | tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _checked(member: IO[bytes], table: str, expected: TableContent) -> Iterator[bytes]:
    rows = size_bytes = row_bytes = 0
    while piece := member.read(_CHUNK_BYTES):
        size_bytes += len(piece)
        rows += piece.count(b"\n")
        end = piece.rfind(b"\n")
        row_bytes = row_bytes + len(piece) if end < 0 else len(piece) - end - 1
        if size_bytes > expected.size_bytes or row_bytes > ROW_BYTES_MAX:
            raise DamagedBackup(
                f"The backup’s table {table} is larger than it can be. "
                "Use another backup. Nothing was changed."
            )
        yield piece
    if size_bytes != expected.size_bytes or row_bytes:
        raise DamagedBackup(
            f"The backup’s table {table} is not complete. Use another backup. Nothing was changed."
        )
    _require_rows(table, expected, rows)


def _require_rows(table: str, expected: TableContent, rows: int) -> None:
    if rows != expected.rows:
        raise DamagedBackup(
            f"The backup’s table {table} has {rows} rows in place of {expected.rows}. "
            "Use another backup. Nothing was changed."
        )


@contextmanager
def _damage() -> Iterator[None]:
    """Turns whatever a zip file can be wrong in into a damaged backup."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise DamagedBackup(
            f"The backup cannot be read: {' '.join(str(error).split())}. "
            "Use another backup. Nothing was changed."
        ) from error


@contextmanager
def refusals() -> Iterator[None]:
    """Turns PostgreSQL's refusal of rows into a damaged backup."""
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.InternalError) as error:
        raise DamagedBackup(
            f"PostgreSQL refuses what the backup holds: {error.diag.message_primary}. "
            "Use another backup. Nothing was changed."
        ) from error
