"""A real PostgreSQL for all server tests of one process, and a fresh database for each test."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from tests.support.tcp_postgres import created

from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.engine import Database
from codeinterview_server.db.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

_TEMPLATE = "codeinterview_template"


def at_database(url: str, name: str) -> str:
    """The same server's URL with another database."""
    before, _, after = url.partition("@")
    host, _, rest = after.partition("/")
    _, mark, query = rest.partition("?")
    return f"{before}@{host}/{name}{mark}{query}"


@pytest.fixture(scope="session", autouse=True)
def ignored_signals_end_here() -> None:
    """Lets programs hear the signals that `nohup` and a shell's background have this one ignore.

    What is ignored is inherited; what is handled is not.
    """
    for number in (signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


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
    postgres = created(scratch / "tcp")
    try:
        yield postgres.url()
    finally:
        postgres.stop()
