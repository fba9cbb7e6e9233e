"""Deleting for good: one session, or all that were over for long enough."""

from codeinterview_server.db.engine import Database
from codeinterview_server.db.retention import RetentionStore, days_ago_ms
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.roles import Phase
from codeinterview_server.domain.sessions import Session
from codeinterview_server.records.errors import NoSuchSession, SessionOpen


async def delete_session(url: str, session_id: str, *, is_served: bool) -> None:
    """Deletes a session with everything that belongs to it.

    Args:
        url: The database.
        session_id: Which one.
        is_served: Whether a server may hold the session. It would let people type on into
            nothing, so then only a session that is over is deleted.

    Raises:
        NoSuchSession: No session has this id.
        SessionOpen: It is not over, and may be in use.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    database = Database(url, pool_size=1)
    await database.start()
    try:
        store = SessionStore(database)
        session = await store.get(session_id)
        if session is not None and is_served and not _is_over(session):
            raise SessionOpen(
                f"The session {session_id} is open and a server is running. End it or delete it "
                "in the app, or stop the server and try again. Nothing was changed."
            )
        if not await store.delete(session_id):
            raise NoSuchSession(
                f"There is no session {session_id} here. Check the code, and that --data-dir or "
                "--database-url names the right place."
            )
    finally:
        await database.stop()


def _is_over(session: Session) -> bool:
    return session.phase is Phase.ENDED or session.is_expired(now_ms())


async def prune(url: str, retention_days: float) -> list[str]:
    """Deletes every session that has been over for longer than that; returns their ids.

    Raises:
        DatabaseAway: PostgreSQL cannot be reached.
    """
    database = Database(url, pool_size=1)
    await database.start()
    try:
        return await RetentionStore(database).delete_over(days_ago_ms(retention_days))
    finally:
        await database.stop()
