"""Bounds the request bodies, so that nobody can make the server hold more than it should."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codeinterview_server.api.errors import answer_for
from codeinterview_server.domain.errors import TooLarge


class BodyLimit:
    """Refuses a body above the limit: by its announced size, or as soon as it has grown past it."""

    def __init__(
        self, app: ASGIApp, limit_bytes: int, larger: Mapping[str, int] | None = None
    ) -> None:
        """Makes it.

        Args:
            app: What answers.
            limit_bytes: How large a body may be.
            larger: The paths whose bodies may be larger, and by what limit. Whatever answers there
                reads the body itself, after it knows who asks.
        """
        self._app = app
        self._limit_bytes = limit_bytes
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._larger.get(scope["path"], self._limit_bytes)
        announced = dict(scope["headers"]).get(b"content-length", b"")
        if announced.isdigit() and int(announced[:20]) > limit_bytes:
            await answer_for(TooLarge())(scope, receive, send)
            return
        read_bytes = 0

        async def bounded() -> Message:
            nonlocal read_bytes
            message = await receive()
            read_bytes += len(message.get("body", b""))
            if read_bytes > limit_bytes:
                # The framework hands this one through while it reads a body; others become a 400.
                raise HTTPException(413)
            return message

        await self._app(scope, bounded, send)
