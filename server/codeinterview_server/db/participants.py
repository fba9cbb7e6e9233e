"""Participants in PostgreSQL, found by id or by the hash of their token."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy.exc
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from codeinterview_server.db.engine import Database
from codeinterview_server.db.schema import host_keys, participants
from codeinterview_server.domain.errors import Conflict, InvalidToken
from codeinterview_server.domain.roles import ParticipantStatus, Role
from codeinterview_server.domain.sessions import Participant


class ParticipantStore:
    """Reads and writes participants.

    Every method raises `DatabaseAway` while PostgreSQL is away.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, participant: Participant, token_hash: bytes) -> None:
        """Stores a new participant.

        Raises:
            Conflict: The id is taken in this session, or the session is gone.
            InvalidToken: The key that let them in was revoked meanwhile.
        """
        try:
            async with self._database.begin() as connection:
                await hold_key(connection, participant.key_id)
                await connection.execute(
                    insert(participants).values(participant_values(participant, token_hash))
                )
        except sqlalchemy.exc.IntegrityError as error:
            raise Conflict from error

    async def get(self, session_id: str, participant_id: str) -> Participant | None:
        """Returns the participant, whatever their status, or None."""
        return await self._one(
            participants.c.session_id == session_id, participants.c.id == participant_id
        )

    async def by_token_hash(self, token_hash: bytes) -> Participant | None:
        """Returns whose token it is, whatever their session and status, or None."""
        return await self._one(participants.c.token_hash == token_hash)

    async def list(self, session_id: str) -> list[Participant]:
        """Returns everybody who ever joined or knocked, the earliest first."""
        async with self._database.begin() as connection:
            result = await connection.execute(
                select(participants)
                .where(participants.c.session_id == session_id)
                .order_by(participants.c.joined_at, participants.c.id)
            )
            rows = result.mappings().all()
        return [participant_of(row) for row in rows]

    async def token_hashes(self, session_id: str) -> dict[str, bytes]:
        """Returns the hash of everybody's token, by participant id."""
        async with self._database.begin() as connection:
            result = await connection.execute(
                select(participants.c.id, participants.c.token_hash).where(
                    participants.c.session_id == session_id
                )
            )
            return {row.id: row.token_hash for row in result}

    async def update(
        self,
        session_id: str,
        participant_id: str,
        *,
        name: str | None = None,
        color: str | None = None,
        presence: int | None = None,
        role: Role | None = None,
        status: ParticipantStatus | None = None,
        joined_at: int | None = None,
        status_before: ParticipantStatus | None = None,
    ) -> Participant | None:
        """Changes what is not None and returns the participant as they are now, or None.

        With a `status_before` that is not theirs it changes nothing, and returns None as well.
        """
        changes: dict[str, Any] = {
            "name": name,
            "color": color,
            "presence": presence,
            "role": None if role is None else role.value,
            "status": None if status is None else status.value,
            "joined_at": joined_at,
        }
        values = {column: value for column, value in changes.items() if value is not None}
        if not values:
            return await self.get(session_id, participant_id)
        where = [participants.c.session_id == session_id, participants.c.id == participant_id]
        if status_before is not None:
            where.append(participants.c.status == status_before.value)
        async with self._database.begin() as connection:
            result = await connection.execute(
                update(participants).where(*where).values(values).returning(participants)
            )
            row = result.mappings().one_or_none()
        return None if row is None else participant_of(row)

    async def _one(self, *where: Any) -> Participant | None:
        async with self._database.begin() as connection:
            result = await connection.execute(select(participants).where(*where))
            row = result.mappings().one_or_none()
        return None if row is None else participant_of(row)


async def hold_key(connection: AsyncConnection, key_id: str | None) -> None:
    """Keeps a key, if it is one, from being revoked before the transaction ends.

    Raises:
        InvalidToken: It was revoked.
    """
    if key_id is None:
        return
    query = select(host_keys.c.id).where(host_keys.c.id == key_id, host_keys.c.revoked_at.is_(None))
    if (await connection.execute(query.with_for_update(read=True))).first() is None:
        raise InvalidToken


def participant_values(participant: Participant, token_hash: bytes) -> dict[str, Any]:
    """Returns the columns of a new row of `participants`."""
    return {
        "session_id": participant.session_id,
        "id": participant.id,
        "name": participant.name,
        "color": participant.color,
        "presence": participant.presence,
        "role": participant.role.value,
        "status": participant.status.value,
        "joined_at": participant.joined_at,
        "token_hash": token_hash,
        "key_id": participant.key_id,
    }


def participant_of(row: Mapping[Any, Any]) -> Participant:
    """Returns what a row of `participants` says.

    Raises:
        ValueError: It is none that this program wrote.
    """
    return Participant(
        session_id=row["session_id"],
        id=row["id"],
        name=row["name"],
        color=row["color"],
        presence=row["presence"],
        role=Role(row["role"]),
        status=ParticipantStatus(row["status"]),
        joined_at=row["joined_at"],
        key_id=row["key_id"],
    )
