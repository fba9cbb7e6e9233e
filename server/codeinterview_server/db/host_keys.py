"""Named host keys in PostgreSQL: found by the hash of the key, made, listed and revoked."""

from contextlib import suppress
from typing import Final

import sqlalchemy.exc
from sqlalchemy import RowMapping, func, insert, or_, select, text, update

from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventKind
from codeinterview_server.db.schema import events, host_keys, participants
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import Conflict, DatabaseAway
from codeinterview_server.domain.host_keys import HostKey
from codeinterview_server.domain.roles import HOST_ACTOR, ParticipantStatus

REVOKED_CHANNEL: Final = "codeinterview_key_revoked"
"""Where PostgreSQL tells the servers that a key was revoked."""
_PRESENT: Final = (ParticipantStatus.ADMITTED.value, ParticipantStatus.WAITING.value)
_USED_EVERY_MS: Final = 60_000
_NOTIFY: Final = text(f"NOTIFY {REVOKED_CHANNEL}")


class HostKeyStore:
    """Reads and writes named keys. Every method raises `DatabaseAway` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: HostKey, key_hash: bytes) -> None:
        """Stores a new key.

        Raises:
            Conflict: A key that is not revoked has the name, in whatever case.
        """
        values = {
            "id": key.id,
            "name": key.name,
            "key_hash": key_hash,
            "created_at": key.created_at,
        }
        try:
            async with self._database.begin() as connection:
                await connection.execute(insert(host_keys).values(values))
        except sqlalchemy.exc.IntegrityError as error:
            raise Conflict from error

    async def list(self) -> list[HostKey]:
        """Returns all keys, the revoked ones too, by name and then by age."""
        order = (func.lower(host_keys.c.name), host_keys.c.created_at, host_keys.c.id)
        async with self._database.begin() as connection:
            rows = (await connection.execute(select(host_keys).order_by(*order))).mappings().all()
        return [_key(row) for row in rows]

    async def by_hash(self, key_hash: bytes) -> HostKey | None:
        """Returns the key of this hash, or None when there is none that is good.

        At most once a minute it notes that the key was used.
        """
        where = (host_keys.c.key_hash == key_hash, host_keys.c.revoked_at.is_(None))
        async with self._database.begin() as connection:
            row = (await connection.execute(select(host_keys).where(*where))).mappings().first()
        if row is None:
            return None
        at_ms = now_ms()
        if (row["last_used_at"] or 0) <= at_ms - _USED_EVERY_MS:
            # On a standby or a full disk it is good all the same.
            with suppress(DatabaseAway):
                await self._note_use(row["id"], at_ms)
        return _key(row)

    async def revoked_ids(self) -> frozenset[str]:
        """Returns the ids of the keys that are good no more."""
        async with self._database.begin() as connection:
            query = select(host_keys.c.id).where(host_keys.c.revoked_at.is_not(None))
            return frozenset((await connection.execute(query)).scalars())

    async def revoke(self, name: str, at_ms: int) -> HostKey | None:
        """Ends a key, and whoever it let into sessions; returns None when no good one has the name.

        Servers that listen on `REVOKED_CHANNEL` hear of it.
        """
        named = (func.lower(host_keys.c.name) == name.lower(), host_keys.c.revoked_at.is_(None))
        revoke = update(host_keys).where(*named).values(revoked_at=at_ms).returning(host_keys)
        async with self._database.begin() as connection:
            row = (await connection.execute(revoke)).mappings().one_or_none()
            if row is None:
                return None
            remove = (
                update(participants)
                .where(
                    participants.c.key_id == row["id"],
                    participants.c.status.in_(_PRESENT),
                )
                .values(status=ParticipantStatus.REMOVED.value)
                .returning(participants.c.session_id, participants.c.id)
            )
            removed = (await connection.execute(remove)).all()
            if removed:
                await connection.execute(
                    insert(events),
                    [
                        {
                            "session_id": session_id,
                            "at_ms": at_ms,
                            "actor_id": HOST_ACTOR,
                            "kind": EventKind.REMOVED.value,
                            "payload": {"participant_id": participant_id, "key": row["name"]},
                        }
                        for session_id, participant_id in removed
                    ],
                )
            await connection.execute(_NOTIFY)
        return _key(row)

    async def _note_use(self, key_id: str, at_ms: int) -> None:
        since = host_keys.c.last_used_at
        async with self._database.begin() as connection:
            await connection.execute(
                update(host_keys)
                .where(host_keys.c.id == key_id, or_(since.is_(None), since < at_ms))
                .values(last_used_at=at_ms)
            )


def _key(row: RowMapping) -> HostKey:
    return HostKey(
        id=row["id"],
        name=row["name"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
