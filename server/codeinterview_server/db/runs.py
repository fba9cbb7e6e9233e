"""Records of runs in PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert

from codeinterview_server.db.engine import Database
from codeinterview_server.db.schema import runs, sessions
from codeinterview_server.domain.runs import Output, Run, RunStatus, Stream
from codeinterview_server.domain.text import storable


class RunStore:
    """Reads and writes run records. Every method raises `DatabaseAway` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, run: Run) -> None:
        """Stores the record, in place of what was stored of the same run.

        A run of a session that is gone is dropped, and a finished run does not change any more.
        """
        values = _values(run)
        row = select(*(literal(value, runs.c[name].type) for name, value in values.items())).where(
            select(sessions.c.id).where(sessions.c.id == run.session_id).exists()
        )
        statement = insert(runs).from_select(list(values), row)
        statement = statement.on_conflict_do_update(
            index_elements=[runs.c.session_id, runs.c.run_id],
            set_={
                name: statement.excluded[name]
                for name in ("status", "duration_ms", "truncated", "output")
            },
            where=(runs.c.status == RunStatus.RUNNING.value)
            & (runs.c.participant_id == statement.excluded.participant_id),
        )
        async with self._database.begin() as connection:
            await connection.execute(statement)

    async def newest(self, session_id: str, limit: int) -> list[Run]:
        """Returns the newest runs of a session, the earliest of them first."""
        async with self._database.begin() as connection:
            result = await connection.execute(
                select(runs)
                .where(runs.c.session_id == session_id)
                .order_by(runs.c.started_at.desc(), runs.c.run_id)
                .limit(limit)
            )
            rows = result.mappings().all()
        return [run_of(row) for row in reversed(rows)]


def _values(run: Run) -> dict[str, Any]:
    return {
        "session_id": run.session_id,
        "run_id": run.run_id,
        "participant_id": run.participant_id,
        "name": run.name,
        "language": run.language,
        "path": storable(run.path),
        "started_at": run.started_at,
        "status": run.status.value,
        "duration_ms": run.duration_ms,
        "truncated": run.truncated,
        "output": [
            {"stream": piece.stream.value, "text": storable(piece.text)} for piece in run.output
        ],
    }


def run_of(row: Mapping[Any, Any]) -> Run:
    """Returns what a row of `runs` says.

    Raises:
        ValueError, TypeError, KeyError: It is none that this program wrote.
    """
    return Run(
        session_id=row["session_id"],
        run_id=row["run_id"],
        participant_id=row["participant_id"],
        name=row["name"],
        language=row["language"],
        path=row["path"],
        started_at=row["started_at"],
        status=RunStatus(row["status"]),
        duration_ms=row["duration_ms"],
        truncated=row["truncated"],
        output=tuple(Output(Stream(piece["stream"]), piece["text"]) for piece in row["output"]),
    )
