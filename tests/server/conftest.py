"""A real PostgreSQL for all server tests of one process, and a fresh database for each test."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from codeinterview_server.db.cluster import Cluster
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.engine import Database
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.db.postgres_programs import find_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_TEMPLATE = "codeinterview_template"


def at_database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    before, _, after = url.partition("@")
    host, _, rest = after.partition("/")
    _, mark, query = rest.partition("?")
    return f"{before}@{host}/{name}{mark}{query}"


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory with a short path, outside pytest's own, which other runs make private again."""
    path = Path(tempfile.mkdtemp(prefix="ci-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def data_dir(scratch: Path) -> Path:
    """An empty data directory of one test's own."""
    path = scratch / uuid.uuid4().hex[:8]
    path.mkdir(mode=0o700)
    return path


@pytest.fixture(scope="session")
def postgres_url(scratch: Path) -> Iterator[str]:
    """An embedded PostgreSQL that runs for the whole session."""
    data_dir = scratch / "shared"
    data_dir.mkdir()
    with asyncio.Runner() as runner:
        postgres = EmbeddedPostgres(data_dir)
        try:
            yield runner.run(postgres.start())
        finally:
            runner.run(postgres.stop())


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Callable[[], str]:
    """Makes an empty database and returns its URL."""

    def make(template: str = "template1") -> str:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return at_database(postgres_url, name)

    return make


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> str:
    """The name of a migrated, empty database that others are copied from."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
    upgrade(at_database(postgres_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def database_url(
    postgres_url: str, new_database: Callable[[str], str], template_database: str
) -> Iterator[str]:
    """A fresh, migrated database of one test's own."""
    url = new_database(template_database)
    yield url
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A started pool on a fresh database."""
    database = Database(database_url, pool_size=4)
    await database.start()
    yield database
    await database.stop()


@pytest.fixture
async def own_postgres(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL of one test's own, not started yet; stopped at the end."""
    postgres = EmbeddedPostgres(data_dir)
    yield postgres
    await postgres.stop()


@pytest.fixture(scope="session")
def tcp_postgres_url(scratch: Path) -> Iterator[str]:
    """A second PostgreSQL, as somebody else would run one: on loopback, with a password."""
    data_dir = scratch / "tcp"
    data_dir.mkdir()
    password = uuid.uuid4().hex
    with asyncio.Runner() as runner:
        embedded = EmbeddedPostgres(data_dir)
        try:
            with psycopg.connect(runner.run(embedded.start()), autocommit=True) as connection:
                connection.execute(
                    sql.SQL("ALTER ROLE codeinterview PASSWORD {}").format(sql.Literal(password))
                )
        finally:
            runner.run(embedded.stop())
    programs = find_programs(data_dir)
    command, _ = Cluster(data_dir, programs).configure()
    access = data_dir / "tcp_hba.conf"
    access.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    access.chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uid, gid = (programs.account.uid, programs.account.gid) if programs.account else (None, None)
    process = subprocess.Popen(
        [*command, "-c", "listen_addresses=127.0.0.1", "-p", str(port), "-c", f"hba_file={access}"],
        stderr=subprocess.DEVNULL,
        user=uid,
        group=gid,
    )
    url = f"postgresql://codeinterview:{password}@127.0.0.1:{port}/postgres"
    try:
        wait_for_answer(url)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def wait_for_answer(url: str, timeout_s: float = 20) -> None:
    """Returns when PostgreSQL answers at the URL."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
        else:
            return
