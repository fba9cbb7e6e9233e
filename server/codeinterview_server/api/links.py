"""What the app says of its tunnels, and what the server says of the way that a request came."""

from typing import Any

from fastapi import APIRouter, Request

from codeinterview_server.domain.roles import Action, require

from .answers import ConnectionAnswer, ErrorAnswer, LinksAnswer
from .approach import APPROACH, Approach
from .bodies import PutLinks
from .services import Credential, Parts, Services

router = APIRouter(
    prefix="/api/v1",
    tags=["reach"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)


@router.get("/links", response_model=LinksAnswer)
async def read_links(parts: Parts, credential: Credential) -> dict[str, Any]:
    """Lists where tunnels let people in."""
    require(await parts.identify(credential), Action.READ_LINKS)
    return _view(parts)


@router.put("/links", response_model=LinksAnswer)
async def replace_links(body: PutLinks, parts: Parts, credential: Credential) -> dict[str, Any]:
    """Replaces all links; they are forgotten when the server ends."""
    require(await parts.identify(credential), Action.CHANGE_LINKS)
    parts.reach.replace_links(each.link() for each in body.links)
    return _view(parts)


@router.get("/connection", response_model=ConnectionAnswer)
async def read_connection(request: Request) -> dict[str, Any]:
    """Tells how this very request came here."""
    approach: Approach = request.scope[APPROACH]
    return {
        "success": True,
        "path": approach.path,
        "secure": approach.secure,
        "address": approach.address,
    }


def _view(parts: Services) -> dict[str, Any]:
    links = [
        {"url": str(link.address), "kind": "tunnel", "forwarded": link.is_forwarded}
        for link in parts.reach.links
    ]
    return {"success": True, "links": links}
