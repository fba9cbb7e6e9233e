"""An export holds everything about one session, readable, and none of its secrets."""

from __future__ import annotations

import base64
import json
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from pycrdt import Doc, Text
from tests.server.records.interviews import (
    HOSTILE,
    add_session,
    content,
    fill,
    left_behind,
    write_code,
)

from codeinterview_server.records.errors import FileFailed, NoSuchSession
from codeinterview_server.records.export import export

if TYPE_CHECKING:
    from pathlib import Path


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


def test_everything_of_one_session(database_url: str, tmp_path: Path) -> None:
    mine, other = fill(database_url, 2, updates=0)
    texts = write_code(database_url, mine)
    assert texts == {"main.py": "three\ntwo 😀\none\n"}
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE sessions SET owner_key_id = 'k1', shared = true")
        connection.execute("UPDATE participants SET key_id = 'k1' WHERE id = 'u1'")
    path = tmp_path / "export.zip"
    export(database_url, mine, path)
    everything = content(database_url)
    tokens = [row[8] for row in everything["participants"]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        members = {name: archive.read(name) for name in archive.namelist()}
        session = json.loads(members["session.json"])
        participants = json.loads(members["participants.json"])
        journal = lines(archive, "journal.jsonl")
        (run,) = lines(archive, "runs.jsonl")
        (event,) = lines(archive, "events.jsonl")
    assert members["files/main.py"].decode() == texts["main.py"]
    assert (session["id"], session["title"]) == (mine, HOSTILE)
    rules = {"join_policy": "invite", "observers_listed": True, "revoked_invites": []}
    assert rules.items() <= session.items()
    assert session["created_at"] == "1970-01-01T00:00:00.001Z"
    assert (session["owner"], session["shared"]) == ("ada", True)
    keys = {person["id"]: person["key"] for person in participants}
    assert keys == {"u0": None, "u1": "ada", "u2": None}
    assert run["output"] == [{"stream": "stdout", "text": HOSTILE * 10}]
    assert (event["kind"], event["payload"]) == ("title", {"title": HOSTILE})
    stored = [row for row in everything["updates"] if row[0] == mine]
    assert [base64.b64decode(entry["update"]) for entry in journal] == [row[4] for row in stored]
    assert all(name in members["README.txt"].decode() for name in ("journal.jsonl", "runs.jsonl"))
    for data in members.values():
        assert other.encode() not in data
        for token in tokens:
            assert token not in data
            assert token.hex().encode() not in data
            assert base64.b64encode(token) not in data


def test_the_journal_alone_makes_the_text(database_url: str, tmp_path: Path) -> None:
    (session_id,) = fill(database_url, 1, updates=0)
    texts = write_code(database_url, session_id)
    export(database_url, session_id, tmp_path / "x.zip")
    doc: Doc[Any] = Doc()
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        for entry in lines(archive, "journal.jsonl"):
            doc.apply_update(base64.b64decode(entry["update"]))
    assert str(doc.get("file:main.py", type=Text)) == texts["main.py"]


def test_an_unreadable_update_spoils_nothing_else(database_url: str, tmp_path: Path) -> None:
    (session_id,) = fill(database_url, 1, updates=0)
    texts = write_code(database_url, session_id)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO updates (session_id, at_ms, data) VALUES (%s, 1, %s)",
            (session_id, b"\xff\xff nonsense"),
        )
    export(database_url, session_id, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.read("files/main.py").decode() == texts["main.py"]
        assert len(lines(archive, "journal.jsonl")) == 4


def test_a_session_without_anything(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        add_session(connection, "00000009")
    export(database_url, "00000009", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert lines(archive, "journal.jsonl") == []
        assert not [name for name in archive.namelist() if name.startswith("files/")]


def test_no_such_session_and_no_such_place(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(NoSuchSession, match="no session 00000009"):
        export(database_url, "00000009", tmp_path / "x.zip")
    fill(database_url, 1)
    with pytest.raises(FileFailed):
        export(database_url, "00000001", tmp_path / "missing" / "x.zip")
    assert left_behind(tmp_path) == []
