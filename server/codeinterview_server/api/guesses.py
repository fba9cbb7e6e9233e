"""How often one address may be wrong: about a session's code, a token, the host key.

Every other answer about a code says whether there is such a session, also to whoever holds nothing
but a made-up token; so it is not enough to bound joins and previews.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeinterview_server.api.errors import answer_for
from codeinterview_server.api.rate_limit import RateLimit
from codeinterview_server.domain.errors import TooManyRequests
from codeinterview_server.realtime.close_codes import CloseCode, close_for

_PATHS: Final = ("/api/", "/ws/")
_WRONG_STATUSES: Final = frozenset({401, 404})
_WRONG_CODES: Final = frozenset({CloseCode.NOT_AUTHENTICATED, CloseCode.NOT_FOUND})


class GuessLimit:
    """Refuses to answer an address that was wrong too often, right or wrong, until it waited.

    Behind a tunnel everybody has the same address, so whoever has a good credential is answered
    all the same.

    Args:
        app: What answers.
        wrong: How often an address may be wrong.
        knows: Tells whether a credential is good for anything.
    """

    def __init__(
        self, app: ASGIApp, wrong: RateLimit, knows: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._app = app
        self._wrong = wrong
        self._knows = knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] not in {"http", "websocket"} or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        address = address_of(scope)
        try:
            self._wrong.check(address)
        except TooManyRequests as error:
            credential = credential_of(scope)
            if credential is None or not await self._knows(credential):
                await _refuse(error, scope, receive, send)
                return

        async def watch(message: Message) -> None:
            if _is_wrong(message):
                self._wrong.charge(address)
            await send(message)

        await self._app(scope, receive, watch)


def address_of(scope: Scope) -> str:
    """Returns who is connected: never what a header claims."""
    client: tuple[str, Any] | None = scope.get("client")
    return "" if client is None else client[0]


def credential_of(scope: Scope) -> str | None:
    """Returns what a request or socket presents; only a socket may do so in its query."""
    connection = HTTPConnection(scope)
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return connection.query_params.get("token") if scope["type"] == "websocket" else None


async def _refuse(error: TooManyRequests, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await answer_for(error)(scope, receive, send)
        return
    code, reason = close_for(error)
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


def _is_wrong(message: Message) -> bool:
    if message["type"] == "http.response.start":
        return message["status"] in _WRONG_STATUSES
    return message["type"] == "websocket.close" and message.get("code") in _WRONG_CODES
