"""How often one address, and everybody together, may be wrong: about a code, a token, the host key.

Every other answer about a code says whether there is such a session, also to whoever holds nothing
but a made-up token; so it is not enough to bound joins and previews.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeinterview_server.api.errors import answer_for
from codeinterview_server.api.rate_limit import RateLimit
from codeinterview_server.domain.addresses import bucket_of
from codeinterview_server.domain.errors import TooManyRequests
from codeinterview_server.realtime.close_codes import CloseCode, close_for

INVITE_HEADER: Final = "CodeInterview-Invite"
"""Where a page shows that it came by a link, before and beside the body of a join."""

_PATHS: Final = ("/api/", "/ws/")
_SESSION: Final = re.compile(r"/(?:api/v1|ws)/sessions/(?P<id>[0-9a-f]{8})(?:/.*)?", re.DOTALL)
_WRONG_STATUSES: Final = frozenset({401, 404})
_WRONG_CODES: Final = frozenset({CloseCode.NOT_AUTHENTICATED, CloseCode.NOT_FOUND})
_EVERYBODY: Final = ""

Vouches = Callable[[str | None, str | None, str | None], Awaitable[bool]]
"""Tells whether a credential or an invite is good for a session, or for anything if it is None."""


class GuessLimit:
    """Refuses to answer who was wrong too often, right or wrong, until they waited.

    Many addresses that guess together find no more than a few would: then all are refused. Behind a
    tunnel everybody has the same address. So whoever shows something good for what they ask about
    is answered all the same.

    Args:
        app: What answers.
        each: How often an address may be wrong.
        together: How often everybody may be, together.
        vouches: Called with a session's id, a credential and an invite.
    """

    def __init__(
        self, app: ASGIApp, each: RateLimit, together: RateLimit, vouches: Vouches
    ) -> None:
        self._app = app
        self._each = each
        self._together = together
        self._vouches = vouches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] not in {"http", "websocket"} or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        address = address_of(scope)
        try:
            # Before the answer is known: or else many could ask at once before one is counted.
            self._spend(address)
        except TooManyRequests as error:
            asked = session_of(scope)
            if await self._vouches(asked, credential_of(scope), invite_of(scope)):
                await self._app(scope, receive, send)
            else:
                await _refuse(error, scope, receive, send)
            return
        is_decided = False

        async def watch(message: Message) -> None:
            nonlocal is_decided
            if not is_decided and message["type"] in _DECIDING:
                is_decided = True
                if not _is_wrong(message):
                    self._refund(address)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            if not is_decided:
                # Whoever went away before has learnt nothing.
                self._refund(address)

    def _spend(self, address: str) -> None:
        self._each.spend(address)
        try:
            self._together.spend(_EVERYBODY)
        except TooManyRequests:
            self._each.refund(address)
            raise

    def _refund(self, address: str) -> None:
        self._each.refund(address)
        self._together.refund(_EVERYBODY)


def address_of(scope: Scope) -> str:
    """Returns what the other side is counted under; see `approach` for what it is."""
    client: tuple[str, Any] | None = scope.get("client")
    return "" if client is None else bucket_of(client[0])


def session_of(scope: Scope) -> str | None:
    """Returns the session that a path is about, if its id is well-formed."""
    match = _SESSION.fullmatch(scope["path"])
    return None if match is None else match["id"]


def credential_of(scope: Scope) -> str | None:
    """Returns what a request or socket presents; only a socket may do so in its query."""
    connection = HTTPConnection(scope)
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return connection.query_params.get("token") if scope["type"] == "websocket" else None


def invite_of(scope: Scope) -> str | None:
    """Returns the invite that a request shows beside its body."""
    return HTTPConnection(scope).headers.get(INVITE_HEADER)


async def _refuse(error: TooManyRequests, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await answer_for(error)(scope, receive, send)
        return
    code, reason = close_for(error)
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


_DECIDING: Final = frozenset({"http.response.start", "websocket.send", "websocket.close"})


def _is_wrong(message: Message) -> bool:
    if message["type"] == "http.response.start":
        return message["status"] in _WRONG_STATUSES
    return message["type"] == "websocket.close" and message.get("code") in _WRONG_CODES
