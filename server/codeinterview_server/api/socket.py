"""The room's socket: accepted, told apart by its token, and handed to the room frame by frame."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Final, Protocol

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from codeinterview_server.domain.errors import BadRequest, DomainError, SessionNotFound
from codeinterview_server.domain.roles import Action
from codeinterview_server.realtime.close_codes import CloseCode, close_for
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.outbox import Outbox, Transport
from codeinterview_server.realtime.room import Room

from .guesses import address_of, credential_of
from .services import Services

router = APIRouter()

EXTENSION: Final = "codeinterview.socket"
"""The ASGI extension by which our server lets a socket be adopted."""
_ONLY_CONTROL: Final = "control"


class Socket(Transport, Protocol):
    """A socket that goes on after the call that serves it has returned."""

    def adopt(
        self,
        on_message: Callable[[bytes | None], None],
        on_writable: Callable[[], None],
        on_closed: Callable[[], Awaitable[None]],
    ) -> None:
        """Go on, telling of each binary message (None: a text), and once of the end."""


@router.websocket("/ws/sessions/{session_id}")
async def room_socket(websocket: WebSocket, session_id: str) -> None:
    """Lets one participant's socket into the room of one session.

    A room keeps thousands of sockets, most of them idle: so this returns, and the room is called
    for each message.
    """
    # Browsers hide why a handshake was refused, so it never is.
    await websocket.accept()
    try:
        await _enter(websocket, session_id)
    except BadRequest:
        # No session has such an id.
        await _refuse(websocket, SessionNotFound())
    except DomainError as error:
        await _refuse(websocket, error)


async def _enter(websocket: WebSocket, session_id: str) -> None:
    parts = websocket.app.state.services
    assert isinstance(parts, Services)  # noqa: S101 - `create_app` made it so
    socket: Socket = websocket.scope["extensions"][EXTENSION][EXTENSION]
    outbox = Outbox(socket, parts.limits.outbox_bytes)
    async with AsyncExitStack() as stack:
        stack.callback(outbox.ended)
        stack.enter_context(parts.crowd.enter(address_of(websocket.scope)))
        visit = await stack.enter_async_context(
            parts.visit(session_id, credential_of(websocket.scope))
        )
        visit.require(Action.OPEN_SOCKET)
        connection = visit.room.attach(
            outbox,
            str(visit.principal.participant_id),
            control_only=websocket.query_params.get("only") == _ONLY_CONTROL,
        )
        stack.callback(visit.room.detach, connection)
        receive = _receiver(visit.room, connection)
        socket.adopt(receive, outbox.writable, stack.pop_all().aclose)


def _receiver(room: Room, connection: Connection) -> Callable[[bytes | None], None]:
    def receive(frame: bytes | None) -> None:
        if frame is None:
            connection.close(CloseCode.MALFORMED, "malformed")
            room.detach(connection)
        else:
            room.receive(connection, frame)

    return receive


async def _refuse(websocket: WebSocket, error: DomainError) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        await websocket.close(*close_for(error))
