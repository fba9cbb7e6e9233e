"""An export: everything about one session, in a zip file that people and programs can read."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel
from psycopg.rows import dict_row

from codeinterview_server.db.staging import connect
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.document import BrokenDocument, RoomDocument
from codeinterview_server.records.archive import ArchiveWriter, new_archive
from codeinterview_server.records.errors import NoSuchSession
from codeinterview_server.version import __version__

_FETCH_ROWS: Final = 500
_SESSION: Final = """
SELECT id, title, language, creator_id, phase, locked, join_policy, observers_listed,
    revoked_invites, created_at, updated_at, expires_at, shared,
    (SELECT name FROM host_keys WHERE host_keys.id = owner_key_id) AS owner
FROM sessions WHERE id = %s
"""
_PARTICIPANTS: Final = """
SELECT id, name, color, presence, role, status, joined_at,
    (SELECT name FROM host_keys WHERE host_keys.id = key_id) AS key
FROM participants WHERE session_id = %s ORDER BY joined_at, id
"""
_RUNS: Final = """
SELECT run_id, participant_id, name, language, path, started_at, status, duration_ms, truncated,
    output
FROM runs WHERE session_id = %s ORDER BY started_at, run_id
"""
_EVENTS: Final = """
SELECT at_ms AS at, actor_id, kind, payload FROM events WHERE session_id = %s ORDER BY id
"""
_SNAPSHOT: Final = "SELECT seq, state FROM snapshots WHERE session_id = %s"
_JOURNAL: Final = """
SELECT seq, at_ms AS at, participant_id, data FROM updates WHERE session_id = %s ORDER BY seq
"""
_README: Final = """\
This is everything that CodeInterview {version} had of one session. Times are UTC.

files/             the files as they were at the time of the export
session.json       the session
participants.json  who joined or knocked, without their secrets; "key" names the host's key
                   that let them in, if one did
runs.jsonl         who ran what and what it printed, one run a line
events.jsonl       who did what, other than typing, one act a line; "@host" acted by the
                   host's key, "@host:ada" by the key named ada, null is the server
journal.jsonl      every edit, one a line: "update" is base64 of Yjs' update format v1;
                   applied in order they make the document and its whole history
snapshot.json      the document as of one place in the journal, in the same form
"""


def default_name(session_id: str) -> str:
    """Returns what an export is called unless told otherwise."""
    return f"codeinterview-{session_id}.zip"


def export(url: str, session_id: str, path: Path) -> None:
    """Writes everything about one session, as of one moment, but for its secrets.

    Raises:
        psycopg.Error: PostgreSQL cannot be reached, or was lost meanwhile.
        NoSuchSession: No session has this id.
        FileFailed: The file cannot be written. Nothing is left of it, as in every other case.
    """
    with connect(url) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        session = next(_rows(connection, _SESSION, session_id), None)
        if session is None:
            raise NoSuchSession(
                f"There is no session {session_id} here. Check the code, and that --data-dir or "
                "--database-url names the right place."
            )
        with new_archive(path, sealed=False) as archive:
            archive.write("README.txt", _README.format(version=__version__))
            archive.write("session.json", _json(session))
            participants = list(_rows(connection, _PARTICIPANTS, session_id))
            archive.write("participants.json", _json(participants))
            _write_lines(archive, "runs.jsonl", _rows(connection, _RUNS, session_id))
            _write_lines(archive, "events.jsonl", _rows(connection, _EVENTS, session_id))
            for name, text in _write_document(connection, session_id, archive).items():
                archive.write(f"files/{name}", text)


def _write_document(
    connection: psycopg.Connection[Any], session_id: str, archive: ArchiveWriter
) -> dict[str, str]:
    """Writes the journal and returns the files' texts."""
    document = RoomDocument(Limits().document_bytes)
    snapshot = next(_rows(connection, _SNAPSHOT, session_id), None)
    if snapshot is not None:
        _load(document, snapshot["state"])
        archive.write("snapshot.json", _json({**snapshot, "state": _base64(snapshot["state"])}))
    covered = 0 if snapshot is None else snapshot["seq"]

    def entries() -> Iterator[dict[str, Any]]:
        for row in _rows(connection, _JOURNAL, session_id):
            data = row.pop("data")
            if row["seq"] > covered:
                _load(document, data)
            yield {**row, "update": _base64(data)}

    _write_lines(archive, "journal.jsonl", entries())
    return document.texts()


def _load(document: RoomDocument, data: bytes) -> None:
    try:
        document.load(data)
    except BrokenDocument:
        # It is logged, it is in the journal, and the rest may still be read.
        return


def _rows(
    connection: psycopg.Connection[Any], statement: str, session_id: str
) -> Iterator[dict[str, Any]]:
    """Yields rows as they come, a few hundred in memory at a time."""
    with connection.cursor(name="export", row_factory=dict_row) as cursor:
        cursor.itersize = _FETCH_ROWS
        cursor.execute(statement, (session_id,))
        for row in cursor:
            yield {name: _readable(name, value) for name, value in row.items()}


def _readable(name: str, value: Any) -> Any:
    if value is not None and (name == "at" or name.endswith("_at")):
        at = datetime.fromtimestamp(value / 1000, UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def _write_lines(archive: ArchiveWriter, name: str, rows: Iterable[dict[str, Any]]) -> None:
    with archive.member(name) as member:
        for row in rows:
            member.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
