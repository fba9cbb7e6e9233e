"""Everything beside REST and sockets: the web client's pages and files, and /docs."""

import asyncio
import re
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from codeinterview_server.domain.errors import NotFound

from .errors import answer_for, envelope
from .headers import page_policy
from .web_files import WebFile, WebFiles

_PAGE = re.compile(r"/|/[is]/[^/]+/?")
_MACHINE_PATHS: Final = ("/api/", "/ws/", "/assets/", "/sandbox/")
_ASSET_POLICY: Final = "default-src 'self'; frame-ancestors 'none'"
_CLOSED_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_MESSAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>CodeInterview</title></head>
<body><h1>CodeInterview</h1><p>{}</p></body></html>
"""
_NOT_BUILT = (
    "The web client was not built. Run <code>make setup</code> and reload this page; the server "
    "need not be started again."
)
_NO_DOCS = (
    "The interactive reference was not built. The interface is described by "
    '<a href="/openapi.json">openapi.json</a>.'
)


class Pages:
    """An ASGI app that answers whatever no route does."""

    def __init__(self, files: WebFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request; a socket is refused."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        response = await self._respond(Request(scope))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        # Not out of the URL: parsing one drops tabs and ends of lines.
        path: str = request.scope["path"]
        if path.startswith("/api/"):
            return answer_for(NotFound())
        if request.method not in {"GET", "HEAD"}:
            return envelope(
                405,
                "METHOD_NOT_ALLOWED",
                "This address can only be read.",
                headers={"Allow": "GET, HEAD"},
            )
        if path == "/docs":
            return await self._docs(request)
        if _PAGE.fullmatch(path):
            return await self._index(request, 200)
        name = path.removeprefix("/")
        file = await self._find(request, name) if name not in {"index.html", "docs.html"} else None
        if file is not None:
            return self._send(request, file)
        if path.startswith(_MACHINE_PATHS) or "text/html" not in request.headers.get("accept", ""):
            return answer_for(NotFound())
        return await self._index(request, 404)

    async def _index(self, request: Request, status: int) -> Response:
        file = await self._find(request, "index.html")
        if file is None:
            return HTMLResponse(_MESSAGE.format(_NOT_BUILT), 503)
        return self._send(request, file, status)

    async def _docs(self, request: Request) -> Response:
        file = await self._find(request, "docs.html")
        if file is None:
            return HTMLResponse(_MESSAGE.format(_NO_DOCS))
        return self._send(request, file)

    async def _find(self, request: Request, name: str) -> WebFile | None:
        accepts = request.headers.get("accept-encoding", "")
        return await asyncio.to_thread(self._files.find, name, accepts)

    def _send(self, request: Request, file: WebFile, status: int = 200) -> Response:
        headers = {"ETag": file.etag, **self._policy(request, file)}
        # What a session's page needs once it will need again: only names with a hash are for good.
        headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if file.is_immutable else "no-cache"
        )
        if file.varies:
            headers["Vary"] = "Accept-Encoding"
        if status == 200 and file.etag in _etags(request):
            return Response(status_code=304, headers=headers)
        if file.encoding is not None:
            headers["Content-Encoding"] = file.encoding
        return FileResponse(
            file.source, status, headers, media_type=file.mime_type, stat_result=file.status
        )

    def _policy(self, request: Request, file: WebFile) -> dict[str, str]:
        in_sandbox = file.path.startswith("sandbox/")
        if not file.path.endswith(".html"):
            # A worker's script brings the policy that the worker runs under.
            policy = _ASSET_POLICY
        elif in_sandbox:
            name = file.path.removeprefix("sandbox/")
            policy = self._files.sandbox_policies().get(name, _CLOSED_POLICY)
            if "frame-ancestors" not in policy:
                policy = f"{policy}; frame-ancestors 'self'"
        else:
            policy = page_policy(request.headers.get("host", ""))
        headers = {"Content-Security-Policy": policy}
        if in_sandbox:
            # The sandbox's frame has no origin, so even its own files are another's to it.
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            # A page that hears its end could put it off, and its endless loop would outlive it.
            headers["Permissions-Policy"] = "unload=()"
            # Content security policies do not cover WebRTC; a frame with this may not use any.
            headers["Connection-Allowlist"] = "()"
        return headers


def _etags(request: Request) -> set[str]:
    header = request.headers.get("if-none-match", "")
    return {item.strip().removeprefix("W/") for item in header.split(",")}
