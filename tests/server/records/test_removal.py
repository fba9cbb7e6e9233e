"""What is deleted is gone from every table, and nothing else is."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from tests.server.records.interviews import add_session, content, fill, of_session

from codeinterview_server.db.retention import RetentionStore, days_ago_ms
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.records.errors import NoSuchSession, SessionOpen
from codeinterview_server.records.removal import delete_session, prune
from codeinterview_server.retention import Retention

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_server.db.engine import Database

DAY_MS = 24 * 60 * 60 * 1000


def ids(url: str) -> list[str]:
    return [row[0] for row in content(url)["sessions"]]


def set_over(url: str, session_id: str, *, days_ago: float, phase: str = "open") -> None:
    """Lets a session be over since then: expired, or ended and with time left."""
    at = now_ms() - round(days_ago * DAY_MS)
    expires_at = at if phase == "open" else now_ms() + DAY_MS
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE sessions SET phase = %s, updated_at = %s, expires_at = %s WHERE id = %s",
            (phase, at, expires_at, session_id),
        )


async def until_gone(url: str, session_id: str) -> None:
    await until(lambda: session_id not in ids(url))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the other side is PostgreSQL
            await asyncio.sleep(0.02)


async def test_a_deleted_session_is_gone_from_every_table(database_url: str) -> None:
    first, second, third = fill(database_url, 3)
    before = content(database_url)
    await delete_session(database_url, second, is_served=False)
    after = content(database_url)
    assert not any(of_session(after, second).values())
    assert all(of_session(before, second).values())
    for kept in (first, third):
        assert of_session(after, kept) == of_session(before, kept)
    with pytest.raises(NoSuchSession):
        await delete_session(database_url, second, is_served=False)


async def test_beside_a_server_only_what_is_over_is_deleted(database_url: str) -> None:
    open_id, ended, expired = fill(database_url, 3)
    set_over(database_url, open_id, days_ago=-1)
    set_over(database_url, ended, days_ago=0, phase="ended")
    set_over(database_url, expired, days_ago=1)
    with pytest.raises(SessionOpen, match="is open and a server is running"):
        await delete_session(database_url, open_id, is_served=True)
    await delete_session(database_url, ended, is_served=True)
    await delete_session(database_url, expired, is_served=True)
    assert ids(database_url) == [open_id]


async def test_pruning_takes_what_has_been_over_for_long_enough(database_url: str) -> None:
    names = fill(database_url, 6)
    cases = [
        (10.1, "open", False),
        (9.9, "open", True),
        (-1, "open", True),
        (10.1, "ended", False),
        (9.9, "ended", True),
        (400, "ended", False),
    ]
    for session_id, (days_ago, phase, _) in zip(names, cases, strict=True):
        set_over(database_url, session_id, days_ago=days_ago, phase=phase)
    before = content(database_url)
    deleted = await prune(database_url, 10)
    after = content(database_url)
    for session_id, (_, _, stays) in zip(names, cases, strict=True):
        assert (session_id in deleted) is not stays
        now = of_session(after, session_id)
        assert now == (of_session(before, session_id) if stays else {table: [] for table in now})


async def test_more_than_one_batch(database_url: str, database: Database) -> None:
    with psycopg.connect(database_url) as connection:
        for number in range(230):
            add_session(connection, f"{number:08x}", expires_at=5)
    store = RetentionStore(database)
    spared = [f"{number:08x}" for number in range(0, 230, 23)]
    assert len(await store.delete_over(days_ago_ms(1), lambda: spared)) == 220
    assert ids(database_url) == spared


async def test_two_servers_at_once(database_url: str, database: Database) -> None:
    with psycopg.connect(database_url) as connection:
        for number in range(150):
            add_session(connection, f"{number:08x}", expires_at=5)
    store = RetentionStore(database)
    deleted = await asyncio.gather(*(store.delete_over(days_ago_ms(1)) for _ in range(3)))
    assert sorted(chain.from_iterable(deleted)) == [f"{number:08x}" for number in range(150)]
    assert ids(database_url) == []


async def test_a_session_that_is_given_more_time_meanwhile_stays(
    database_url: str, database: Database
) -> None:
    with psycopg.connect(database_url) as other:
        add_session(other, "00000001", expires_at=5)
        add_session(other, "00000002", expires_at=5)
        other.commit()
        other.execute("UPDATE sessions SET expires_at = 2 ^ 42 WHERE id = '00000001'")
        assert await RetentionStore(database).delete_over(days_ago_ms(1)) == ["00000002"]
        other.commit()
    assert await RetentionStore(database).delete_over(days_ago_ms(1)) == []
    assert ids(database_url) == ["00000001"]


async def test_the_server_deletes_again_and_again_but_not_in_use(
    database_url: str, database: Database
) -> None:
    used, idle, young = fill(database_url, 3)
    for session_id in (used, idle):
        set_over(database_url, session_id, days_ago=31, phase="ended")
    set_over(database_url, young, days_ago=29)
    in_use = {used}
    retention = Retention(database, 30, lambda: in_use, interval_s=0.05)
    retention.start()
    try:
        await until_gone(database_url, idle)
        assert ids(database_url) == [used, young]
        in_use.clear()
        await until_gone(database_url, used)
    finally:
        await retention.stop()
    assert ids(database_url) == [young]


async def test_everything_is_kept_unless_told(database_url: str, database: Database) -> None:
    (old,) = fill(database_url, 1)
    set_over(database_url, old, days_ago=10_000)
    retention = Retention(database, None, lambda: (), interval_s=0.01)
    retention.start()
    await retention.stop()
    assert ids(database_url) == [old]


async def test_a_database_that_is_away_is_tried_again(
    postgres_url: str, database_url: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    (old,) = fill(database_url, 1)
    set_over(database_url, old, days_ago=31)
    name = sql.Identifier(database_url.partition("?")[0].rpartition("/")[2])

    def allow(word: str) -> None:
        statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(name, sql.SQL(word))
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(statement)

    allow("false")
    retention = Retention(database, 30, lambda: (), interval_s=0.02)
    retention.start()
    try:
        await until(lambda: "not deleted now: the database is away" in caplog.text)
        allow("true")
        await until_gone(database_url, old)
    finally:
        await retention.stop()
