"""Migrations: complete, safe to start twice at once, and clear about what they refuse."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from codeinterview_server.db import migrate
from codeinterview_server.db.errors import (
    DatabaseStartError,
    SchemaNewerError,
    without_secrets,
)
from codeinterview_server.db.migrate import HEAD, upgrade
from codeinterview_server.db.schema import metadata


def revision_of(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row is not None
    return str(row[0])


def test_head_is_the_newest_script() -> None:
    scripts = ScriptDirectory(str(Path(migrate.__file__).with_name("migrations")))
    assert scripts.get_heads() == [HEAD]


def test_an_empty_database_gets_what_the_stores_expect(new_database: Callable[[], str]) -> None:
    url = new_database()
    upgrade(url)
    upgrade(url)
    assert revision_of(url) == HEAD
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_a_database_of_the_first_revision_keeps_its_sessions(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.begin() as connection:
        migrate.migrate_to(connection, "0001")
    with psycopg.connect(url) as first:
        first.execute(
            "INSERT INTO sessions VALUES ('1a2b3c4d', 'Old', 'python', 'u1', 'open', true, 1, 2, "
            """4102444800000, '{"candidate": 2}')"""
        )
    upgrade(url)
    with psycopg.connect(url) as second:
        rows = second.execute("SELECT * FROM sessions").fetchall()
    former = ("1a2b3c4d", "Old", "python", "u1", "open", True, 1, 2, 4102444800000)
    assert rows == [(*former, {"candidate": 2}, "invite", True, [], None, False)]


def test_programs_that_start_at_once_all_succeed(new_database: Callable[[], str]) -> None:
    url = new_database()
    code = "import sys; from codeinterview_server.db.migrate import upgrade; upgrade(sys.argv[1])"
    programs = [
        subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    results = [(program.communicate(timeout=60)[1], program.returncode) for program in programs]
    assert results == [("", 0)] * 4
    assert revision_of(url) == HEAD


def test_a_newer_schema_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaNewerError, match="newer version of CodeInterview"):
        upgrade(database_url)
    assert revision_of(database_url) == "9999"


def test_a_failed_migration_leaves_nothing_behind(new_database: Callable[[], str]) -> None:
    url = new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE events (mine int)")
    with pytest.raises(DatabaseStartError, match='relation "events" already exists'):
        upgrade(url)
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert rows == [("events",)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@127.0.0.1:1/db",
        "postgresql://me:hunter2@127.0.0.1:notaport/db",
        "postgresql://me:hunter2@[::1/db",
        "postgresql://me:hunter2@127.0.0.1:1/db?nonsense=1",
        "postgresql://me:hunter2@no-such-host.invalid/db",
        "postgresql://me@127.0.0.1:1/db?password=hunter2",
    ],
)
def test_an_unreachable_database_is_explained_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseStartError) as caught:
        upgrade(url)
    sentence = str(caught.value)
    assert "hunter2" not in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_the_oldest_postgresql_is_named() -> None:
    migrate._check_version(140_000)
    with pytest.raises(DatabaseStartError, match="version 13, and 14 is the oldest"):
        migrate._check_version(130_012)


@pytest.mark.parametrize(
    ("text", "url", "cleaned"),
    [
        ("no\nmore", "postgresql://a@h/d", "no"),
        ("bad s3cret here.", "postgresql://a:s3cret@h/d", "bad … here"),
        ("bad s%40t s@t", "postgresql://a:s%40t@h/d", "bad … …"),
        ("", "postgresql://h/d", ""),
        # Not encoded: libpq takes the rest for the host.
        ("no host 'cret/x@h'", "postgresql://a:s3@cret/x@h/d", "no host '…@h'"),
        ("no host 'cret@['", "postgresql://a:s3@cret@[::1/d", "no host '…@['"),
    ],
)
def test_secrets_are_taken_out(text: str, url: str, cleaned: str) -> None:
    assert without_secrets(text, url) == cleaned
