"""One session in a file, in a backup's form, to be taken over by another server.

It holds no secret: tokens' hashes are replaced by ones that belong to nobody, and keys stay behind.
Whoever hands one in may have made it by hand, so what it says of sessions, people, runs and the
document is read as if it came from outside, and no number in it is kept that others depend on.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from codeinterview_server.db.events import EventKind
from codeinterview_server.db.migrate import HEAD
from codeinterview_server.db.participants import participant_of
from codeinterview_server.db.runs import run_of
from codeinterview_server.db.sessions import session_of
from codeinterview_server.db.staging import Staging, TableShape, connect, read_schema, staging
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import SessionNotFound, TooLarge
from codeinterview_server.domain.ids import (
    is_session_id,
    new_session_id,
    parse_participant_id,
    parse_run_id,
)
from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.runs import RunStatus
from codeinterview_server.domain.sessions import (
    PRESENCE_COLORS,
    parse_color,
    parse_language,
    parse_name,
    parse_title,
)
from codeinterview_server.realtime.document import BrokenDocument, RoomDocument
from codeinterview_server.records.archive import ArchiveWriter, read_sealed
from codeinterview_server.records.backup import copy_table, shapes_of
from codeinterview_server.records.errors import DamagedBackup
from codeinterview_server.records.manifest import MANIFEST, Manifest
from codeinterview_server.records.restore import BackupFile, fill, refusals
from codeinterview_server.version import __version__

_ID_ATTEMPTS: Final = 8
_TIME_MAX: Final = 2**53 - 1
_FETCH_ROWS: Final = 20
"""A run's output has up to 256 KiB."""
_NO_ONES_HASH: Final = sql.SQL("sha256(convert_to(gen_random_uuid()::text, 'UTF8'))")
_NULL: Final = sql.SQL("NULL")
_LEFT_BEHIND: Final[Mapping[tuple[str, str], sql.Composable]] = {
    ("sessions", "owner_key_id"): _NULL,
    ("sessions", "shared"): sql.SQL("false"),
    ("participants", "token_hash"): _NO_ONES_HASH,
    ("participants", "key_id"): _NULL,
}
_ROWS: Final = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}")
_ALL: Final = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}")
_INSERT: Final = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY {}")
_TAKEN: Final = sql.SQL("SELECT FROM {} WHERE id = %s")
# The updates have new numbers, in the same order; the snapshot goes as far among them as before.
_PLACE: Final = sql.SQL(
    "UPDATE {snapshots} SET seq = coalesce((SELECT max(seq) FROM (SELECT seq FROM {updates} "
    "WHERE session_id = %(id)s ORDER BY seq LIMIT (SELECT count(*) FROM pg_temp.updates "
    "WHERE seq <= (SELECT seq FROM pg_temp.snapshots))) AS covered), 0) WHERE session_id = %(id)s"
)
_EVENT: Final = sql.SQL(
    "INSERT INTO {} (session_id, at_ms, actor_id, kind, payload) VALUES (%s, %s, %s, %s, %s)"
)
_STRAY: Final = sql.SQL("SELECT FROM {} WHERE session_id <> %s LIMIT 1")
_UNTIMELY: Final = (
    "SELECT FROM pg_temp.updates WHERE at_ms NOT BETWEEN 0 AND %(most)s UNION ALL "
    "SELECT FROM pg_temp.events WHERE at_ms NOT BETWEEN 0 AND %(most)s LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Home:
    """What a session becomes part of where it is taken over."""

    owner_key_id: str | None
    actor: str
    """Who takes it over, as events have it."""
    expires_at: int


def pack(url: str, session_id: str, file: IO[bytes], limits: Limits) -> None:
    """Writes one session into a file that is open for reading and writing. Blocks.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached, or was lost meanwhile.
        SessionNotFound: There is no such session.
        TooLarge: It is larger than an archive may be.
    """
    shapes = shapes_of(url, HEAD)
    archive = ArchiveWriter(file, sealed=True)
    with connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("SET LOCAL bytea_output = 'hex'")
        schema = read_schema(connection)
        left_bytes = limits.archive_rows_bytes
        tables = {}
        for shape in shapes:
            rows = _rows_of(schema, shape, session_id)
            content = copy_table(connection, rows, shape, archive, left_bytes)
            tables[shape.name] = content
            left_bytes -= content.size_bytes
            if left_bytes < 0 or file.tell() > limits.archive_bytes:
                raise _too_large()
        if not tables["sessions"].rows:
            raise SessionNotFound
    created_at = archive.at.isoformat(timespec="seconds")
    manifest = Manifest(created_at, __version__, HEAD, tables, has_host_key=False)
    archive.write(MANIFEST, manifest.to_json())
    archive.close()
    if file.tell() > limits.archive_bytes:
        raise _too_large()


def adopt(file: IO[bytes], url: str, home: Home, limits: Limits) -> str:
    """Takes a session over from a file, whole or not at all, and returns its id. Blocks.

    The id stays what it was unless it is taken. The copy is not shared, has no one's tokens, and
    lives as long as its new home says.

    Raises:
        psycopg.OperationalError: PostgreSQL cannot be reached, was lost, or has no room.
        DamagedBackup: It is no whole copy of one session.
        NewerBackup: A newer program wrote it.
        TooLarge: It is larger than an archive or a document may be.
    """
    with read_sealed(file, "archive") as archive:
        backup = BackupFile(archive)
        if backup.manifest.size_bytes > limits.archive_rows_bytes:
            raise _too_large()
        if backup.manifest.session_count != 1:
            raise DamagedBackup(f"The archive holds {backup.manifest.session_count} sessions.")
        with refusals(), staging(url, backup.manifest.revision) as stage:
            fill(stage, backup)
            stage.advance()
            with _damage():
                former_id = _check(stage, limits)
            return _take_over(stage, former_id, home)


def _too_large() -> TooLarge:
    return TooLarge("This session is too large to be copied. Use `codeinterview backup`.")


def _rows_of(schema: str, shape: TableShape, session_id: str) -> sql.Composed:
    where: sql.Composable
    if shape.name == "sessions":
        where = sql.SQL("id = {}").format(sql.Literal(session_id))
    elif "session_id" in shape.columns:
        where = sql.SQL("session_id = {}").format(sql.Literal(session_id))
    else:
        where = sql.SQL("false")
    columns = [
        _LEFT_BEHIND.get((shape.name, column), sql.Identifier(column)) for column in shape.columns
    ]
    return _ROWS.format(
        sql.SQL(", ").join(columns),
        sql.Identifier(schema, shape.name),
        where,
        sql.SQL(", ").join(map(sql.Identifier, shape.key)),
    )


# Reading it as if it came from outside.


def _check(stage: Staging, limits: Limits) -> str:
    """Returns the session's id when everything is as this program could have written it."""
    driver = stage.driver
    [row] = _dicts(driver, "sessions")
    session = session_of(row)
    _require(is_session_id(session.id), "its id")
    _require(parse_title(session.title) == session.title, "its title")
    parse_language(session.language)
    parse_participant_id(session.creator_id)
    _require_times(session.created_at, session.updated_at)
    generations = session.invite_generations.values()
    _require(all(type(each) is int and 0 <= each < 2**31 for each in generations), "its invites")
    for shape in stage.shapes():
        if "session_id" in shape.columns:
            stray = driver.execute(_STRAY.format(_staged(shape.name)), (session.id,)).fetchone()
            _require(stray is None, f"whose {shape.name} are")
    for count, person in enumerate(map(participant_of, _dicts(driver, "participants"))):
        _require(count < limits.archive_people, "how many people it has")
        parse_participant_id(person.id)
        _require(parse_name(person.name) == person.name, "a name")
        _require(parse_color(person.color) == person.color, "a colour")
        _require(0 <= person.presence < PRESENCE_COLORS, "a colour")
        _require_times(person.joined_at)
    for run in map(run_of, _dicts(driver, "runs")):
        parse_run_id(run.run_id)
        _require(run.language in LANGUAGES, "a run")
        _require(all(type(piece.text) is str for piece in run.output), "a run")
        _require_times(run.started_at, run.duration_ms or 0)
    for event in _dicts(driver, "events"):
        EventKind(event["kind"])
    untimely = driver.execute(_UNTIMELY, {"most": _TIME_MAX}).fetchone()
    _require(untimely is None, "when things were done")
    _check_document(driver, limits)
    return session.id


def _check_document(driver: psycopg.Connection[Any], limits: Limits) -> None:
    """Loads the document as a room would."""
    document = RoomDocument(limits.document_bytes)
    covered = -1
    for snapshot in _dicts(driver, "snapshots"):
        covered = snapshot["seq"]
        document.load(snapshot["state"])
    for update in _dicts(driver, "updates", after=covered):
        document.load(update["data"])
    document.check_loaded()


def _dicts(
    driver: psycopg.Connection[Any], table: str, *, after: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yields a staged table's rows, in order, a few in memory at a time.

    Args:
        driver: In the staging transaction.
        table: Which.
        after: Leaves out what is numbered up to this.
    """
    key = {"updates": "seq", "events": "id", "snapshots": "seq"}.get(table, "1")
    where = sql.SQL("true") if after is None else sql.SQL("seq > {}").format(sql.Literal(after))
    with driver.cursor(name="check", row_factory=dict_row) as cursor:
        cursor.itersize = _FETCH_ROWS
        cursor.execute(_ALL.format(_staged(table), where, sql.SQL(key)))
        yield from cursor


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} cannot be as it says")


def _require_times(*times: int) -> None:
    _require(all(0 <= each <= _TIME_MAX for each in times), "a time")


@contextmanager
def _damage() -> Iterator[None]:
    """Turns whatever is not as this program writes it into a damaged archive."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, BrokenDocument) as error:
        raise DamagedBackup(f"The archive is not as it was written: {error}.") from error


# Taking it over.


def _take_over(stage: Staging, former_id: str, home: Home) -> str:
    driver = stage.driver
    lasting = {shape.name: sql.Identifier(stage.schema, shape.name) for shape in stage.shapes()}
    session_id = _free_id(driver, lasting["sessions"], former_id)
    values: dict[tuple[str, str], sql.Composable] = {
        ("sessions", "id"): sql.Literal(session_id),
        ("sessions", "owner_key_id"): sql.Literal(home.owner_key_id),
        ("sessions", "shared"): sql.SQL("false"),
        ("sessions", "expires_at"): sql.Literal(home.expires_at),
        ("participants", "token_hash"): _NO_ONES_HASH,
        ("participants", "key_id"): _NULL,
        # Whoever ran it is not here.
        ("runs", "status"): sql.SQL("CASE status WHEN {} THEN {} ELSE status END").format(
            sql.Literal(RunStatus.RUNNING.value), sql.Literal(RunStatus.STOPPED.value)
        ),
    }
    for shape in stage.shapes():
        if shape.name != "sessions" and "session_id" not in shape.columns:
            continue
        # What PostgreSQL numbers gets the next numbers here.
        columns = [name for name in shape.columns if name != shape.identity]
        value = _values(shape, values, session_id)
        driver.execute(
            _INSERT.format(
                lasting[shape.name],
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(map(value, columns)),
                _staged(shape.name),
                sql.SQL(", ").join(sql.Identifier(shape.name, key) for key in shape.key),
            )
        )
    driver.execute(
        _PLACE.format(snapshots=lasting["snapshots"], updates=lasting["updates"]),
        {"id": session_id},
    )
    values_of_event = (session_id, now_ms(), home.actor, EventKind.COPIED.value)
    driver.execute(_EVENT.format(lasting["events"]), (*values_of_event, Jsonb({"from": former_id})))
    return session_id


def _values(
    shape: TableShape, values: Mapping[tuple[str, str], sql.Composable], session_id: str
) -> Callable[[str], sql.Composable]:
    def value(column: str) -> sql.Composable:
        if column == "session_id":
            return sql.Literal(session_id)
        return values.get((shape.name, column), sql.Identifier(column))

    return value


def _free_id(driver: psycopg.Connection[Any], sessions: sql.Identifier, wanted: str) -> str:
    session_id = wanted
    for _ in range(_ID_ATTEMPTS):
        if driver.execute(_TAKEN.format(sessions), (session_id,)).fetchone() is None:
            break
        session_id = new_session_id()
    return session_id


def _staged(table: str) -> sql.Identifier:
    return sql.Identifier("pg_temp", table)
