"""A server that is below a path, such as /interviews, of somebody's site."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class BasePath:
    """Takes the path off what is asked, unless a proxy did so before.

    Args:
        app: What answers, as if it were at the root.
        base: Begins with a slash and does not end in one; none of the app's own paths begins so.
    """

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        path, raw_path = scope["path"], scope["raw_path"]
        prefix = f"{self._base}/"
        if path == self._base and scope["type"] == "http":
            # A page names its files relative to where it is.
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{prefix}?{query}" if query else prefix)(scope, receive, send)
            return
        # Percent-encoded it is another path, which there is not.
        if path.startswith(prefix) and raw_path.startswith(prefix.encode()):
            cut = len(self._base)
            scope = {**scope, "path": path[cut:], "raw_path": raw_path[cut:]}
        await self._app(scope, receive, send)
