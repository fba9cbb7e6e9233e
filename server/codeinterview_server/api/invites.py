"""A session's invites over REST: read again, made anew, revoked."""

from typing import Any

from fastapi import APIRouter

from codeinterview_server.domain.errors import NotFound
from codeinterview_server.domain.roles import Action, Role
from codeinterview_server.domain.sessions import Session

from .answers import ErrorAnswer, InvitesAnswer
from .bodies import RenewInvite
from .services import Credential, Parts, Services

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/invites",
    tags=["invites"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)


@router.get("", response_model=InvitesAnswer)
async def read_invites(session_id: str, parts: Parts, credential: Credential) -> dict[str, Any]:
    """Answers the present invite of each role."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.READ_INVITES)
        return _view(parts, visit.room.session)


@router.post("", response_model=InvitesAnswer)
async def renew_invite(
    session_id: str, body: RenewInvite, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Makes a role's earlier links worthless and answers the new invites."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.RENEW_INVITES)
        session = await visit.room.live.renew_invite(body.role, visit.principal.actor)
        return _view(parts, session)


@router.delete("/{role}", response_model=InvitesAnswer)
async def revoke_invite(
    session_id: str, role: str, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Makes a role's links worthless; it has none until they are renewed."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.RENEW_INVITES)
        session = await visit.room.live.revoke_invite(_role(role), visit.principal.actor)
        return _view(parts, session)


def _view(parts: Services, session: Session) -> dict[str, Any]:
    public = parts.reach.public
    return {
        "success": True,
        "invites": parts.invites(session),
        "public_url": None if public is None else str(public),
    }


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise NotFound("There is no such role. Use candidate, interviewer or observer.") from None
