"""Bounds the request bodies, so that nobody can make the server hold more than it should."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeinterview_server.api.errors import answer_for
from codeinterview_server.domain.errors import TooLarge


class BodyLimit:
    """Refuses a body above the limit: by its announced size, or as soon as it has grown past it."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced[:20]) > self._limit_bytes:
            await answer_for(TooLarge())(scope, receive, send)
            return
        read_bytes = 0

        async def bounded() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > self._limit_bytes:
                # The framework hands this one through while it reads a body; others become a 400.
                raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)
