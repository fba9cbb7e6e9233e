"""Sessions as files: one that is copied to another server, and one that comes from there."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from codeinterview_server.db.engine import away_when_unreachable
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    Conflict,
    DatabaseAway,
    TooLarge,
    ValidationFailed,
)
from codeinterview_server.domain.roles import HOST_ACTOR, Action, require
from codeinterview_server.records.copies import Home, adopt, pack
from codeinterview_server.records.errors import NewerBackup, RecordsError

from .answers import ErrorAnswer, SessionAnswer
from .services import Credential, Parts, Services, Visit

router = APIRouter(
    prefix="/api/v1",
    tags=["archives"],
    responses={"default": {"model": ErrorAnswer, "description": "Why it was refused"}},
)

PATH: Final = "/api/v1/archives"
MEDIA_TYPE: Final = "application/octet-stream"
_FLUSH_S: Final = 10.0
_CHUNK_BYTES: Final = 256 * 1024
_FILE: Final[dict[str, Any]] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
}


@router.get(
    "/sessions/{session_id}/archive",
    response_class=StreamingResponse,
    responses={200: {**_FILE, "description": "The session with all that was said in it"}},
)
async def read_archive(session_id: str, parts: Parts, credential: Credential) -> StreamingResponse:
    """Answers a session as a file that another server takes; no token or key is in it."""
    async with parts.visit(session_id, credential) as visit:
        visit.require(Action.COPY_SESSION)
        # The file is made from the database.
        if not await visit.room.settle(_FLUSH_S):
            raise DatabaseAway
    file = _new_file(parts)
    try:
        async with parts.copying:
            with away_when_unreachable():
                await asyncio.to_thread(pack, parts.database.url, session_id, file, parts.limits)
        size_bytes = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return StreamingResponse(
        _chunks(file),
        media_type=MEDIA_TYPE,
        headers={
            "Content-Length": str(size_bytes),
            "Content-Disposition": f'attachment; filename="codeinterview-{session_id}.copy"',
        },
    )


@router.post(
    "/archives",
    status_code=201,
    response_model=SessionAnswer,
    openapi_extra={"requestBody": {"required": True, **_FILE}},
)
async def add_copy(request: Request, parts: Parts, credential: Credential) -> dict[str, Any]:
    """Takes a session over from such a file; it belongs to the asking key, under a free code."""
    host = await parts.identify(credential)
    require(host, Action.ADD_COPY)
    if await parts.sessions.count_open(now_ms()) >= parts.limits.sessions:
        raise Conflict("This server has as many open sessions as it may. End some of them first.")
    home = Home(host.key_id, host.actor or HOST_ACTOR, parts.expiry_of(now_ms()))
    with _new_file(parts) as file:
        await _receive(request.stream(), file, parts.limits.archive_bytes)
        async with parts.copying:
            session_id = await _adopt(parts, file, home)
    async with parts.rooms.open(session_id) as room:
        return {"success": True, "data": Visit(room, host).session_body()}


def _new_file(parts: Services) -> IO[bytes]:
    """Returns a file that has no name and vanishes when it is closed."""
    return tempfile.TemporaryFile(dir=parts.settings.data_dir)


async def _receive(body: AsyncIterator[bytes], file: IO[bytes], limit_bytes: int) -> None:
    size_bytes = 0
    async for piece in body:
        size_bytes += len(piece)
        if size_bytes > limit_bytes:
            raise TooLarge("This archive is too large. Restore a backup on that server instead.")
        await asyncio.to_thread(file.write, piece)
    file.seek(0)


async def _adopt(parts: Services, file: IO[bytes], home: Home) -> str:
    try:
        with away_when_unreachable():
            return await asyncio.to_thread(adopt, file, parts.database.url, home, parts.limits)
    except NewerBackup as error:
        sentence = "A newer version of CodeInterview made this archive. Update this server first."
        raise ValidationFailed({"body": str(error)}, sentence) from error
    except RecordsError as error:
        sentence = "This is not a whole archive of one session. Copy the session again."
        raise ValidationFailed({"body": str(error)}, sentence) from error


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
