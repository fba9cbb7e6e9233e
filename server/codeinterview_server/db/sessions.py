"""Sessions in PostgreSQL: created with their creator, listed, searched, changed, deleted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy.exc
from sqlalchemy import (
    Text,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from codeinterview_server.db.engine import Database
from codeinterview_server.db.participants import hold_key, participant_values
from codeinterview_server.db.schema import host_keys, participants, sessions, updates
from codeinterview_server.domain.errors import Conflict
from codeinterview_server.domain.roles import ParticipantStatus, Phase, Role
from codeinterview_server.domain.sessions import JoinPolicy, Participant, Session
from codeinterview_server.domain.text import storable


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One row of the host's list; the count is of admitted participants."""

    session: Session
    participant_count: int
    owner: str | None
    """The name of the key that it belongs to."""


class SessionStore:
    """Reads and writes sessions. Every method raises `DatabaseAway` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, session: Session, creator: Participant, token_hash: bytes) -> None:
        """Stores a new session together with its creator.

        Raises:
            Conflict: The session's id is taken; make another one and try again.
            InvalidToken: The key that it would belong to was revoked meanwhile.
        """
        try:
            async with self._database.begin() as connection:
                await hold_key(connection, creator.key_id)
                await connection.execute(insert(sessions).values(_values(session)))
                await connection.execute(
                    insert(participants).values(participant_values(creator, token_hash))
                )
        except sqlalchemy.exc.IntegrityError as error:
            raise Conflict from error

    async def get(self, session_id: str) -> Session | None:
        """Returns the session, or None when there is none of this id."""
        async with self._database.begin() as connection:
            result = await connection.execute(select(sessions).where(sessions.c.id == session_id))
            row = result.mappings().one_or_none()
        return None if row is None else session_of(row)

    async def get_many(self, session_ids: Collection[str]) -> list[Session]:
        """Returns those of the sessions that there are, in no order."""
        query = select(sessions).where(sessions.c.id.in_(session_ids))
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [session_of(row) for row in rows]

    async def list_page(
        self, query: str, limit: int, offset: int, *, key_id: str | None = None
    ) -> tuple[list[SessionSummary], int]:
        """Returns one page of the sessions, newest first, and how many match in all.

        Args:
            query: Part of an id, a title or a participant's name in any case; empty for all.
            limit: At most so many sessions.
            offset: How many of the newest to skip.
            key_id: Counts and shows the sessions of this named key and shared ones alone.
        """
        where = and_(_matches(storable(query).strip()), _is_shown_to(key_id))
        count = (
            select(func.count())
            .where(
                participants.c.session_id == sessions.c.id,
                participants.c.status == ParticipantStatus.ADMITTED.value,
            )
            .scalar_subquery()
        )
        owner = (
            select(host_keys.c.name)
            .where(host_keys.c.id == sessions.c.owner_key_id)
            .scalar_subquery()
        )
        page = (
            select(sessions, count.label("participant_count"), owner.label("owner"))
            .where(where)
            .order_by(sessions.c.created_at.desc(), sessions.c.id)
            .limit(limit)
            .offset(offset)
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(page)).mappings().all()
            total = await connection.scalar(select(func.count()).select_from(sessions).where(where))
        summaries = [
            SessionSummary(session_of(row), row["participant_count"], row["owner"]) for row in rows
        ]
        return summaries, total or 0

    async def count_open(self, at_ms: int) -> int:
        """Returns how many sessions have neither ended nor expired by that time."""
        where = (sessions.c.phase == Phase.OPEN.value, sessions.c.expires_at > at_ms)
        async with self._database.begin() as connection:
            query = select(func.count()).select_from(sessions).where(*where)
            return await connection.scalar(query) or 0

    async def update(
        self,
        session_id: str,
        at_ms: int,
        *,
        title: str | None = None,
        language: str | None = None,
        phase: Phase | None = None,
        locked: bool | None = None,
        expires_at: int | None = None,
        join_policy: JoinPolicy | None = None,
        observers_listed: bool | None = None,
        shared: bool | None = None,
    ) -> Session | None:
        """Changes what is not None and returns the session as it is now, or None if it is gone.

        An ended session stays ended, whatever `phase` says.
        """
        changes: dict[str, Any] = {
            "title": title,
            "language": language,
            "phase": None if phase is not Phase.ENDED else phase.value,
            "locked": locked,
            "expires_at": expires_at,
            "join_policy": None if join_policy is None else join_policy.value,
            "observers_listed": observers_listed,
            "shared": shared,
        }
        values = {name: value for name, value in changes.items() if value is not None}
        return await self._update(session_id, at_ms, values)

    async def renew_invite(self, session_id: str, role: Role, at_ms: int) -> Session | None:
        """Raises one role's invite generation by one; returns the session or None.

        If the invite was revoked, it is so no longer.
        """
        generation = func.coalesce(sessions.c.invite_generations[role.value].as_integer(), 0)
        raised = func.jsonb_build_object(role.value, generation + 1)
        merged = sessions.c.invite_generations.concat(raised.cast(JSONB))
        values = {"invite_generations": merged, "revoked_invites": _revoked_but(role)}
        return await self._update(session_id, at_ms, values)

    async def revoke_invite(self, session_id: str, role: Role, at_ms: int) -> Session | None:
        """Leaves one role without an invite until it is renewed; returns the session or None."""
        revoked = _revoked_but(role).concat(func.jsonb_build_array(role.value).cast(JSONB))
        return await self._update(session_id, at_ms, {"revoked_invites": revoked})

    async def touch(self, session_id: str, at_ms: int) -> None:
        """Notes that the session changed at that time."""
        async with self._database.begin() as connection:
            await connection.execute(
                update(sessions)
                .where(sessions.c.id == session_id, sessions.c.updated_at < at_ms)
                .values(updated_at=at_ms)
            )

    async def delete(self, session_id: str) -> bool:
        """Deletes the session and all that was said in it; tells whether there was one."""
        async with self._database.begin() as connection:
            # First the session: its lock keeps the journal from adding rows behind our back.
            result = await connection.execute(
                delete(sessions).where(sessions.c.id == session_id).returning(sessions.c.id)
            )
            found = result.one_or_none() is not None
            await connection.execute(delete(updates).where(updates.c.session_id == session_id))
        return found

    async def _update(
        self, session_id: str, at_ms: int, values: Mapping[str, Any]
    ) -> Session | None:
        changed_at = func.greatest(sessions.c.updated_at, literal(at_ms))
        async with self._database.begin() as connection:
            result = await connection.execute(
                update(sessions)
                .where(sessions.c.id == session_id)
                .values({**values, "updated_at": changed_at})
                .returning(sessions)
            )
            row = result.mappings().one_or_none()
        return None if row is None else session_of(row)


def _matches(query: str) -> Any:
    if not query:
        return literal(True)
    named = (
        select(participants.c.session_id)
        .where(participants.c.name.icontains(query, autoescape=True))
        .scalar_subquery()
    )
    return or_(
        sessions.c.id.icontains(query, autoescape=True),
        sessions.c.title.icontains(query, autoescape=True),
        sessions.c.id.in_(named),
    )


def _is_shown_to(key_id: str | None) -> Any:
    if key_id is None:
        return literal(True)
    return or_(sessions.c.owner_key_id == key_id, sessions.c.shared)


def _revoked_but(role: Role) -> Any:
    others = sessions.c.revoked_invites.op("-")(literal(role.value, Text))
    return type_coerce(others, JSONB)


def _values(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "title": session.title,
        "language": session.language,
        "creator_id": session.creator_id,
        "phase": session.phase.value,
        "locked": session.locked,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "expires_at": session.expires_at,
        "invite_generations": {
            role.value: generation for role, generation in session.invite_generations.items()
        },
        "join_policy": session.join_policy.value,
        "observers_listed": session.observers_listed,
        "revoked_invites": sorted(session.revoked_invites),
        "owner_key_id": session.owner_key_id,
        "shared": session.shared,
    }


def session_of(row: Mapping[Any, Any]) -> Session:
    """Returns what a row of `sessions` says.

    Raises:
        ValueError, TypeError, AttributeError: It is none that this program wrote.
    """
    return Session(
        id=row["id"],
        title=row["title"],
        language=row["language"],
        creator_id=row["creator_id"],
        phase=Phase(row["phase"]),
        locked=row["locked"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
        invite_generations={
            Role(role): generation for role, generation in row["invite_generations"].items()
        },
        revoked_invites=frozenset(map(Role, row["revoked_invites"])),
        join_policy=JoinPolicy(row["join_policy"]),
        observers_listed=row["observers_listed"],
        owner_key_id=row["owner_key_id"],
        shared=row["shared"],
    )
