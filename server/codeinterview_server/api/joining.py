"""Joining over REST: by invite, by an earlier token, as the host, or by knocking at the lobby."""

from typing import Any

from fastapi import APIRouter

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    Declined,
    InvalidInvite,
    InviteRequired,
    Removed,
    SessionEnded,
    TooManyRequests,
)
from codeinterview_server.domain.ids import new_participant_id
from codeinterview_server.domain.roles import (
    Kind,
    ParticipantStatus,
    Phase,
    Principal,
    Role,
)
from codeinterview_server.domain.secrets import hash_token, match_invite, new_token
from codeinterview_server.domain.sessions import (
    JoinPolicy,
    Participant,
    Session,
    choose_presence,
)
from codeinterview_server.realtime.room import Room
from codeinterview_server.realtime.roster import taken_presences

from .answers import ErrorAnswer, JoinAnswer
from .bodies import Join, User
from .services import Address, Credential, Parts, Services, Visit, current

router = APIRouter(
    prefix="/api/v1/sessions",
    tags=["joining"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)


@router.post("/{session_id}/join", response_model=JoinAnswer, response_model_exclude_none=True)
async def join_session(
    session_id: str, body: Join, parts: Parts, credential: Credential, address: Address
) -> dict[str, Any]:
    """Joins: at once with a token of this session or the host key, else as its policy says."""
    if credential is None:
        await _spend_join(parts, address, session_id, body.invite)
    principal = await parts.caller(session_id, credential)
    async with parts.rooms.open(session_id) as room:
        principal = await current(principal, room)
        invited = await _invited(parts, room, body.invite)
        token = credential
        if principal.kind is Kind.PARTICIPANT:
            participant = await _come_back(room, principal, body.user, invited)
        else:
            is_host = principal.kind is Kind.HOST
            role = Role.INTERVIEWER if is_host else invited
            if role is None:
                parts.knocks.spend(session_id)
            token = new_token()
            status = _status(room.session, role, is_host=is_host)
            participant = await _come(room, body.user, role, status, token, principal.key_id)
        visit = Visit(room, participant.principal())
        answer = {
            "success": True,
            "status": participant.status.value,
            "participant": visit.person(participant),
            "token": token,
        }
        if participant.status is ParticipantStatus.ADMITTED:
            answer["data"] = visit.session_body()
        return answer


async def _spend_join(parts: Services, address: str, session_id: str, invite: str | None) -> None:
    try:
        parts.joins.spend(address)
    except TooManyRequests:
        # Behind a tunnel somebody else may have spent them.
        if not await parts.is_invited(session_id, invite):
            raise
        parts.arrivals.spend(session_id)


async def _invited(parts: Services, room: Room, invite: str | None) -> Role | None:
    if invite is None:
        return None
    role = _match(parts, room.session, invite)
    if role is None:
        parts.knocks.spend(room.session.id)
        # It may have been renewed on another replica just now.
        await room.refresh()
        role = _match(parts, room.session, invite)
    if role is None:
        raise InvalidInvite
    return role


def _match(parts: Services, session: Session, invite: str) -> Role | None:
    return match_invite(
        parts.host_key,
        session.id,
        session.invite_generations,
        invite,
        revoked=session.revoked_invites,
    )


def _status(session: Session, role: Role | None, *, is_host: bool) -> ParticipantStatus:
    """Returns where somebody new goes who was invited as a role, or was not invited."""
    knocks = not is_host and (role is None or session.join_policy is JoinPolicy.KNOCK)
    # After the end nobody is let in any more.
    if session.phase is Phase.ENDED and (knocks or role is not Role.INTERVIEWER):
        raise SessionEnded
    if role is None and session.join_policy is JoinPolicy.INVITE_ONLY:
        raise InviteRequired
    return ParticipantStatus.WAITING if knocks else ParticipantStatus.ADMITTED


async def _come(
    room: Room,
    user: User,
    role: Role | None,
    status: ParticipantStatus,
    token: str,
    key_id: str | None,
) -> Participant:
    """Takes somebody new in, or into the lobby."""
    everybody = room.participants
    taken = taken_presences(everybody.values(), room.session, role or Role.CANDIDATE)
    newcomer = Participant(
        session_id=room.session.id,
        # An id without its token is somebody else.
        id=new_participant_id() if user.id in everybody else user.id,
        name=user.name,
        color=user.color,
        presence=choose_presence(user.color, taken),
        role=role or Role.CANDIDATE,
        status=status,
        joined_at=now_ms(),
        key_id=key_id,
    )
    return await room.door.join(newcomer, hash_token(token))


async def _come_back(
    room: Room, principal: Principal, user: User, invited: Role | None
) -> Participant:
    """Lets the owner of a token in again, as who they were."""
    assert principal.participant_id is not None  # noqa: S101 - it is a participant's
    if principal.status is ParticipantStatus.DECLINED:
        raise Declined
    if principal.status is ParticipantStatus.REMOVED:
        raise Removed
    if room.session.phase is Phase.ENDED and principal.role is not Role.INTERVIEWER:
        raise SessionEnded
    return await room.door.come_back(
        principal.participant_id, name=user.name, color=user.color, invited=invited
    )
