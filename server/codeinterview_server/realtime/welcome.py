"""The first message to somebody admitted: all that a page needs to show the room."""

from collections.abc import Mapping
from typing import Any

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Action, may
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.journal import Saved
from codeinterview_server.realtime.views import (
    lobby_view,
    participant_view,
    session_view,
)


def welcome(
    session: Session,
    participant: Participant,
    people: Mapping[str, Participant],
    shown: list[dict[str, Any]],
    online: Mapping[str, int],
    runs: list[dict[str, Any]],
    saved: Saved,
    limits: Limits,
) -> dict[str, Any]:
    """Return the message; only those who may see the lobby are told who waits.

    Args:
        session: The session that they are in.
        participant: Whom it is for.
        people: Everybody who ever joined or knocked.
        shown: The list of people, as far as they may see it.
        online: The ids of those who are connected.
        runs: The newest run records.
        saved: Whether the room is saved.
        limits: What their client has to keep to.
    """
    message: dict[str, Any] = {
        "type": "welcome",
        "session": session_view(session),
        "participant": participant_view(participant, is_online=participant.id in online),
        "participants": shown,
        "runs": runs,
        "saved": saved.value,
        "limits": {
            "frame_bytes": limits.frame_bytes,
            "document_bytes": limits.document_bytes,
        },
        "server_time": now_ms(),
    }
    if may(participant.principal(), Action.SEE_LOBBY, session):
        message["waiting"] = lobby_view(people.values())
    return message
