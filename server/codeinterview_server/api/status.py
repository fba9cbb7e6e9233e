"""What a server says of itself, and of a credential."""

from typing import Any

from fastapi import APIRouter

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.roles import Action, Kind, require
from codeinterview_server.version import __version__

from .answers import AccountAnswer, ErrorAnswer, HealthAnswer, MeAnswer
from .services import Credential, Parts

router = APIRouter(
    prefix="/api/v1",
    tags=["status"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)


@router.get("/health", response_model=HealthAnswer)
async def health(parts: Parts) -> dict[str, Any]:
    """Answers when the server and its database work."""
    await parts.database.ping()
    return {"status": "ok", "timestamp": now_ms()}


@router.get("/account", response_model=AccountAnswer)
async def read_account(parts: Parts, credential: Credential) -> dict[str, Any]:
    """Tells whose host key it is, so that an app can check that it is signed in."""
    host = await parts.identify(credential)
    require(host, Action.READ_ACCOUNT)
    return {
        "success": True,
        "name": host.key_name,
        "administrator": host.is_administrator,
        "version": __version__,
        "public_url": None if parts.reach.public is None else str(parts.reach.public),
    }


@router.get("/me", response_model=MeAnswer, response_model_exclude_none=True)
async def who_am_i(parts: Parts, credential: Credential) -> dict[str, Any]:
    """Tells what the credential is good for."""
    principal = await parts.identify(credential)
    if principal.kind is not Kind.PARTICIPANT or principal.session_id is None:
        require(principal, Action.WHO_AM_I)
        return {"success": True, "host": True}
    async with parts.visit(principal.session_id, credential) as visit:
        visit.require(Action.WHO_AM_I)
        participant = visit.room.participants[str(visit.principal.participant_id)]
        return {
            "success": True,
            "host": False,
            "session_id": participant.session_id,
            "participant": visit.person(participant),
        }
