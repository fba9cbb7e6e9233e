"""What is not a whole backup is refused in a sentence, and the database stays as it was."""

from __future__ import annotations

import json
import random
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from tests.server.records.interviews import Content, content, fill

from codeinterview_server.records import restore as restoring
from codeinterview_server.records.archive import new_archive
from codeinterview_server.records.backup import back_up
from codeinterview_server.records.errors import (
    DamagedBackup,
    FileFailed,
    NewerBackup,
    RecordsError,
)
from codeinterview_server.records.restore import BackupFile, Mode, open_backup, restore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Members = dict[str, bytes]


@dataclass(frozen=True)
class Scene:
    """A database with two sessions, which stays as it is, and a backup of four others."""

    url: str
    before: Content
    backup: bytes


@pytest.fixture(scope="module")
def scene(
    new_database: Callable[[str], str], template_database: str, tmp_path_factory: Any
) -> Scene:
    url = new_database(template_database)
    path = tmp_path_factory.mktemp("scene") / "backup"
    fill(url, 4, updates=5)
    back_up(url, path, "host-key")
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM updates")
        connection.execute("DELETE FROM sessions")
    fill(url, 2, first=50)
    return Scene(url, content(url), path.read_bytes())


@pytest.fixture
def path(scene: Scene, tmp_path: Path) -> Path:
    """The backup, whole as yet."""
    path = tmp_path / "interviews.backup"
    path.write_bytes(scene.backup)
    return path


def attempt(path: Path, url: str) -> None:
    with open_backup(path) as backup:
        backup.host_key()
        restore(backup, url, Mode.REPLACE)


def sentence(error: RecordsError) -> str:
    text = str(error)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def read(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, members: Members) -> None:
    """Writes a file whose seal is whole, whatever is in it."""
    with new_archive(path, sealed=True) as archive:
        for name, data in members.items():
            with archive.member(name) as member:
                member.write(data)


def test_any_changed_bit_is_noticed(path: Path, scene: Scene) -> None:
    whole = path.read_bytes()
    dice = random.Random(3)
    places = {dice.randrange(len(whole)) for _ in range(300)}
    places |= set(range(64)) | set(range(len(whole) - 300, len(whole)))
    for place in sorted(places):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(DamagedBackup) as caught:
            attempt(path, scene.url)
        assert "Nothing was changed" in sentence(caught.value), place
    assert content(scene.url) == scene.before


def test_a_missing_end_is_noticed(path: Path, scene: Scene) -> None:
    whole = path.read_bytes()
    lengths = {0, 1, 2, 21, 22, 100, len(whole) // 2, *range(len(whole) - 200, len(whole))}
    for length in sorted(lengths):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedBackup) as caught:
            attempt(path, scene.url)
        sentence(caught.value)
    assert content(scene.url) == scene.before


def test_missing_and_added_pieces_are_noticed(path: Path, scene: Scene) -> None:
    whole = path.read_bytes()
    half = len(whole) // 2
    for damaged in (
        whole + b"\0",
        b"\0" + whole,
        whole[:half] + whole[half + 1 :],
        whole[half:] + whole[:half],
        whole + whole,
    ):
        path.write_bytes(damaged)
        with pytest.raises(DamagedBackup):
            attempt(path, scene.url)
    assert content(scene.url) == scene.before


def test_other_files_are_told_apart(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("These are my notes, and no backup at all.\n" * 20)
    with pytest.raises(DamagedBackup, match="is not a backup of CodeInterview"):
        attempt(other, "")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a", "b" * 1000)
    with pytest.raises(DamagedBackup, match="or its end is missing"):
        attempt(other, "")
    with pytest.raises(FileFailed, match="cannot be read"):
        attempt(tmp_path / "missing", "")
    with pytest.raises(FileFailed, match="cannot be read"):
        attempt(tmp_path, "")


def _manifest(change: Callable[[dict[str, Any]], object]) -> Callable[[Members], None]:
    def edit(members: Members) -> None:
        document = json.loads(members["manifest.json"])
        change(document)
        members["manifest.json"] = json.dumps(document).encode()

    return edit


def _rows(table: str, change: Callable[[bytes], bytes]) -> Callable[[Members], None]:
    """Changes a table's rows, and the manifest so that it speaks of them."""

    def edit(members: Members) -> None:
        name = f"tables/{table}.copy"
        members[name] = data = change(members[name])
        listed = {"rows": data.count(b"\n"), "bytes": len(data)}
        _manifest(lambda document: document["tables"][table].update(listed))(members)

    return edit


def _columns(change: Callable[[list[str]], object]) -> Callable[[Members], None]:
    return _manifest(lambda document: change(document["tables"]["runs"]["columns"]))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        pytest.param(lambda members: members.clear(), "manifest.json", id="empty"),
        pytest.param(lambda m: m.pop("manifest.json"), "manifest.json", id="no manifest"),
        pytest.param(lambda m: m.pop("tables/runs.copy"), "something else", id="no runs"),
        pytest.param(lambda m: m.update({"more": b""}), "something else", id="more"),
        pytest.param(lambda m: m.update({"manifest.json": b"[]"}), "manifest", id="a list"),
        pytest.param(lambda m: m.update({"manifest.json": b"\xff"}), "manifest", id="no text"),
        pytest.param(
            lambda m: m.update({"manifest.json": b"[" * 100_000}), "manifest", id="nested"
        ),
        pytest.param(
            lambda m: m.update({"manifest.json": b" " * 2_000_000}), "too large", id="long"
        ),
        pytest.param(_manifest(lambda d: d.pop("tables")), "manifest", id="no tables"),
        pytest.param(
            _manifest(lambda d: d["tables"].pop("sessions")), "sessions", id="no sessions"
        ),
        pytest.param(
            _manifest(lambda d: d["tables"]["runs"].update(rows="4")), "manifest", id="rows as text"
        ),
        pytest.param(
            _manifest(lambda d: d["tables"]["runs"].update(rows=5)), "4 rows in place of 5", id="5"
        ),
        pytest.param(
            _manifest(lambda d: d["tables"]["runs"].update(bytes=1)),
            "larger than",
            id="fewer bytes",
        ),
        pytest.param(
            _manifest(lambda d: d["tables"]["runs"].update(bytes=10**9)),
            "complete",
            id="more bytes",
        ),
        pytest.param(_columns(lambda c: c.pop()), "does not have the tables", id="a column less"),
        pytest.param(_columns(lambda c: c.append("x")), "not have the tables", id="a column more"),
        pytest.param(
            _columns(lambda c: c.reverse()), "PostgreSQL refuses", id="columns in another order"
        ),
        pytest.param(_rows("runs", lambda data: data[:-1]), "not complete", id="half a row"),
        pytest.param(
            _rows("updates", lambda data: data.replace(b"\t", b" ")), "refuses", id="no tabs"
        ),
        pytest.param(_rows("updates", lambda data: data + data), "refuses", id="rows twice"),
        pytest.param(_rows("events", lambda data: b"\x00\n" + data), "refuses", id="NUL"),
        pytest.param(_rows("runs", lambda data: b"\\.\n" + data), "refuses|rows", id="end of data"),
        pytest.param(_rows("sessions", lambda data: b""), "refuses", id="nobody's participants"),
        pytest.param(lambda m: m.update({"host.key": b""}), "host key", id="an empty host key"),
        pytest.param(lambda m: m.update({"host.key": b"\xc3\xa9"}), "ascii", id="no ASCII"),
    ],
)
def test_a_sealed_file_is_not_trusted(
    path: Path,
    scene: Scene,
    edit: Callable[[Members], None],
    words: str,
) -> None:
    members = read(path)
    edit(members)
    write(path, members)
    with pytest.raises(DamagedBackup, match=words) as caught:
        attempt(path, scene.url)
    assert "Nothing was changed" in sentence(caught.value)
    assert content(scene.url) == scene.before


@pytest.mark.parametrize("change", [{"format": 2}, {"format": 99, "tables": 0}, {"schema": "9999"}])
def test_what_a_newer_program_wrote(path: Path, scene: Scene, change: dict[str, Any]) -> None:
    members = read(path)
    _manifest(lambda document: document.update(change))(members)
    write(path, members)
    with pytest.raises(NewerBackup, match="newer version of CodeInterview") as caught:
        attempt(path, scene.url)
    sentence(caught.value)
    assert content(scene.url) == scene.before


def test_the_order_of_the_members_means_nothing(path: Path, database_url: str) -> None:
    members = read(path)
    write(path, dict(reversed(members.items())))
    attempt(path, database_url)
    assert len(content(database_url)["sessions"]) == 4


def test_a_member_twice(path: Path, scene: Scene) -> None:
    members = read(path)
    with new_archive(path, sealed=True) as new:
        for name, data in members.items():
            with new.member(name) as member:
                member.write(data)
        with pytest.warns(UserWarning, match="Duplicate name"):
            new.write("tables/runs.copy", "")
    with pytest.raises(DamagedBackup, match="something else"):
        attempt(path, scene.url)
    assert content(scene.url) == scene.before


def test_a_bomb_goes_off_early(path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that never ends is given up long before the memory is, here or in PostgreSQL."""
    monkeypatch.setattr(restoring, "ROW_BYTES_MAX", 1_000_000)
    members = read(path)
    _rows("runs", lambda data: b"x" * 50_000_000)(members)
    write(path, members)
    assert path.stat().st_size < 100_000
    with open_backup(path) as backup:
        with pytest.raises(DamagedBackup, match="larger than it can be"):
            restore(backup, scene.url, Mode.REPLACE)
        pieces: list[bytes] = []
        with pytest.raises(DamagedBackup):
            pieces.extend(backup.rows("runs"))
        assert sum(map(len, pieces)) < 2_000_000
    assert content(scene.url) == scene.before


def test_the_connection_goes_in_the_midst(
    path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database_url, 1, first=50)
    before = content(database_url)
    rows = BackupFile.rows

    def rows_then_cut(self: BackupFile, table: str) -> Iterator[bytes]:
        yield from rows(self, table)
        if table == "updates":
            with psycopg.connect(database_url, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                    "datname = current_database() AND pid <> pg_backend_pid()"
                )

    monkeypatch.setattr(BackupFile, "rows", rows_then_cut)
    with pytest.raises(psycopg.OperationalError):
        attempt(path, database_url)
    monkeypatch.undo()
    assert content(database_url) == before
    attempt(path, database_url)
    assert len(content(database_url)["sessions"]) == 4
