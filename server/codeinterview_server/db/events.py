"""Everything that somebody did in a session, other than typing, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Text, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from codeinterview_server.db.engine import Database
from codeinterview_server.db.schema import events, sessions


class EventKind(StrEnum):
    """What happened; the payload says the rest."""

    CREATED = "created"
    JOINED = "joined"
    KNOCKED = "knocked"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REMOVED = "removed"
    LEFT = "left"
    RENAMED = "renamed"
    ROLE = "role"
    LANGUAGE = "language"
    TITLE = "title"
    LOCKED = "locked"
    ENDED = "ended"
    JOIN_POLICY = "join_policy"
    OBSERVERS_LISTED = "observers_listed"
    SHARED = "shared"
    COPIED = "copied"
    INVITE_RENEWED = "invite_renewed"
    INVITE_REVOKED = "invite_revoked"
    CODE_REPLACED = "code_replaced"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    RUN_STARTED = "run_started"
    RUN_FINISHED = "run_finished"


@dataclass(frozen=True, slots=True)
class Event:
    """One act.

    `actor_id` is a participant's id, `HOST_ACTOR` for the host's key, the same with the name of a
    named one, or None for the server.
    """

    id: int
    session_id: str
    at_ms: int
    actor_id: str | None
    kind: EventKind
    payload: Mapping[str, Any]


class EventStore:
    """Appends and reads events. Every method raises `DatabaseAway` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(
        self,
        session_id: str,
        at_ms: int,
        actor_id: str | None,
        kind: EventKind,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds one event; does nothing when the session is gone.

        Args:
            session_id: Where it happened.
            at_ms: When it happened.
            actor_id: Who did it, as `Event` has it.
            kind: What happened.
            payload: The rest, as JSON without NUL characters.
        """
        row = (
            select(
                sessions.c.id,
                literal(at_ms, BigInteger),
                literal(actor_id, Text),
                literal(kind.value, Text),
                literal(dict(payload or {}), JSONB),
            )
            .where(sessions.c.id == session_id)
            # It may be about to be deleted: FOR KEY SHARE waits until that is certain.
            .with_for_update(read=True, key_share=True)
        )
        async with self._database.begin() as connection:
            await connection.execute(
                insert(events).from_select(
                    ["session_id", "at_ms", "actor_id", "kind", "payload"], row
                )
            )

    async def list(self, session_id: str, *, after_id: int = 0, limit: int = 1000) -> list[Event]:
        """Returns the session's events in order, from the one after `after_id` on."""
        async with self._database.begin() as connection:
            result = await connection.execute(
                select(events)
                .where(events.c.session_id == session_id, events.c.id > after_id)
                .order_by(events.c.id)
                .limit(limit)
            )
            rows = result.mappings().all()
        return [Event(**{**row, "kind": EventKind(row["kind"])}) for row in rows]
