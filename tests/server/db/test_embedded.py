"""The embedded PostgreSQL: private, quick to come back, and never left behind."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import psutil
import psycopg
import pytest

from codeinterview_server.db.cluster import Cluster
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.errors import DatabaseStartError
from codeinterview_server.db.postgres_programs import find_programs

OWNER = """
import asyncio, sys
from pathlib import Path
from codeinterview_server.db.embedded import EmbeddedPostgres

async def main():
    postgres = EmbeddedPostgres(Path(sys.argv[1]))
    print(await postgres.start(), postgres.pid, flush=True)
    sys.stdin.read()

asyncio.run(main())
"""


def start_owner(data_dir: Path) -> tuple[subprocess.Popen[str], str, int]:
    """Starts a program that owns a PostgreSQL; returns it, the URL and PostgreSQL's process id."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    url, pid = owner.stdout.readline().split()
    return owner, url, int(pid)


def start_orphan(data_dir: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Starts a PostgreSQL that nothing tells of its owner's death, as on other systems."""
    programs = find_programs(data_dir)
    command, endpoint = Cluster(data_dir, programs).configure()
    uid, gid = (programs.account.uid, programs.account.gid) if programs.account else (None, None)
    orphan = subprocess.Popen(command, stderr=subprocess.DEVNULL, user=uid, group=gid)
    return orphan, endpoint.url


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=10)


async def until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the other side is another process
            await asyncio.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def write(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (n int)")
        connection.execute("INSERT INTO notes SELECT count(*) FROM notes")


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM notes").fetchone()
    assert row is not None
    return int(row[0])


def answers(url: str) -> bool:
    try:
        return count(url) >= 0
    except psycopg.OperationalError:
        return False


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def is_there(path: str) -> bool:
    return os.path.lexists(path)


def socket_dir_of(url: str) -> str:
    return unquote(url.partition("?host=")[2])


async def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    for number in range(1, 3):
        postgres = EmbeddedPostgres(data_dir)
        url = await postgres.start()
        pid = postgres.pid
        assert pid is not None
        write(url)
        assert count(url) == number
        await postgres.stop()
        await postgres.stop()
        assert is_gone(pid)


async def test_only_this_user_gets_in(own_postgres: EmbeddedPostgres, data_dir: Path) -> None:
    url = await own_postgres.start()
    assert "@/" in url
    assert own_postgres.pid is not None
    connections = [
        connection
        for process in (psutil.Process(own_postgres.pid),)
        for connection in process.net_connections("inet")
    ]
    assert connections == []
    assert mode(data_dir / "postgres") == 0o700
    assert mode(data_dir / "postgres" / ".s.PGSQL.5432") == 0o700
    assert mode(data_dir / "postgres.log") == 0o600
    assert not mode(data_dir) & 0o066


async def test_its_log_quotes_no_rows(own_postgres: EmbeddedPostgres, data_dir: Path) -> None:
    url = await own_postgres.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text, born int NOT NULL)")
        with pytest.raises(psycopg.errors.NotNullViolation, match="Nobody"):
            connection.execute("INSERT INTO people VALUES (%s, NULL)", ("Nobody",))
    await own_postgres.stop()
    log = (data_dir / "postgres.log").read_text()
    assert "violates not-null constraint" in log
    assert "Nobody" not in log


async def test_our_secrets_are_not_handed_on(
    own_postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEINTERVIEW_HOST_KEY", "hush")
    monkeypatch.setenv("PGPORT", "1")
    await own_postgres.start()
    assert own_postgres.pid is not None
    environment = psutil.Process(own_postgres.pid).environ()
    assert "PATH" in environment
    assert not environment.keys() & {"CODEINTERVIEW_HOST_KEY", "PGPORT"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
async def test_postgresql_ends_when_its_owner_is_killed(data_dir: Path) -> None:
    owner, url, pid = start_owner(data_dir)
    write(url)
    kill(owner)
    await until(lambda: is_gone(pid))
    postgres = EmbeddedPostgres(data_dir)
    try:
        assert count(await postgres.start()) == 1
    finally:
        await postgres.stop()


async def test_an_orphan_is_ended_and_its_data_kept(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    write(await postgres.start())
    await postgres.stop()
    orphan, url = start_orphan(data_dir)
    try:
        await until(lambda: answers(url))
        again = EmbeddedPostgres(data_dir)
        try:
            assert count(await again.start()) == 1
            assert again.pid != orphan.pid
            assert orphan.wait(timeout=10) == 0
        finally:
            await again.stop()
    finally:
        orphan.kill()
        orphan.wait(timeout=10)


async def test_a_stale_pid_file_of_another_process_is_no_obstacle(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    await postgres.start()
    await postgres.stop()
    lines = [str(os.getpid()), str(data_dir / "postgres"), "1", "5432", "", "", "", "ready   "]
    (data_dir / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    again = EmbeddedPostgres(data_dir)
    try:
        with psycopg.connect(await again.start()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        await again.stop()


async def test_an_interrupted_first_start_is_begun_again(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.launch()
    await until(lambda: bool(list(data_dir.glob("postgres.new-*/PG_VERSION"))))
    await postgres.stop()
    assert not (data_dir / "postgres").exists()
    again = EmbeddedPostgres(data_dir)
    try:
        write(await again.start())
    finally:
        await again.stop()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
async def test_it_is_started_again_when_it_dies(
    own_postgres: EmbeddedPostgres, death: signal.Signals
) -> None:
    url = await own_postgres.start()
    write(url)
    first = own_postgres.pid
    assert first is not None
    os.kill(first, death)
    await until(lambda: own_postgres.pid != first)
    await until(lambda: answers(url))
    assert count(url) == 1


async def test_a_long_path_gets_its_socket_elsewhere(scratch: Path) -> None:
    data_dir = scratch / ("long-" * 20)
    data_dir.mkdir()
    postgres = EmbeddedPostgres(data_dir)
    try:
        url = await postgres.start()
        write(url)
        socket_dir = socket_dir_of(url)
        assert "long" not in socket_dir
        assert mode(Path(socket_dir)) == 0o700
    finally:
        await postgres.stop()
    assert not is_there(socket_dir)
    postgres = EmbeddedPostgres(data_dir)
    try:
        assert count(await postgres.start()) == 1
    finally:
        await postgres.stop()


async def test_data_of_another_version_is_refused(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir()
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseStartError, match=r"PostgreSQL 16, .* brings 18"):
        EmbeddedPostgres(data_dir).launch()


async def test_broken_data_is_explained(own_postgres: EmbeddedPostgres, data_dir: Path) -> None:
    await own_postgres.start()
    await own_postgres.stop()
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    broken = EmbeddedPostgres(data_dir)
    try:
        with pytest.raises(DatabaseStartError, match=r"could not (find|open).*postgres\.log"):
            await broken.start()
    finally:
        await broken.stop()
