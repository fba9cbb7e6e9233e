"""What a room starts from: everything that the database knows of a session."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codeinterview_server.domain.errors import SessionNotFound
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.runs import Run
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.document import BrokenDocument, RoomDocument
from codeinterview_server.realtime.stores import Stores
from codeinterview_server.realtime.update import Extent

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A session with its people, runs and document."""

    session: Session
    participants: Sequence[Participant]
    token_hashes: Mapping[str, bytes]
    """The hash of each participant's token, by participant id."""
    runs: Sequence[Run]
    document: RoomDocument
    last_seq: int
    """The place in the journal up to which the document goes."""
    unsnapshotted: int
    """Updates that were read beside the snapshot."""


async def load_room(session_id: str, stores: Stores, limits: Limits) -> StoredRoom:
    """Read a session's newest snapshot, the journal's tail behind it, and the rest.

    Raises:
        SessionNotFound: There is no such session.
        DatabaseAway: PostgreSQL cannot be reached.
    """
    session = await stores.sessions.get(session_id)
    if session is None:
        raise SessionNotFound
    participants = await stores.participants.list(session_id)
    token_hashes = await stores.participants.token_hashes(session_id)
    runs = await stores.runs.newest(session_id, limits.runs_kept)
    stored = await stores.journal.load(session_id)
    extent = Extent(limits.structs_per_frame, limits.deletions_per_frame)
    document = RoomDocument(limits.document_bytes, extent)
    if stored.snapshot is not None:
        _load(document, stored.snapshot, session_id)
    for update in stored.updates:
        _load(document, update, session_id)
    document.loaded()
    return StoredRoom(
        session,
        participants,
        token_hashes,
        runs,
        document,
        stored.last_seq,
        len(stored.updates),
    )


def _load(document: RoomDocument, data: bytes, session_id: str) -> None:
    try:
        document.load(data)
    except BrokenDocument:
        # The rest may still be read, and half a text is better than none.
        _log.exception("The journal of session %s holds an unreadable update", session_id)
