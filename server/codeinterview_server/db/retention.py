"""Sessions that are over, and have been for longer than they are kept: deleted for good."""

from collections.abc import Callable, Collection
from typing import Any, Final

from sqlalchemy import and_, delete, or_, select

from codeinterview_server.db.engine import Database
from codeinterview_server.db.schema import sessions, updates
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.roles import Phase

_BATCH: Final = 100
_MS_PER_DAY: Final = 24 * 60 * 60 * 1000


def days_ago_ms(days: float) -> int:
    """Returns the moment so many days ago."""
    return now_ms() - round(days * _MS_PER_DAY)


class RetentionStore:
    """Deletes what need not be kept. Raises `DatabaseAway` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete_over(
        self, before_ms: int, spared: Callable[[], Collection[str]] = frozenset
    ) -> list[str]:
        """Deletes every session that expired, or ended and was not touched since, before a time.

        Commits in batches; when it raises, what was deleted until then stays deleted.

        Args:
            before_ms: Sessions that were over by then go, with everything that belongs to them.
            spared: Tells, before each batch, which sessions stay in any case.

        Returns:
            The ids of the sessions that were deleted.
        """
        deleted: list[str] = []
        while batch := await self._delete_batch(before_ms, spared()):
            deleted += batch
        return deleted

    async def _delete_batch(self, before_ms: int, spared: Collection[str]) -> list[str]:
        # Locked in order, and never waited for: another server may do the same at this moment.
        over = (
            select(sessions.c.id)
            .where(_is_over(before_ms), sessions.c.id.not_in(list(spared)))
            .order_by(sessions.c.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        async with self._database.begin() as connection:
            ids = [row.id for row in await connection.execute(over)]
            if ids:
                await connection.execute(delete(sessions).where(sessions.c.id.in_(ids)))
                await connection.execute(delete(updates).where(updates.c.session_id.in_(ids)))
        return ids


def _is_over(before_ms: int) -> Any:
    ended = and_(sessions.c.phase == Phase.ENDED.value, sessions.c.updated_at < before_ms)
    return or_(ended, sessions.c.expires_at < before_ms)
