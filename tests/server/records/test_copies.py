"""A session is copied without being held in memory."""

from __future__ import annotations

import tempfile
import tracemalloc
from typing import TYPE_CHECKING

import psycopg
from tests.server.records.interviews import content, fill, of_session, write_code

from codeinterview_server.domain.limits import Limits
from codeinterview_server.records.copies import Home, adopt, pack

if TYPE_CHECKING:
    from collections.abc import Callable


def test_large_ones_take_little_memory(
    database_url: str, new_database: Callable[[str], str], template_database: str
) -> None:
    """An hour of long runs, and a long history beneath the snapshot."""
    other_url = new_database(template_database)
    (session_id,) = fill(database_url, 1, updates=0)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE participants SET name = 'Zoe';"
            "UPDATE sessions SET title = 'Long';"
            "DELETE FROM runs;"
            "INSERT INTO updates (session_id, at_ms, data) SELECT id, n, "
            "sha256(n::text::bytea) || convert_to(repeat('x', 50000), 'UTF8') "
            "FROM sessions, generate_series(1, 600) AS n;"
            "INSERT INTO runs SELECT id, 'r' || n, 'u1', 'Zoe', 'python', 'main.py', n, 'ok', 1, "
            "false, jsonb_build_array(jsonb_build_object('stream', 'stdout', 'text', "
            "repeat(md5(n::text), 8000))) FROM sessions, generate_series(1, 100) AS n"
        )
    texts = write_code(database_url, session_id)
    home = Home(None, "@host", 2**42)
    tracemalloc.start()
    try:
        with tempfile.TemporaryFile() as file:
            pack(database_url, session_id, file, Limits())
            assert adopt(file, other_url, home, Limits()) == session_id
        assert tracemalloc.get_traced_memory()[1] < 24_000_000
    finally:
        tracemalloc.stop()
    assert texts
    kept, found = (of_session(content(url), session_id) for url in (database_url, other_url))
    assert [row[2:] for row in found["updates"]] == [row[2:] for row in kept["updates"]]
    assert found["runs"] == kept["runs"]
    # As far among the new numbers as it went among the old ones.
    places = [
        [row[1] for row in each["updates"]].index(each["snapshots"][0][1]) for each in (kept, found)
    ]
    assert places[0] == places[1]
