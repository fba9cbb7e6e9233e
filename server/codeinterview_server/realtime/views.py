"""How sessions, people and runs look on the wire, for REST and the socket alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from codeinterview_server.domain.sessions import Participant, ParticipantStatus, Session


def session_view(session: Session) -> dict[str, Any]:
    """Show a session without its files and people."""
    return {
        "id": session.id,
        "title": session.title,
        "language": session.language,
        "phase": session.phase.value,
        "locked": session.locked,
        "join_policy": session.join_policy.value,
        "observers_listed": session.observers_listed,
        "shared": session.shared,
        "creator_id": session.creator_id,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "expires_at": session.expires_at,
    }


def participant_view(participant: Participant, *, is_online: bool) -> dict[str, Any]:
    """Show one person."""
    return {
        "id": participant.id,
        "name": participant.name,
        "role": participant.role.value,
        "color": participant.color,
        "presence": participant.presence,
        "status": participant.status.value,
        "joined_at": participant.joined_at,
        "is_online": is_online,
    }


def people_view(
    session: Session,
    participants: Iterable[Participant],
    online: Mapping[str, int],
    *,
    with_silent: bool,
    with_waiting: bool = False,
) -> list[dict[str, Any]]:
    """Show a session's people in the order in which they joined.

    Args:
        session: Whose people they are.
        participants: All that there are.
        online: The ids of those who are connected.
        with_silent: Whether whoever looks sees silent observers.
        with_waiting: Whether they see who waits in the lobby.
    """
    shown = {ParticipantStatus.ADMITTED}
    if with_waiting:
        shown.add(ParticipantStatus.WAITING)
    return [
        participant_view(participant, is_online=participant.id in online)
        for participant in sorted(participants, key=lambda person: (person.joined_at, person.id))
        if participant.status in shown and (with_silent or not session.hides(participant.role))
    ]


def lobby_view(participants: Iterable[Participant]) -> list[dict[str, Any]]:
    """Show who waits in the lobby, the longest first."""
    return [
        {
            "id": participant.id,
            "name": participant.name,
            "role": participant.role.value,
            "presence": participant.presence,
            "knocked_at": participant.joined_at,
        }
        for participant in sorted(participants, key=lambda person: (person.joined_at, person.id))
        if participant.status is ParticipantStatus.WAITING
    ]
