"""Settings' Test connection against a real PostgreSQL and everything that is none."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from codeinterview_desktop.core.database_check import check_database
from codeinterview_server.db.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    with asyncio.Runner() as runner:
        postgres = EmbeddedPostgres(folder)
        try:
            yield runner.run(postgres.start())
        finally:
            runner.run(postgres.stop())
    shutil.rmtree(folder)


async def test_a_usable_database(postgres_url: str) -> None:
    assert (await check_database(postgres_url)).startswith("Connected: PostgreSQL 1")


async def test_a_user_who_may_not_create_tables(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest")
    with pytest.raises(ValueError, match="may not create tables"):
        await check_database(f"{postgres_url}&options=-c%20role%3Dguest")


async def test_a_database_that_is_not_there(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        parts = connection.info.get_parameters()
        user = connection.info.user
    url = f"postgresql://{user}@/absent?host={parts['host']}"
    with pytest.raises(ValueError, match="no such database"):
        await check_database(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "Enter the database's address"),
        ("mysql://host/db", "looks like postgresql"),
        ("postgresql:///x?host=/nowhere", "Nothing listens"),
        ("postgresql://u:pw-secret@no-such-host.invalid/x", "no computer of that name"),
        ("postgresql://u:p@127.0.0.1/x?nonsense=1", "cannot be reached|refused"),
    ],
)
async def test_what_is_no_database(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        await check_database(url, timeout_s=5.0)
    assert "secret" not in str(caught.value)


async def test_nothing_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ValueError, match="Nothing listens"):
            await check_database(f"postgresql://u:p@127.0.0.1:{held.getsockname()[1]}/x")
