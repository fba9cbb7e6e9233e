"""What rooms keep in PostgreSQL, and through which stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventKind, EventStore
from codeinterview_server.db.journal import JournalStore
from codeinterview_server.db.participants import ParticipantStore
from codeinterview_server.db.runs import RunStore
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.runs import Run
from codeinterview_server.realtime.chores import Chore
from codeinterview_server.realtime.journal import Journal


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores that rooms read and write."""

    sessions: SessionStore
    participants: ParticipantStore
    runs: RunStore
    events: EventStore
    journal: JournalStore

    @classmethod
    def of(cls, database: Database, *, is_replica: bool = False) -> "Stores":
        """Return the stores of a database, which replicas share."""
        return cls(
            SessionStore(database),
            ParticipantStore(database),
            RunStore(database),
            EventStore(database),
            JournalStore(database, shared=is_replica),
        )


class Records:
    """What one room notes beside its text; written by the journal, in order, also when away."""

    def __init__(self, session_id: str, stores: Stores, journal: Journal) -> None:
        self._session_id = session_id
        self._stores = stores
        self._journal = journal

    def event(
        self, kind: EventKind, actor_id: str | None, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Note that something was done now; the actor as `Event` has it."""
        at_ms = now_ms()
        self._journal.add_chore(
            Chore(
                f"event {kind}",
                lambda: self._stores.events.append(
                    self._session_id, at_ms, actor_id, kind, payload
                ),
            )
        )

    async def settle(self, timeout_s: float) -> bool:
        """Wait until what was noted by now is written; tell whether it is."""
        return await self._journal.settle_chores(timeout_s)

    def run(self, run: Run) -> None:
        """Keep a run's record."""
        self._journal.add_chore(
            Chore(
                "run record",
                lambda: self._stores.runs.save(run),
                key=("run", self._session_id, run.run_id),
                size_bytes=sum(len(piece.text) for piece in run.output),
            )
        )

    def edited(self, at_ms: int) -> None:
        """Note when the session's text changed last."""
        self._journal.add_chore(
            Chore(
                "time of change",
                lambda: self._stores.sessions.touch(self._session_id, at_ms),
                key=("edited", self._session_id),
            )
        )

    def language(self, language: str) -> None:
        """Keep which language was switched to."""
        at_ms = now_ms()
        self._journal.add_chore(
            Chore(
                "language",
                lambda: self._stores.sessions.update(self._session_id, at_ms, language=language),
                key=("language", self._session_id),
            )
        )
