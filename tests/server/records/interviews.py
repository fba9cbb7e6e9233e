"""Interviews with everything in them, and the whole content of a database to compare."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.types.json import Jsonb
from tests.server.realtime.updates import Client

from codeinterview_server.db.schema import metadata
from codeinterview_server.realtime.document import RoomDocument

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "tab\there, line\nthere, \\N \\. 😀 \u202e \x01 'quoted' \"twice\" {}"
Content = dict[str, list[tuple[Any, ...]]]


def fill(url: str, sessions: int = 3, *, first: int = 1, updates: int = 20) -> list[str]:
    """Adds sessions whose journals hold arbitrary bytes; returns their ids."""
    dice = random.Random(first)
    ids = [f"{number:08x}" for number in range(first, first + sessions)]
    with psycopg.connect(url) as connection:
        add_key(connection, "k1", "ada")
        for session_id in ids:
            add_session(connection, session_id, phase=dice.choice(["open", "ended"]))
            for number in range(3):
                connection.execute(
                    "INSERT INTO participants VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    (
                        session_id,
                        f"u{number}",
                        HOSTILE,
                        "",
                        number,
                        "candidate",
                        "admitted",
                        dice.randrange(2**40),
                        dice.randbytes(32),
                    ),
                )
            for _ in range(updates):
                connection.execute(
                    "INSERT INTO updates (session_id, participant_id, at_ms, data) "
                    "VALUES (%s, %s, %s, %s)",
                    (
                        session_id,
                        dice.choice([None, "u1"]),
                        dice.randrange(2**40),
                        dice.randbytes(dice.randrange(300)),
                    ),
                )
            connection.execute(
                "INSERT INTO snapshots SELECT session_id, max(seq), %s FROM updates "
                "WHERE session_id = %s GROUP BY session_id",
                (dice.randbytes(5_000), session_id),
            )
            connection.execute(
                "INSERT INTO runs VALUES (%s, 'r1', 'u1', %s, 'python', 'main.py', 5, 'ok', %s, "
                "false, %s)",
                (
                    session_id,
                    HOSTILE,
                    dice.choice([None, 12]),
                    Jsonb([{"stream": "stdout", "text": HOSTILE * 10}]),
                ),
            )
            add_event(connection, session_id, "title", {"title": HOSTILE})
    return ids


def add_session(
    connection: psycopg.Connection[Any],
    session_id: str,
    *,
    phase: str = "open",
    updated_at: int = 1_000,
    expires_at: int = 2**42,
) -> None:
    """Adds one session without anything in it."""
    connection.execute(
        "INSERT INTO sessions VALUES (%s, %s, 'python', 'u1', %s, false, 1, %s, %s, %s)",
        (session_id, HOSTILE, phase, updated_at, expires_at, Jsonb({"candidate": 2})),
    )


def add_key(
    connection: psycopg.Connection[Any], key_id: str, name: str, *, revoked_at: int | None = None
) -> None:
    """Adds a named host key, if the database knows any, unless it is there."""
    known = connection.execute("SELECT to_regclass('host_keys') IS NOT NULL").fetchone()
    if known == (True,):
        connection.execute(
            "INSERT INTO host_keys VALUES (%s, %s, %s, 5, NULL, %s) ON CONFLICT (id) DO NOTHING",
            (key_id, name, key_id.encode(), revoked_at),
        )


def add_event(
    connection: psycopg.Connection[Any],
    session_id: str,
    kind: str,
    payload: dict[str, Any] | None = None,
) -> None:
    """Adds one event."""
    connection.execute(
        "INSERT INTO events (session_id, at_ms, actor_id, kind, payload) "
        "VALUES (%s, 7, NULL, %s, %s)",
        (session_id, kind, Jsonb(payload or {})),
    )


def write_code(url: str, session_id: str) -> dict[str, str]:
    """Gives a session a document, half in its snapshot and half in its journal; its texts."""
    document = RoomDocument(2**20)
    seed = document.seed("main.py", "one\n")
    assert seed is not None
    author = Client(7, document.state())
    edits = [author.insert(0, "two 😀\n"), author.insert(0, "three\n")]
    with psycopg.connect(url) as connection:
        for number, update in enumerate([seed, *edits]):
            row = connection.execute(
                "INSERT INTO updates (session_id, participant_id, at_ms, data) "
                "VALUES (%s, 'u1', %s, %s) RETURNING seq",
                (session_id, 1_000 + number, update),
            ).fetchone()
            assert row is not None
            if number < 2:
                if number:
                    document.apply(update)
                connection.execute(
                    "INSERT INTO snapshots VALUES (%s, %s, %s) ON CONFLICT (session_id) "
                    "DO UPDATE SET seq = excluded.seq, state = excluded.state",
                    (session_id, row[0], document.state()),
                )
    document.apply(edits[1])
    return document.texts()


def content(url: str) -> Content:
    """Every row of every table, in order."""
    with psycopg.connect(url) as connection:
        return {
            table.name: connection.execute(
                f"SELECT * FROM {table.name} "
                f"ORDER BY {', '.join(column.name for column in table.primary_key)}"
            ).fetchall()
            for table in metadata.sorted_tables
        }


def of_session(everything: Content, session_id: str) -> Content:
    """What belongs to one session."""
    keys = {
        table.name: list(table.columns.keys()).index(
            "id" if table.name == "sessions" else "session_id"
        )
        for table in metadata.sorted_tables
        if table.name != "host_keys"
    }
    return {
        name: [row for row in rows if row[keys[name]] == session_id]
        for name, rows in everything.items()
        if name in keys
    }


def left_behind(directory: Path) -> list[str]:
    """The names of all files in a directory."""
    return sorted(path.name for path in directory.iterdir())
