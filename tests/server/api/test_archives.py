"""A session that is copied: whole, live edits included, from one server to another or the same."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from pycrdt import Doc, Map
from tests.server.records.interviews import content, left_behind, of_session
from tests.server.stage import Interview, Stage, error, staged

from codeinterview_server.api import archives
from codeinterview_server.db.engine import Database
from codeinterview_server.domain.limits import Limits
from codeinterview_server.records.archive import ArchiveWriter
from codeinterview_server.records.backup import back_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


@pytest.fixture
def other_url(new_database: Callable[[str], str], template_database: str) -> str:
    return new_database(template_database)


@asynccontextmanager
async def on(url: str, data_dir: Path, **options: Any) -> AsyncIterator[Stage]:
    """A server on another database."""
    database = Database(url, pool_size=4)
    await database.start()
    try:
        async with staged(database, data_dir, **options) as stage:
            yield stage
    finally:
        await database.stop()


async def packed(stage: Stage, session_id: str, key: str | None = None) -> bytes:
    answer = await stage.call("GET", f"/sessions/{session_id}/archive", key or stage.host_key)
    assert answer.is_success, answer.text
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return answer.content


async def adopted(stage: Stage, archive: bytes, key: str | None = None) -> dict[str, Any]:
    answer = await stage.call("POST", "/archives", key or stage.host_key, content=archive)
    assert answer.status_code == 201, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


async def worked_in(stage: Stage, **body: Any) -> Interview:
    """A session with people, edits by several hands, and a run that goes on."""
    interview = await stage.create(language="python", code="one\n", **body)
    candidate = await stage.join(interview)
    await stage.join(interview, None)
    async with interview.room.enter(candidate.token) as client:
        await client.message("welcome")
        await client.sync()
        await client.insert(0, "two 😀\n")
        run = {"run_id": "r1", "language": "python", "path": "main.py"}
        await client.tell("run", event="started", **run)
        await client.tell("run", run_id="r1", event="output", stream="stdout", text="printed")
        await client.tell(
            "run", run_id="r1", event="finished", status="ok", duration_ms=7, truncated=False
        )
        await client.insert(0, "three\n")
        await client.fence()
    return interview


def changed(archive: bytes, change: Callable[[dict[str, list[str]]], None]) -> bytes:
    """The archive with other rows, and everything about it right."""
    with zipfile.ZipFile(io.BytesIO(archive)) as former:
        manifest = json.loads(former.read("manifest.json"))
        tables = {
            name: former.read(f"tables/{name}.copy").decode().splitlines()
            for name in manifest["tables"]
        }
    change(tables)
    file = io.BytesIO()
    writer = ArchiveWriter(file, sealed=True)
    for name, rows in tables.items():
        text = "".join(f"{row}\n" for row in rows)
        manifest["tables"][name] |= {"rows": len(rows), "bytes": len(text.encode())}
        writer.write(f"tables/{name}.copy", text)
    writer.write("manifest.json", json.dumps(manifest))
    writer.close()
    return file.getvalue()


async def test_what_was_just_typed_and_run_is_copied_to_another_server(
    stage: Stage, database_url: str, other_url: str, data_dir: Path
) -> None:
    interview = await worked_in(stage, title="Backend", observers_listed=False, shared=True)
    archive = await packed(stage, interview.id)
    former = (await stage.ask("GET", f"/sessions/{interview.id}", stage.host_key))["data"]
    async with on(other_url, data_dir, session_hours=2) as team:
        key, ada = await team.add_key("ada")
        data = await adopted(team, archive, ada)
        assert data["files"]["main.py"] == "three\ntwo 😀\none\n"
        same = former.keys() - {"expires_at", "shared", "participants", "updated_at"}
        assert {name: data[name] for name in same} == {name: former[name] for name in same}
        assert data["shared"] is False
        assert [each["name"] for each in data["participants"]] == [
            each["name"] for each in former["participants"]
        ]
        # Nothing that opened the former one opens it here.
        path = f"/sessions/{data['id']}"
        for token in (interview.creator.token, stage.host_key):
            assert error(await team.call("GET", path, token)) == (401, "INVALID_TOKEN")
        body = {"user": {"id": "k", "name": "K", "color": ""}}
        invite = interview.invites["interviewer"]
        answer = await team.call("POST", f"{path}/join", json={**body, "invite": invite})
        assert error(answer) == (403, "INVALID_INVITE")
        join = await team.ask("POST", f"{path}/join", ada, json=body)
        room = interview.room
        async with type(room)(team.origin, ada, data["id"], join["token"], {}).enter() as client:
            welcome = await client.message("welcome")
            [run] = welcome["runs"]
            assert (run["status"], run["output"]) == (
                "ok",
                [{"stream": "stdout", "text": "printed"}],
            )
            await client.sync()
            await client.insert(0, "four\n")
            await client.fence()
        data = (await team.ask("GET", path, ada))["data"]
        assert data["code"] == "four\nthree\ntwo 😀\none\n"
    kept = of_session(content(database_url), interview.id)
    found = of_session(content(other_url), interview.id)
    [row] = found["sessions"]
    assert row[-2:] == (key.id, False)
    # The whole history came along, in its order, and goes on.
    assert [row[2:] for row in found["updates"]][: len(kept["updates"])] == [
        row[2:] for row in kept["updates"]
    ]
    kinds = [row[4] for row in found["events"]]
    assert [row[4] for row in kept["events"]][:2] == kinds[:2]
    copied = [row for row in found["events"] if row[4] == "copied"]
    assert [row[3:] for row in copied] == [("@host:ada", "copied", {"from": interview.id})]


@pytest.mark.parametrize("table", ["updates", "runs"])
async def test_what_is_not_written_down_yet_is_waited_for(
    stage: Stage, database_url: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = await stage.create(language="python", code="one\n")
    path = f"/sessions/{interview.id}/archive"
    async with interview.room.enter() as client:
        await client.message("welcome")
        await client.sync()
        # From here on there is nothing to write but what comes.
        await packed(stage, interview.id)
        with psycopg.connect(database_url) as blocker:
            blocker.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            if table == "updates":
                await client.insert(0, "two\n")
            run = {"run_id": "r1", "language": "python", "path": "main.py"}
            await client.tell("run", event="started", **run)
            await client.fence()
            with monkeypatch.context() as hurry:
                hurry.setattr(archives, "_FLUSH_S", 0.2)
                answer = await stage.call("GET", path, stage.host_key)
                assert error(answer) == (503, "DATABASE_AWAY")
            blocker.rollback()
        # Here it runs on; whoever runs it is not over there.
        data = await adopted(stage, await packed(stage, interview.id))
    assert data["code"] == ("two\none\n" if table == "updates" else "one\n")
    [record] = of_session(content(database_url), data["id"])["runs"]
    assert record[7] == "stopped"


async def test_on_the_same_server_the_copy_has_a_code_of_its_own(
    stage: Stage, database_url: str
) -> None:
    interview = await worked_in(stage)
    archive = await packed(stage, interview.id)
    before = of_session(content(database_url), interview.id)
    copies = [await adopted(stage, archive) for _ in range(2)]
    assert len({interview.id, *(copy["id"] for copy in copies)}) == 3
    for copy in copies:
        assert copy["code"] == "three\ntwo 😀\none\n"
    assert of_session(content(database_url), interview.id) == before
    await stage.ask("GET", f"/sessions/{interview.id}", interview.creator.token)
    deleted = await stage.call("DELETE", f"/sessions/{copies[0]['id']}", stage.host_key)
    assert deleted.status_code == 204
    assert (await adopted(stage, await packed(stage, copies[1]["id"])))["code"]


async def test_a_copy_takes_no_secret_along(stage: Stage, database_url: str) -> None:
    _, ada = await stage.add_key("ada")
    interview = await worked_in(stage, host_key=ada)
    with psycopg.connect(database_url) as connection:
        hashes = [
            row[0].hex()
            for table, column in (("participants", "token_hash"), ("host_keys", "key_hash"))
            for row in connection.execute(f"SELECT {column} FROM {table}").fetchall()
        ]
    assert len(hashes) == 4
    with zipfile.ZipFile(io.BytesIO(await packed(stage, interview.id, ada))) as archive:
        text = b"".join(map(archive.read, archive.namelist())).decode()
    assert not [each for each in hashes if each in text]
    assert "ada" not in json.loads(text[text.index('{\n  "format"') :])["tables"]["host_keys"]


async def test_what_is_not_whole_is_refused_and_changes_nothing(
    stage: Stage, database_url: str, data_dir: Path, tmp_path: Path
) -> None:
    interview = await worked_in(stage)
    await stage.create()
    archive = await packed(stage, interview.id)
    back_up(database_url, tmp_path / "backup")
    before = content(database_url)
    middle = len(archive) // 2
    flipped = archive[:middle] + bytes([archive[middle] ^ 1]) + archive[middle + 1 :]
    cases = {
        "nothing": b"",
        "text": b"an interview",
        "half": archive[:middle],
        "all but the end": archive[:-1],
        "one bit": flipped,
        "more": archive + b"\0",
        "two sessions": (tmp_path / "backup").read_bytes(),
    }
    for name, body in cases.items():
        answer = await stage.call("POST", "/archives", stage.host_key, content=body)
        assert error(answer) == (422, "VALIDATION_FAILED"), name
        assert "not a whole archive" in answer.json()["detail"]["error"], name
    assert content(database_url) == before
    assert left_behind(data_dir) == []


async def test_a_newer_programs_archive_says_so(stage: Stage) -> None:
    archive = await packed(stage, (await stage.create()).id)
    file = io.BytesIO()
    writer = ArchiveWriter(file, sealed=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as former:
        for name in former.namelist():
            text = former.read(name).decode()
            writer.write(name, text.replace('"schema": "', '"schema": "9'))
    writer.close()
    answer = await stage.call("POST", "/archives", stage.host_key, content=file.getvalue())
    assert error(answer) == (422, "VALIDATION_FAILED")
    assert "newer version" in answer.json()["detail"]["error"]


def _with(table: str, row: int, column: int, value: str) -> Callable[[dict[str, list[str]]], None]:
    def change(tables: dict[str, list[str]]) -> None:
        fields = tables[table][row].split("\t")
        fields[column] = value
        tables[table][row] = "\t".join(fields)

    return change


def _foreign_document() -> str:
    doc: Doc[Any] = Doc()
    doc.get("mine", type=Map)["x"] = "y"
    return "\\\\x" + doc.get_update().hex()


@pytest.mark.parametrize(
    "change",
    [
        _with("sessions", 0, 1, "two\\nlines"),
        _with("sessions", 0, 2, "cobol"),
        _with("sessions", 0, 4, "paused"),
        _with("sessions", 0, 6, "-1"),
        _with("sessions", 0, 9, '{"king": 1}'),
        _with("sessions", 0, 9, "[]"),
        _with("sessions", 0, 10, "always"),
        _with("sessions", 0, 6, "9223372036854775807"),
        _with("participants", 0, 1, "no id"),
        _with("participants", 0, 2, "\\n"),
        _with("participants", 0, 4, "8"),
        _with("participants", 0, 5, "host"),
        _with("participants", 0, 6, "asleep"),
        _with("runs", 0, 7, "flying"),
        _with("runs", 0, 10, '[{"stream": "stdout", "text": 1}]'),
        _with("runs", 0, 10, '{"a": 1}'),
        _with("events", 0, 4, "conquered"),
        _with("events", 0, 2, "-5"),
        _with("updates", 0, 0, "ffffffff"),
        _with("updates", 0, 3, "9007199254740993"),
        _with("snapshots", 0, 2, _foreign_document()),
        _with("snapshots", 0, 2, "\\\\x00ff00ff"),
        lambda tables: tables["sessions"].clear(),
        lambda tables: tables["participants"].append(tables["participants"][0]),
    ],
)
async def test_what_no_room_could_hold_is_refused(
    stage: Stage, database_url: str, change: Callable[[dict[str, list[str]]], None]
) -> None:
    archive = await packed(stage, (await worked_in(stage)).id)
    before = content(database_url)
    answer = await stage.call("POST", "/archives", stage.host_key, content=changed(archive, change))
    assert error(answer) == (422, "VALIDATION_FAILED"), answer.text
    assert content(database_url) == before
    # With nothing changed it would have been taken.
    await adopted(stage, changed(archive, lambda _: None))


async def test_numbers_that_others_depend_on_are_not_taken_from_it(
    stage: Stage, database_url: str
) -> None:
    def enlarge(tables: dict[str, list[str]]) -> None:
        last = str(2**63 - 1)
        _with("updates", -1, 1, last)(tables)
        _with("snapshots", 0, 1, last)(tables)
        _with("events", -1, 0, last)(tables)
        _with("sessions", 0, 8, last)(tables)
        _with("sessions", 0, -1, "t")(tables)

    archive = changed(await packed(stage, (await worked_in(stage)).id), enlarge)
    data = await adopted(stage, archive)
    assert data["code"] == "three\ntwo 😀\none\n"
    assert data["expires_at"] < 2**53
    assert data["shared"] is False
    path = f"/sessions/{data['id']}"
    await stage.ask("PATCH", path, stage.host_key, json={"code": "more\n"})
    found = content(database_url)
    assert max(row[1] for row in found["updates"]) < 1_000
    assert max(row[0] for row in found["events"]) < 1_000


async def test_they_are_bounded_both_ways(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir) as usual:
        interview = await worked_in(usual)
        archive = await packed(usual, interview.id)
        path = f"/sessions/{interview.id}/archive"
    for limits in (
        Limits(archive_bytes=len(archive) // 2),
        Limits(archive_rows_bytes=1_000),
        Limits(document_bytes=50),
        Limits(archive_people=2),
    ):
        async with staged(database, data_dir, limits=limits) as tight:
            answer = await tight.call("POST", "/archives", tight.host_key, content=archive)
            if limits.archive_people == 2:
                assert error(answer) == (422, "VALIDATION_FAILED")
            else:
                assert error(answer) == (413, "TOO_LARGE"), limits
            if limits.archive_bytes < len(archive) or limits.archive_rows_bytes == 1_000:
                answer = await tight.call("GET", path, tight.host_key)
                assert error(answer) == (413, "TOO_LARGE"), limits
    assert left_behind(data_dir) == []


async def test_a_stranger_is_refused_before_the_file_is_read(stage: Stage) -> None:
    answer = await stage.call("POST", "/archives", "x" * 43, content=b"x" * 20_000_000)
    assert error(answer) == (401, "INVALID_TOKEN")
    answer = await stage.call("POST", "/sessions", stage.host_key, content=b"x" * 9_000_000)
    assert error(answer) == (413, "TOO_LARGE")


async def test_a_server_that_is_full_takes_none(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, limits=Limits(sessions=1)) as stage:
        archive = await packed(stage, (await stage.create()).id)
        answer = await stage.call("POST", "/archives", stage.host_key, content=archive)
        assert error(answer) == (409, "CONFLICT")
