"""A backup holds everything as of one moment, and a restore gives all of it back."""

from __future__ import annotations

import shutil
import stat
import threading
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy
from tests.server.records.interviews import (
    add_event,
    add_key,
    add_session,
    content,
    fill,
    left_behind,
    of_session,
)

from codeinterview_server.db import migrate
from codeinterview_server.db.engine import Database
from codeinterview_server.db.errors import DatabaseStartError, SchemaNewerError
from codeinterview_server.db.journal import JournalEntry, JournalStore
from codeinterview_server.db.schema import metadata
from codeinterview_server.records.backup import back_up
from codeinterview_server.records.errors import FileFailed, NotEmpty
from codeinterview_server.records.restore import Mode, Restored, open_backup, restore

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9999test"
down_revision = "{head}"
branch_labels = depends_on = None


def upgrade():
    op.add_column("runs", sa.Column("note", sa.Text, nullable=False, server_default="old"))
    op.create_table(
        "notes",
        sa.Column("session_id", sa.Text, primary_key=True),
        sa.Column("text", sa.Text),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE"),
    )
    op.execute("INSERT INTO notes SELECT id, title FROM sessions")
"""


@pytest.fixture
def empty(new_database: Callable[[str], str], template_database: str) -> str:
    """Another migrated database without sessions."""
    return new_database(template_database)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "interviews.backup"


def bring_back(path: Path, url: str, mode: Mode = Mode.REFUSE) -> Restored:
    with open_backup(path) as backup:
        return restore(backup, url, mode)


def test_everything_comes_back_byte_by_byte(database_url: str, empty: str, path: Path) -> None:
    fill(database_url, 5)
    before = content(database_url)
    manifest = back_up(database_url, path)
    assert manifest.session_count == 5
    assert content(database_url) == before
    assert bring_back(path, empty) == Restored(5, 0)
    assert content(empty) == before
    assert all(before.values())


def test_a_backup_of_nothing(database_url: str, empty: str, path: Path) -> None:
    back_up(database_url, path)
    assert bring_back(path, empty) == Restored(0, 0)
    assert not any(content(empty).values())


def test_the_same_content_makes_the_same_rows(database_url: str, empty: str, path: Path) -> None:
    fill(database_url, 2)
    back_up(database_url, path)
    bring_back(path, empty)
    second = path.with_name("second")
    back_up(empty, second)
    with zipfile.ZipFile(path) as a, zipfile.ZipFile(second) as b:
        names = [name for name in a.namelist() if name.startswith("tables/")]
        assert {name: a.read(name) for name in names} == {name: b.read(name) for name in names}


def test_it_is_a_zip_file_for_this_user_alone(database_url: str, path: Path) -> None:
    fill(database_url, 1)
    path.write_text("an older backup, which others may read")
    path.chmod(0o644)
    back_up(database_url, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert "host.key" not in archive.namelist()
    assert left_behind(path.parent) == [path.name]


def test_no_table_is_left_out(database_url: str, path: Path) -> None:
    manifest = back_up(database_url, path)
    expected = {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}
    assert {name: set(table.columns) for name, table in manifest.tables.items()} == expected
    # Merging and deleting rely on it.
    apart = {"sessions", "host_keys"}
    assert all("session_id" in columns for name, columns in expected.items() if name not in apart)


async def test_what_comes_after_is_numbered_onwards(
    database_url: str, empty: str, path: Path
) -> None:
    (session_id,) = fill(database_url, 1)
    back_up(database_url, path)
    bring_back(path, empty)
    last = content(empty)["updates"][-1][1]
    database = Database(empty)
    await database.start()
    journal = JournalStore(database)
    try:
        written = await journal.append([JournalEntry(session_id, "u1", 9, b"more")])
        assert written[session_id] > last
        assert (await journal.load(session_id)).updates[-1] == b"more"
    finally:
        await journal.close()
        await database.stop()
    with psycopg.connect(empty) as connection:
        add_event(connection, session_id, "joined")


def test_writes_meanwhile_are_in_it_whole_or_not_at_all(
    database_url: str, empty: str, path: Path
) -> None:
    fill(database_url, 3, updates=2_000)
    begun, stop = threading.Event(), threading.Event()
    written: list[int] = []

    def write() -> None:
        with psycopg.connect(database_url) as connection:
            while not stop.is_set():
                session_id = f"f{len(written):07x}"
                add_session(connection, session_id)
                add_event(connection, session_id, "created")
                connection.execute(
                    "INSERT INTO updates (session_id, at_ms, data) VALUES (%s, 1, 'x')",
                    (session_id,),
                )
                connection.commit()
                written.append(1)
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(timeout=30)
        for _ in range(5):
            back_up(database_url, path)
            bring_back(path, empty, Mode.REPLACE)
            restored = content(empty)
            new = {row[0] for row in restored["sessions"] if row[0].startswith("f")}
            for table, at in (("updates", 0), ("events", 1)):
                found = [row[at] for row in restored[table] if row[at].startswith("f")]
                assert sorted(found) == sorted(new)
    finally:
        stop.set()
        writer.join(timeout=30)
    assert new


def test_large_ones_take_little_memory(database_url: str, empty: str, path: Path) -> None:
    fill(database_url, 1)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO updates (session_id, at_ms, data) "
            "SELECT '00000001', n, sha256(n::text::bytea) || convert_to(repeat('x', 50000), 'UTF8')"
            " FROM generate_series(1, 600) AS n"
        )
    tracemalloc.start()
    try:
        manifest = back_up(database_url, path)
        assert manifest.size_bytes > 60_000_000
        bring_back(path, empty)
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()
    assert content(empty) == content(database_url)


def test_sessions_that_are_there_are_not_touched_unless_told(
    database_url: str, empty: str, path: Path
) -> None:
    fill(database_url, 2)
    back_up(database_url, path)
    fill(empty, 1, first=100)
    before = content(empty)
    with pytest.raises(NotEmpty, match="has 1 session"):
        bring_back(path, empty)
    assert content(empty) == before
    assert bring_back(path, empty, Mode.REPLACE) == Restored(2, 0)
    assert content(empty) == content(database_url)


def test_merging_adds_what_is_not_there(database_url: str, empty: str, path: Path) -> None:
    fill(database_url, 3)
    back_up(database_url, path)
    fill(empty, 2, first=3)
    mine, theirs = content(empty), content(database_url)
    # Session 3 is in both, and stays as it was.
    assert bring_back(path, empty, Mode.MERGE) == Restored(2, 1)
    merged = content(empty)
    for session_id in ("00000003", "00000004"):
        assert of_session(merged, session_id) == of_session(mine, session_id)
    for session_id in ("00000001", "00000002"):
        ours, other = of_session(merged, session_id), of_session(theirs, session_id)
        # Events are known by their number alone, which was taken.
        assert [row[1:] for row in ours.pop("events")] == [row[1:] for row in other.pop("events")]
        assert ours == other
    assert bring_back(path, empty, Mode.MERGE) == Restored(0, 3)
    assert content(empty) == merged


def test_a_backup_of_an_older_version_is_migrated(
    database_url: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database_url, 2)
    back_up(database_url, path)
    before = content(database_url)
    later = tmp_path / "migrations"
    shutil.copytree(
        Path(migrate.__file__).with_name("migrations"),
        later,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (later / "versions" / "9999.py").write_text(MIGRATION.format(head=migrate.HEAD))
    monkeypatch.setattr(migrate, "_SCRIPTS", later)
    monkeypatch.setattr(migrate, "HEAD", "9999test")
    monkeypatch.setattr("codeinterview_server.db.staging.HEAD", "9999test")
    # A newer program backs up a database that no newer server has started on yet.
    older = path.with_name("older")
    assert back_up(database_url, older).revision == back_up(database_url, path).revision
    migrate.upgrade(database_url)
    assert bring_back(older, database_url, Mode.REPLACE) == Restored(2, 0)
    with psycopg.connect(database_url) as connection:
        notes = connection.execute("SELECT session_id, text FROM notes ORDER BY 1").fetchall()
        runs = connection.execute("SELECT * FROM runs ORDER BY 1, 2").fetchall()
    assert notes == [row[:2] for row in before["sessions"]]
    assert runs == [(*row, "old") for row in before["runs"]]
    newest = back_up(database_url, path)
    assert newest.revision == "9999test"
    assert newest.tables["notes"].rows == 2


def test_a_backup_of_the_first_revision_gets_the_rules_that_held_then(
    new_database: Callable[[str], str], empty: str, path: Path
) -> None:
    first = new_database("template1")
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(first)
    )
    with engine.begin() as schema:
        migrate.migrate_to(schema, "0001")
    engine.dispose()
    fill(first, 2)
    assert back_up(first, path).revision == "0001"
    assert bring_back(path, empty) == Restored(2, 0)
    with psycopg.connect(first) as connection:
        before = connection.execute("SELECT * FROM sessions ORDER BY id").fetchall()
    expected = [(*row, "invite", True, [], None, False) for row in before]
    assert content(empty)["sessions"] == expected
    assert [name for name, rows in content(empty).items() if not rows] == ["host_keys"]


def test_the_rules_of_a_session_come_back(database_url: str, empty: str, path: Path) -> None:
    fill(database_url, 1)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE sessions SET join_policy = 'knock', observers_listed = false, "
            """revoked_invites = '["observer"]', owner_key_id = 'k1', shared = true"""
        )
    back_up(database_url, path)
    bring_back(path, empty)
    assert content(empty) == content(database_url)
    assert content(empty)["sessions"][0][-5:] == ("knock", False, ["observer"], "k1", True)


def keys_in(url: str) -> dict[str, tuple[str, bool]]:
    """Each key's name, and whether it is good."""
    return {row[0]: (row[1], row[5] is None) for row in content(url)["host_keys"]}


def own(url: str, session_id: str, key_id: str) -> None:
    """Has a key own a session, and have let somebody into it."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE sessions SET owner_key_id = %s WHERE id = %s", (key_id, session_id)
        )
        connection.execute(
            "UPDATE participants SET key_id = %s WHERE session_id = %s AND id = 'u1'",
            (key_id, session_id),
        )


def statuses(url: str, session_id: str) -> list[str]:
    return [row[6] for row in of_session(content(url), session_id)["participants"]]


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.REPLACE])
def test_keys_come_back_but_those_that_were_revoked_since_stay_so(
    database_url: str, empty: str, path: Path, mode: Mode
) -> None:
    with psycopg.connect(database_url) as connection:
        for key_id, name in (("k2", "grace"), ("k3", "mallory"), ("k4", "alan")):
            add_key(connection, key_id, name)
    fill(database_url, 2)
    own(database_url, "00000001", "k2")
    own(database_url, "00000002", "k3")
    back_up(database_url, path)
    with psycopg.connect(empty) as connection:
        add_key(connection, "k3", "mallory", revoked_at=9)
        add_key(connection, "k5", "Alan")
    assert bring_back(path, empty, mode) == Restored(2, 0)
    assert keys_in(empty) == {
        "k1": ("ada", True),
        "k2": ("grace", True),
        "k3": ("mallory", False),
        # The name has another's by now.
        "k4": ("alan", False),
        "k5": ("Alan", True),
    }
    assert statuses(empty, "00000001") == ["admitted"] * 3
    assert statuses(empty, "00000002") == ["admitted", "removed", "admitted"]


def test_keys_that_are_merged_in_open_nothing(database_url: str, empty: str, path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        add_key(connection, "k2", "grace")
    fill(database_url, 1)
    own(database_url, "00000001", "k2")
    back_up(database_url, path)
    with psycopg.connect(empty) as connection:
        add_key(connection, "k1", "ada")
    assert bring_back(path, empty, Mode.MERGE) == Restored(1, 0)
    assert keys_in(empty) == {"k1": ("ada", True), "k2": ("grace", False)}
    [session] = content(empty)["sessions"]
    assert session[-2:] == ("k2", False)
    assert statuses(empty, "00000001") == ["admitted", "removed", "admitted"]


def test_every_revision_can_be_staged(database_url: str, path: Path) -> None:
    """Whatever a migration does must also work on temporary tables."""
    from codeinterview_server.db.staging import staging

    for revision in migrate.known_revisions():
        with staging(database_url, revision) as stage:
            names = [shape.name for shape in stage.shapes() if "session_id" in shape.columns]
            assert stage.shapes()[-len(names) - 1].name == "sessions"
            stage.advance()
            assert {shape.name for shape in stage.shapes()} == set(metadata.tables)


def test_a_database_that_is_not_ours(
    new_database: Callable[[], str], database_url: str, path: Path
) -> None:
    with pytest.raises(DatabaseStartError, match="holds nothing of CodeInterview"):
        back_up(new_database(), path)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaNewerError):
        back_up(database_url, path)
    assert left_behind(path.parent) == []


@pytest.mark.parametrize("name", ["missing/x", "", "x" * 300])
def test_a_file_that_cannot_be_written(database_url: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(FileFailed, match="cannot be written"):
        back_up(database_url, tmp_path / name)
    assert left_behind(tmp_path) == []


def test_a_lost_connection_leaves_no_file(database_url: str, path: Path) -> None:
    path.write_text("the former backup")
    with (
        psycopg.connect(database_url) as blocker,
        psycopg.connect(database_url, autocommit=True) as observer,
        ThreadPoolExecutor(1) as pool,
    ):
        blocker.execute("LOCK TABLE runs IN ACCESS EXCLUSIVE MODE")
        work = pool.submit(back_up, database_url, path)
        while not observer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchall():
            assert not work.done()
        with pytest.raises(psycopg.OperationalError):
            work.result(timeout=30)
    assert path.read_text() == "the former backup"
    assert left_behind(path.parent) == [path.name]
