"""What this server's front page shows to whoever comes by: titles of sessions, and nothing else."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from codeinterview_server.domain.ids import is_session_id
from codeinterview_server.domain.roles import Action, require

from .answers import Answer, ErrorAnswer
from .approach import APPROACH, Approach, Path
from .listed_sessions import MAX_LISTED
from .services import Credential, Parts

router = APIRouter(
    prefix="/api/v1",
    tags=["reach"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)


def _session_id(text: str) -> str:
    if not is_session_id(text):
        raise ValueError("must be a session's code: 8 characters out of 0-9 and a-f")
    return text


SessionId = Annotated[
    str, AfterValidator(_session_id), Field(json_schema_extra={"pattern": "^[0-9a-f]{8}$"})
]


class PutListed(BaseModel):
    """All sessions that this host shows from now on."""

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)

    sessions: Annotated[list[SessionId], Field(max_length=MAX_LISTED)]


class ListedSession(BaseModel):
    """One session as the front page shows it."""

    id: str
    title: str


class ListedAnswer(Answer):
    """What the front page shows."""

    sessions: list[ListedSession]


class ListedIdsAnswer(Answer):
    """What this host shows."""

    sessions: list[str]


@router.get("/listed", response_model=ListedAnswer)
async def read_listed(request: Request, parts: Parts) -> dict[str, Any]:
    """Lists the sessions that their hosts show on this network, by title.

    Whoever comes by a tunnel is not on this network and is shown none.
    """
    approach: Approach = request.scope[APPROACH]
    shown = [] if approach.path is Path.TUNNEL else await parts.listed.shown()
    return {
        "success": True,
        "sessions": [{"id": each.id, "title": each.title} for each in shown],
    }


@router.put("/listed", response_model=ListedIdsAnswer)
async def replace_listed(body: PutListed, parts: Parts, credential: Credential) -> dict[str, Any]:
    """Replaces what this host shows; it is forgotten when the server ends."""
    host = await parts.identify(credential)
    require(host, Action.SHOW_SESSIONS)
    parts.listed.replace(host.key_id, body.sessions)
    return {"success": True, "sessions": list(parts.listed.of(host.key_id))}
