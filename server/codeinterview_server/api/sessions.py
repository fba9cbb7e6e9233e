"""Sessions over REST: created, listed, read, changed, deleted."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    Conflict,
    SessionExpired,
    SessionNotFound,
    TooManyRequests,
    ValidationFailed,
)
from codeinterview_server.domain.ids import new_session_id
from codeinterview_server.domain.languages import DEFAULT_LANGUAGE, LANGUAGES
from codeinterview_server.domain.roles import (
    Action,
    ParticipantStatus,
    Phase,
    Principal,
    Role,
    require,
)
from codeinterview_server.domain.secrets import hash_token, new_token
from codeinterview_server.domain.sessions import (
    DEFAULT_TITLE,
    JoinPolicy,
    Participant,
    Session,
    choose_presence,
)
from codeinterview_server.realtime.views import session_view

from .answers import (
    CreateAnswer,
    ErrorAnswer,
    PreviewAnswer,
    SessionAnswer,
    SessionPage,
)
from .bodies import ChangeSession, CreateSession, PutCode
from .services import (
    Address,
    Credential,
    Parts,
    Services,
    ShownInvite,
    Visit,
    check_session_id,
)

router = APIRouter(
    prefix="/api/v1/sessions",
    tags=["sessions"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)

_ID_ATTEMPTS = 8


@router.post("", status_code=201, response_model=CreateAnswer)
async def create_session(
    body: CreateSession, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Creates a session; its creator is an interviewer."""
    host = await parts.identify(credential)
    require(host, Action.CREATE_SESSION)
    if await parts.sessions.count_open(now_ms()) >= parts.limits.sessions:
        raise Conflict("This server has as many open sessions as it may. End some of them first.")
    token = new_token()
    session, creator = await _store(parts, body, token, host)
    await parts.events.append(
        session.id,
        session.created_at,
        creator.id,
        EventKind.CREATED,
        {"title": session.title, "language": session.language, "by": host.actor},
    )
    async with parts.rooms.open(session.id) as room:
        if body.code is not None:
            await room.replace_text(body.code, None, creator.id)
        visit = Visit(room, host)
        return {
            "success": True,
            "data": visit.session_body(),
            "participant": visit.person(creator),
            "token": token,
            "invites": parts.invites(session),
        }


@router.get("", response_model=SessionPage)
async def list_sessions(
    parts: Parts,
    credential: Credential,
    query: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> dict[str, Any]:
    """Lists sessions, the newest first, also by part of an id, a title or a person's name."""
    host = await parts.identify(credential)
    require(host, Action.LIST_SESSIONS)
    page = await parts.sessions.list_page(query, limit, offset, key_id=host.key_id)
    summaries, total = page
    data = [
        {
            **session_view(summary.session),
            "participant_count": summary.participant_count,
            "online_count": parts.rooms.online_count(summary.session.id),
            "owner": summary.owner,
        }
        for summary in summaries
    ]
    return {"success": True, "data": data, "total": total}


@router.get("/{session_id}", response_model=SessionAnswer)
async def read_session(session_id: str, parts: Parts, credential: Credential) -> dict[str, Any]:
    """Answers the session with its present code."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.READ_SESSION)
        return {"success": True, "data": visit.session_body()}


@router.patch("/{session_id}", response_model=SessionAnswer)
async def change_session(
    session_id: str, body: ChangeSession, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Changes what the body names; a new code appears in open editors as a minimal edit."""
    async with parts.visit(session_id, credential) as visit:
        for action in _needed(body):
            visit.require(action)
        room = visit.room
        by = visit.principal.actor
        if body.language is not None:
            await room.live.change(by=by, language=body.language)
        if body.code is not None:
            await room.replace_text(body.code, None, by)
        if any(rule is not None for rule in (*_rules(body), body.shared, body.phase)):
            await room.live.change(
                by=by,
                title=body.title,
                locked=body.locked,
                join_policy=body.join_policy,
                observers_listed=body.observers_listed,
                shared=body.shared,
                phase=None if body.phase is None else Phase(body.phase),
            )
        return {"success": True, "data": visit.session_body()}


@router.delete("/{session_id}", status_code=204, response_class=Response)
async def delete_session(session_id: str, parts: Parts, credential: Credential) -> None:
    """Deletes the session and all that was said in it; everybody is cut off."""
    principal = await parts.caller(session_id, credential)
    require(principal, Action.DELETE_SESSION, None)
    await parts.rooms.delete(session_id)


@router.put("/{session_id}/code", response_model=SessionAnswer)
async def put_code(
    session_id: str, body: PutCode, parts: Parts, credential: Credential
) -> dict[str, Any]:
    """Replaces a file's text by a minimal edit of the live document."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.EDIT_CODE)
        room = visit.room
        by = visit.principal.actor
        language = body.language or room.session.language
        if language != room.session.language:
            visit.require(Action.SWITCH_LANGUAGE)
        paths = [file.path for file in LANGUAGES[language].files]
        if body.path is not None and body.path not in paths:
            raise ValidationFailed({"path": f"The path must be one of: {', '.join(paths)}."})
        if language != room.session.language:
            await room.live.change(by=by, language=language)
        await room.replace_text(body.code, body.path, by)
        return {"success": True, "data": visit.session_body()}


@router.get("/{session_id}/preview", response_model=PreviewAnswer)
async def preview_session(
    session_id: str, parts: Parts, address: Address, invite: ShownInvite
) -> dict[str, Any]:
    """Tells what a join page may show; never any code."""
    try:
        parts.previews.spend(address)
    except TooManyRequests:
        # Behind a tunnel somebody else may have spent them.
        if not await parts.is_invited(session_id, invite):
            raise
    check_session_id(session_id)
    session = parts.rooms.session(session_id) or await parts.sessions.get(session_id)
    if session is None:
        raise SessionNotFound
    if session.is_expired(now_ms()):
        raise SessionExpired
    return {
        "success": True,
        "data": {
            "id": session.id,
            "title": session.title,
            "phase": session.phase,
            "language": session.language,
            "join_policy": session.join_policy,
            "approval_required": session.join_policy is not JoinPolicy.INVITE_ONLY,
        },
    }


def _needed(body: ChangeSession) -> set[Action]:
    needed: set[Action] = set()
    if body.code is not None:
        needed.add(Action.EDIT_CODE)
    if body.language is not None:
        needed.add(Action.SWITCH_LANGUAGE)
    if any(rule is not None for rule in _rules(body)):
        needed.add(Action.CHANGE_SESSION)
    if body.shared is not None:
        needed.add(Action.SHARE_SESSION)
    if body.phase is not None:
        needed.add(Action.END_SESSION)
    return needed


def _rules(body: ChangeSession) -> tuple[object, ...]:
    return body.title, body.locked, body.join_policy, body.observers_listed


async def _store(
    parts: Services, body: CreateSession, token: str, host: Principal
) -> tuple[Session, Participant]:
    now = now_ms()
    for _ in range(_ID_ATTEMPTS):
        session = Session(
            id=new_session_id(),
            title=body.title or DEFAULT_TITLE,
            language=body.language or DEFAULT_LANGUAGE,
            creator_id=body.creator.id,
            phase=Phase.OPEN,
            locked=False,
            created_at=now,
            updated_at=now,
            expires_at=parts.expiry_of(now),
            join_policy=body.join_policy or JoinPolicy.INVITE,
            observers_listed=body.observers_listed is not False,
            owner_key_id=host.key_id,
            shared=body.shared is True,
        )
        creator = Participant(
            session_id=session.id,
            id=body.creator.id,
            name=body.creator.name,
            color=body.creator.color,
            presence=choose_presence(body.creator.color, ()),
            role=Role.INTERVIEWER,
            status=ParticipantStatus.ADMITTED,
            joined_at=now,
            key_id=host.key_id,
        )
        try:
            await parts.sessions.create(session, creator, hash_token(token))
        except Conflict:
            continue
        return session, creator
    raise Conflict("No free session code was found. Try again.")
