"""Claims on sessions: of all servers that are pointed at one database, one has a session open.

Two would each keep its document in memory without hearing of the other's edits. Replicas do hear
of each other: they share claims among themselves, and with nobody else. PostgreSQL keeps claims
for one connection, and gives them up when that ends for whatever reason.
"""

from collections.abc import Collection
from typing import Any, Final

import psycopg

# Any number that is ours; with the 32 bits of a session's id it makes the key of a lock.
_LOCKS: Final = 0x436F6465
_ANY: Final = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND classid = %s::int::oid AND objsubid = 2 AND granted
    AND datname = current_database()
)
"""
_CLAIM: Final = (
    "SELECT id, pg_try_advisory_lock(%s::int, key)"
    " FROM unnest(%s::text[], %s::int[]) AS wanted (id, key)"
)
_CLAIM_SHARED: Final = (
    "SELECT id, pg_try_advisory_lock_shared(%s::int, key)"
    " FROM unnest(%s::text[], %s::int[]) AS wanted (id, key)"
)
_RELEASE: Final = "SELECT pg_advisory_unlock(%s::int, %s::int)"
_RELEASE_SHARED: Final = "SELECT pg_advisory_unlock_shared(%s::int, %s::int)"
_NOTICE: Final = (
    # As seen from PostgreSQL, whose own patience with a silent machine is two hours.
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


async def be_noticed_when_gone(connection: psycopg.AsyncConnection[Any]) -> None:
    """Has PostgreSQL give up the connection's claims within half a minute of our machine's end."""
    for statement in _NOTICE:
        await connection.execute(statement)


async def claim(
    connection: psycopg.AsyncConnection[Any], session_ids: Collection[str], *, shared: bool = False
) -> frozenset[str]:
    """Claims sessions for as long as the connection lives; returns those that were free.

    Shared claims leave a session free to other shared ones.
    """
    cursor = await connection.execute(
        _CLAIM_SHARED if shared else _CLAIM,
        (_LOCKS, list(session_ids), [key_of(session_id) for session_id in session_ids]),
    )
    return frozenset(row[0] for row in await cursor.fetchall() if row[1])


async def release(
    connection: psycopg.AsyncConnection[Any], session_id: str, *, shared: bool = False
) -> None:
    """Gives up the claim on a session."""
    statement = _RELEASE_SHARED if shared else _RELEASE
    await connection.execute(statement, (_LOCKS, key_of(session_id)))


def has_claims(connection: psycopg.Connection[Any]) -> bool:
    """Tells whether any server has a session of the connection's database open."""
    row = connection.execute(_ANY, (_LOCKS,)).fetchone()
    return row is not None and bool(row[0])


def key_of(session_id: str) -> int:
    """Returns a session's id as the number that locks know it by."""
    number = int(session_id, 16)
    return number - 2**32 if number >= 2**31 else number
