"""The commands as people and their scripts see them: one sentence, a status, and what is left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from tests.server.records.interviews import add_event, content, fill, left_behind
from tests.server.records.test_removal import set_over
from tests.server.test_cli import Serve, postgres_of

from codeinterview_server.cli import Exit, main
from codeinterview_server.records.archive import new_archive
from codeinterview_server.records.backup import back_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TIMEOUT_S = 60
# So that files stop growing where a full disk would stop them; PostgreSQL is another process.
SMALL_DISK = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from codeinterview_server.cli import main
sys.exit(main(sys.argv[1:]))
"""


class Commands:
    """Runs commands and looks at what they say."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def succeed(self, *arguments: str) -> str:
        """Returns the one sentence on standard output."""
        self._capfd.readouterr()
        status = main(arguments)
        out, err = self._capfd.readouterr()
        assert (status, err) == (0, "")
        assert out.endswith(".\n")
        assert out.count("\n") == 1
        return out.strip()

    def fail(self, code: Exit, *arguments: str) -> str:
        """Returns the one line on standard error."""
        self._capfd.readouterr()
        status = main(arguments)
        return check_failure(code, status, *self._capfd.readouterr())


@pytest.fixture
def commands(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    for name in list(os.environ):
        if name.startswith("CODEINTERVIEW_"):
            monkeypatch.delenv(name)
    return Commands(capfd)


def check_failure(code: Exit, status: int, out: str, err: str) -> str:
    assert err.startswith(f"error {code.name} "), err
    assert err.count("\n") == 1, err
    assert err.endswith(".\n")
    assert out == ""
    assert status == code
    return err.strip()


def fail_on_a_small_disk(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return check_failure(Exit.FILE, done.returncode, done.stdout, done.stderr)


class App:
    """A server on a data directory, and its host."""

    def __init__(self, data_dir: Path, *options: str) -> None:
        self.server = Serve("serve", "--port=0", f"--data-dir={data_dir}", *options)
        self.url = self.server.url()
        self.key = (data_dir / "host.key").read_text().strip()

    def call(self, method: str, path: str, key: str | None = None, **body: Any) -> httpx.Response:
        return httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            headers={"Authorization": f"Bearer {key or self.key}"},
            json=body or None,
            trust_env=False,
            timeout=30,
        )

    def create(self, code: str) -> dict[str, Any]:
        creator = {"id": "ines", "name": "Ines", "color": "0"}
        answer = self.call("POST", "/sessions", creator=creator, code=code, language="python")
        assert answer.status_code == 201
        created: dict[str, Any] = answer.json()
        return created

    def close(self) -> None:
        self.server.close()


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., App]]:
    """Starts servers in the test's data directory, or beneath it; ends what is left of them."""
    started: list[App] = []

    def make(name: str = "", *options: str) -> App:
        started.append(App(data_dir / name, *options))
        return started[-1]

    yield make
    for app in started:
        app.close()


def test_beside_a_server_and_without_it(
    start: Callable[..., App], commands: Commands, data_dir: Path, tmp_path: Path
) -> None:
    backup, exported = str(tmp_path / "backup"), str(tmp_path / "export.zip")
    here = f"--data-dir={data_dir}"
    app = start()
    created = app.create("answer = 42\n")
    session_id, token = created["data"]["id"], created["token"]
    # Beside the server.
    assert commands.succeed("backup", backup, here) == f"Saved 1 session to {backup}."
    assert "data directory" in commands.fail(Exit.ALREADY_RUNNING, "restore", backup, here)
    commands.succeed("export", session_id, "--output", exported, here)
    with zipfile.ZipFile(exported) as archive:
        assert archive.read("files/main.py").decode() == "answer = 42\n"
    assert "is open and a server" in commands.fail(Exit.SESSION_OPEN, "delete", session_id, here)
    assert app.call("GET", f"/sessions/{session_id}", token).json()["data"]["code"]
    app.call("PATCH", f"/sessions/{session_id}", token, phase="ended")
    commands.succeed("delete", session_id, here)
    assert app.call("GET", "/sessions").json()["data"] == []
    assert app.server.stop() == 0
    # Without it.
    commands.fail(Exit.SESSION_NOT_FOUND, "export", session_id, here)
    assert "Restored 1 session" in commands.succeed("restore", backup, here)
    assert "has 1 session" in commands.fail(Exit.NOT_EMPTY, "restore", backup, here)
    assert "Kept 1 session" in commands.succeed("restore", backup, "--merge", here)
    assert "Restored 1 session" in commands.succeed("restore", backup, "--replace", here)
    assert postgres_of(data_dir) == []
    # As before, with the same token and the same invites.
    app = start()
    session = app.call("GET", f"/sessions/{session_id}", token).json()["data"]
    assert (session["code"], session["phase"]) == ("answer = 42\n", "open")
    invites = app.call("GET", f"/sessions/{session_id}/invites", token).json()["invites"]
    assert invites == created["invites"]
    assert app.server.stop() == 0


def test_the_host_key_goes_along_when_asked_to(
    start: Callable[..., App], commands: Commands, data_dir: Path, tmp_path: Path
) -> None:
    old = start("old")
    created = old.create("pass\n")
    plain, whole = str(tmp_path / "plain"), str(tmp_path / "whole")
    there = f"--data-dir={data_dir / 'old'}"
    commands.succeed("backup", plain, there)
    commands.succeed("backup", whole, "--with-host-key", there)
    assert old.key.encode() not in (tmp_path / "plain").read_bytes()
    here = f"--data-dir={data_dir / 'new'}"
    assert "without the host key" in commands.fail(
        Exit.CONFIG, "restore", plain, "--with-host-key", here
    )
    assert not (data_dir / "new").exists()
    commands.succeed("restore", plain, here)
    new = start("new")
    assert new.key != old.key
    join = f"/sessions/{created['data']['id']}/join"
    user = {"id": "c", "name": "C", "color": ""}
    invite = created["invites"]["candidate"]
    assert (
        new.call("POST", join, user=user, invite=invite).json()["detail"]["code"]
        == "INVALID_INVITE"
    )
    # Tokens do not depend on the key.
    path = f"/sessions/{created['data']['id']}"
    assert new.call("GET", path, created["token"]).status_code == 200
    assert new.server.stop() == 0
    commands.succeed("restore", whole, "--replace", "--with-host-key", here)
    new = start("new")
    assert new.key == old.key
    assert new.call("POST", join, user=user, invite=invite).json()["status"] == "admitted"


def test_a_command_of_the_program_itself(tmp_path: Path) -> None:
    with closing(Serve("restore", str(tmp_path / "missing"))) as program:
        check_failure(Exit.FILE, program.status(), program.out, program.err)


def test_what_fails_says_why_and_changes_nothing(
    commands: Commands,
    database_url: str,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(database_url, 2)
    before = content(database_url)
    back_up(database_url, tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    (tmp_path / "damaged").write_bytes(whole[:-1000] + b"!" + whole[-999:])
    with new_archive(tmp_path / "newer", sealed=True) as archive:
        archive.write("manifest.json", json.dumps({"format": 2}))
    with (
        zipfile.ZipFile(tmp_path / "whole") as old,
        new_archive(tmp_path / "huge", sealed=True) as archive,
    ):
        manifest = json.loads(old.read("manifest.json"))
        manifest["tables"]["runs"]["bytes"] = 10**16
        for name in old.namelist():
            archive.write(name, json.dumps(manifest) if name == "manifest.json" else "")
    names = left_behind(tmp_path)
    here = f"--database-url={database_url}"
    empty = f"--data-dir={data_dir}"
    wrong = "--database-url=postgresql://me:hunter2@127.0.0.1:1/nowhere"
    cases: list[tuple[Exit, tuple[str, ...]]] = [
        (Exit.CONFIG, ("backup",)),
        (Exit.CONFIG, ("backup", "x", "--nonsense")),
        (Exit.CONFIG, ("backup", "x", "--database-url=mysql://me:hunter2@h/d")),
        (Exit.CONFIG, ("backup", "x", "--with-host-key", empty, here)),
        (Exit.CONFIG, ("restore", "whole", "--merge", "--replace")),
        (Exit.CONFIG, ("restore", "whole", "--with-host-key", here)),
        (Exit.CONFIG, ("export", "../../x", here)),
        (Exit.CONFIG, ("prune", here)),
        (Exit.CONFIG, ("prune", "--retention-days=soon", here)),
        (Exit.DATA_DIR, ("backup", "x", empty)),
        (Exit.DATA_DIR, ("export", "00000001", empty)),
        (Exit.BACKUP_DAMAGED, ("restore", "huge", "--replace", here)),
        (Exit.DATABASE, ("backup", "x", wrong)),
        (Exit.DATABASE, ("restore", "whole", wrong)),
        (Exit.DATABASE, ("delete", "00000001", wrong)),
        (Exit.BACKUP_DAMAGED, ("restore", "damaged", here)),
        (Exit.BACKUP_DAMAGED, ("restore", "damaged", "--replace", here)),
        (Exit.BACKUP_NEWER, ("restore", "newer", here)),
        (Exit.NOT_EMPTY, ("restore", "whole", here)),
        (Exit.FILE, ("restore", "missing", here)),
        (Exit.FILE, ("backup", "missing/x", here)),
        (Exit.SESSION_NOT_FOUND, ("export", "00000009", here)),
        (Exit.SESSION_NOT_FOUND, ("delete", "00000009", here)),
    ]
    for code, arguments in cases:
        assert "hunter2" not in commands.fail(code, *arguments)
    # A bad file is told before anything is made.
    commands.fail(Exit.BACKUP_DAMAGED, "restore", "damaged", empty)
    assert left_behind(data_dir) == []
    assert "Make room" in commands.fail(Exit.DATA_DIR, "restore", "huge", empty)
    assert left_behind(tmp_path) == names
    assert content(database_url) == before


def test_a_newer_schema(commands: Commands, database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    here = f"--database-url={database_url}"
    commands.fail(Exit.SCHEMA_NEWER, "backup", str(tmp_path / "x"), here)
    commands.fail(Exit.SCHEMA_NEWER, "export", "00000001", "--output", str(tmp_path / "x"), here)


def test_nothing_is_restored_under_a_server(
    commands: Commands, database_url: str, tmp_path: Path
) -> None:
    back_up(database_url, tmp_path / "x")
    here = f"--database-url={database_url}"
    with psycopg.connect(database_url, application_name="codeinterview"):
        sentence = commands.fail(Exit.ALREADY_RUNNING, "restore", str(tmp_path / "x"), here)
        assert "Stop it and try again" in sentence
    commands.succeed("restore", str(tmp_path / "x"), here)


def test_an_old_backup_outlives_a_full_disk(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    here = f"--database-url={database_url}"
    back_up(database_url, path)
    former = path.read_bytes()
    (session_id,) = fill(database_url, 1, updates=0)
    with psycopg.connect(database_url) as connection:
        add_event(
            connection, session_id, "title", {"title": random.Random(1).randbytes(40_000).hex()}
        )
    sentence = fail_on_a_small_disk("backup", str(path), here)
    assert "cannot be written: File too large" in sentence
    fail_on_a_small_disk("export", session_id, "--output", str(path), here)
    assert path.read_bytes() == former
    assert left_behind(tmp_path) == ["backup"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_backup_leaves_nothing(
    database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    fill(database_url, 1)
    path = tmp_path / "backup"
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE runs IN ACCESS EXCLUSIVE MODE")
        with closing(Serve("backup", str(path), f"--database-url={database_url}")) as program:
            deadline = time.monotonic() + TIMEOUT_S
            while not left_behind(tmp_path):
                assert program.process.poll() is None
                assert time.monotonic() < deadline
            assert program.stop(number) == Exit.INTERRUPTED
            assert program.err.startswith("error INTERRUPTED ")
            assert "Traceback" not in program.err
    assert left_behind(tmp_path) == []


INTERRUPTED_IN_A_QUERY = """
import sys
import psycopg
from codeinterview_server import cli, cli_records

def run(command, settings, options):
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        connection.pgconn.send_query(b"SELECT pg_sleep(5)")
        raise KeyboardInterrupt

cli_records.run = run
sys.exit(cli.main(sys.argv[1:]))
"""


def test_an_interruption_within_a_query_is_told_in_one_sentence(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IN_A_QUERY, "prune", f"--database-url={database_url}"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == Exit.INTERRUPTED
    assert done.stderr.startswith("error INTERRUPTED ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_restore_changes_nothing(
    commands: Commands, database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    fill(database_url, 3)
    path, here = str(tmp_path / "backup"), f"--database-url={database_url}"
    back_up(database_url, tmp_path / "backup")
    commands.succeed("delete", "00000001", here)
    before = content(database_url)
    with (
        psycopg.connect(database_url) as blocker,
        psycopg.connect(database_url, autocommit=True) as observer,
        closing(Serve("restore", path, "--replace", here)) as program,
    ):
        blocker.execute("LOCK TABLE runs IN ROW SHARE MODE")
        while not observer.execute(
            "SELECT FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchall():
            assert program.process.poll() is None, program.err
        expected = -number if number == signal.SIGKILL else Exit.INTERRUPTED
        assert program.stop(number) == expected
    assert content(database_url) == before
    assert "Restored 3 sessions" in commands.succeed("restore", path, "--replace", here)


def test_the_setting_makes_a_server_delete(database_url: str, data_dir: Path) -> None:
    old, young = fill(database_url, 2)
    set_over(database_url, old, days_ago=31)
    set_over(database_url, young, days_ago=29)
    options = ("serve", "--port=0", f"--data-dir={data_dir}", f"--database-url={database_url}")
    with closing(Serve(*options, CODEINTERVIEW_RETENTION_DAYS="30")) as server:
        server.url()
        deadline = time.monotonic() + TIMEOUT_S
        while len(content(database_url)["sessions"]) > 1:
            assert time.monotonic() < deadline
        assert server.stop() == 0
    assert [row[0] for row in content(database_url)["sessions"]] == [young]


def test_pruning_by_command(
    commands: Commands, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, young = fill(database_url, 2)
    set_over(database_url, old, days_ago=31, phase="ended")
    set_over(database_url, young, days_ago=29)
    here = f"--database-url={database_url}"
    assert "Deleted 1 session that" in commands.succeed("prune", "--retention-days=30", here)
    monkeypatch.setenv("CODEINTERVIEW_RETENTION_DAYS", "30")
    assert "Deleted 0 sessions" in commands.succeed("prune", here)
    assert [row[0] for row in content(database_url)["sessions"]] == [young]
