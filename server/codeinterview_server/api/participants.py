"""The people of a session over REST: listed, changed, admitted, removed."""

from typing import Any

from fastapi import APIRouter, Response

from codeinterview_server.domain.errors import (
    BadRequest,
    Conflict,
    ParticipantNotFound,
)
from codeinterview_server.domain.ids import parse_participant_id
from codeinterview_server.domain.roles import Action, ParticipantStatus
from codeinterview_server.domain.sessions import Participant

from .answers import ErrorAnswer, ParticipantAnswer, ParticipantsAnswer
from .bodies import ChangeParticipant
from .services import Credential, Parts, Visit

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/participants",
    tags=["participants"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)

_GONE = frozenset({ParticipantStatus.LEFT, ParticipantStatus.REMOVED})


@router.get("", response_model=ParticipantsAnswer)
async def list_participants(
    session_id: str, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Lists who is in the session; interviewers also see who waits."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.LIST_PARTICIPANTS)
        return {"success": True, "participants": visit.people()}


@router.patch("/{participant_id}", response_model=ParticipantAnswer)
async def change_participant(
    session_id: str,
    participant_id: str,
    body: ChangeParticipant,
    parts: Parts,
    credential: Credential,
) -> dict[str, Any]:
    """Changes one's own name and colour; interviewers also give roles and admit or decline."""
    _check_id(participant_id)
    async with parts.visit(session_id, credential) as visit:
        for action in _needed(body, is_self=visit.principal.participant_id == participant_id):
            visit.require(action)
        participant = _present(visit, participant_id)
        status = None if body.status is None else ParticipantStatus(body.status)
        if status is participant.status:
            status = None
        if status is not None and participant.status is not ParticipantStatus.WAITING:
            raise Conflict("This person does not wait in the lobby any more. Reload the list.")
        changes = (body.name, body.color, body.role, status)
        if any(change is not None for change in changes):
            participant = await visit.room.door.change(
                participant_id,
                by=visit.principal.actor,
                name=body.name,
                color=body.color,
                role=body.role,
                status=status,
            )
        return {"success": True, "participant": visit.person(participant)}


@router.delete("/{participant_id}", status_code=204, response_class=Response)
async def remove_participant(
    session_id: str, participant_id: str, parts: Parts, credential: Credential
) -> None:
    """Leaves, when it is oneself; otherwise removes somebody, whose token ends."""
    _check_id(participant_id)
    async with parts.visit(session_id, credential) as visit:
        is_self = visit.principal.participant_id == participant_id
        visit.require(Action.LEAVE if is_self else Action.MANAGE_PARTICIPANTS)
        _present(visit, participant_id)
        await visit.room.door.remove(participant_id, visit.principal.actor)


def _needed(body: ChangeParticipant, *, is_self: bool) -> set[Action]:
    needed: set[Action] = set()
    if body.name is not None or body.color is not None:
        needed.add(Action.UPDATE_SELF if is_self else Action.MANAGE_PARTICIPANTS)
    if body.role is not None:
        needed.add(Action.MANAGE_PARTICIPANTS)
    if body.status is not None:
        needed.add(Action.ADMIT)
    return needed


def _check_id(participant_id: str) -> None:
    try:
        parse_participant_id(participant_id)
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _present(visit: Visit, participant_id: str) -> Participant:
    participant = visit.room.participants.get(participant_id)
    if participant is None or participant.status in _GONE:
        raise ParticipantNotFound
    return participant
