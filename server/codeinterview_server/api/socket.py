"""The room's socket: accepted, told apart by its token, and handed to the room frame by frame."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from codeinterview_server.domain.errors import BadRequest, DomainError, SessionNotFound
from codeinterview_server.domain.roles import Action
from codeinterview_server.realtime.close_codes import CloseCode, close_for
from codeinterview_server.realtime.outbox import Outbox
from codeinterview_server.realtime.room import Room

from .guesses import address_of, credential_of
from .services import Services

if TYPE_CHECKING:
    from collections.abc import Callable

router = APIRouter()

ABORT: Final = "codeinterview.abort"
"""The ASGI extension by which our server lets a socket be dropped without closing it in order."""
_ONLY_CONTROL: Final = "control"


@router.websocket("/ws/sessions/{session_id}")
async def room_socket(websocket: WebSocket, session_id: str) -> None:
    """Serves one participant's socket of one session, to its end."""
    parts = websocket.app.state.services
    assert isinstance(parts, Services)  # noqa: S101 - `create_app` made it so
    # Browsers hide why a handshake was refused, so it never is.
    await websocket.accept()
    outbox = Outbox(_Transport(websocket), parts.limits.outbox_bytes)
    writing = asyncio.get_running_loop().create_task(outbox.run(), name="socket's outbox")
    try:
        await _serve(websocket, session_id, parts, outbox)
        await writing
    finally:
        writing.cancel()
        await asyncio.wait([writing])


async def _serve(websocket: WebSocket, session_id: str, parts: Services, outbox: Outbox) -> None:
    try:
        with parts.crowd.enter(address_of(websocket.scope)):
            await _visit(websocket, session_id, parts, outbox)
    except BadRequest:
        # No session has such an id.
        outbox.close(*close_for(SessionNotFound()))
    except DomainError as error:
        outbox.close(*close_for(error))


async def _visit(websocket: WebSocket, session_id: str, parts: Services, outbox: Outbox) -> None:
    async with parts.visit(session_id, credential_of(websocket.scope)) as visit:
        visit.require(Action.OPEN_SOCKET)
        only_control = websocket.query_params.get("only") == _ONLY_CONTROL
        await _converse(
            websocket,
            visit.room,
            outbox,
            str(visit.principal.participant_id),
            only_control=only_control,
        )


async def _converse(
    websocket: WebSocket, room: Room, outbox: Outbox, participant_id: str, *, only_control: bool
) -> None:
    connection = room.attach(outbox, participant_id, control_only=only_control)
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                break
            frame = message.get("bytes")
            if frame is None:
                outbox.close(CloseCode.MALFORMED, "malformed")
                room.detach(connection)
            else:
                room.receive(connection, frame)
    finally:
        room.detach(connection)
        # Gone already, so that nothing is sent; but the writer ends.
        outbox.close(CloseCode.TRY_AGAIN)


class _Transport:
    """The socket as an outbox writes to it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        extensions: dict[str, Any] = websocket.scope.get("extensions", {})
        self._abort: Callable[[], None] | None = extensions.get(ABORT, {}).get(ABORT)

    async def send(self, frame: bytes) -> None:
        try:
            await self._websocket.send_bytes(frame)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError from error

    async def close(self, code: int, reason: str) -> None:
        try:
            await self._websocket.close(code, reason)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError from error

    def abort(self) -> None:
        if self._abort is not None:
            self._abort()
