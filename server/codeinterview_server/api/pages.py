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
from .reach import Reach
from .web_files import WebFile, WebFiles

_PAGE = re.compile(r"/|/[is]/[^/]+/?")
_MACHINE_PATHS: Final = ("/api/", "/ws/", "/assets/", "/sandbox/")
_ASSET_POLICY: Final = "default-src 'self'; frame-ancestors 'none'"
_CLOSED_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
_AT_THE_ROOT: Final = '="./'
"""How built pages begin what they name."""
_DEEPEST: Final = 16
"""Beyond so many slashes there is no page that says that there is none."""
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
    """An ASGI app that answers whatever no route does.

    Pages name their files relative to where the browser sees them, so that they work below
    whatever path a proxy in front of us puts them: the built ones are written for the root.
    """

    def __init__(self, files: WebFiles, reach: Reach | None = None) -> None:
        self._files = files
        self._reach = reach or Reach()

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
        is_deep = path.count("/") > _DEEPEST
        is_for_people = "text/html" in request.headers.get("accept", "")
        if path.startswith(_MACHINE_PATHS) or is_deep or not is_for_people:
            return answer_for(NotFound())
        return await self._index(request, 404)

    async def _index(self, request: Request, status: int) -> Response:
        page = await self._page(request, "index.html", status)
        return HTMLResponse(_MESSAGE.format(_NOT_BUILT), 503) if page is None else page

    async def _docs(self, request: Request) -> Response:
        page = await self._page(request, "docs.html")
        return HTMLResponse(_MESSAGE.format(_NO_DOCS)) if page is None else page

    async def _page(self, request: Request, name: str, status: int = 200) -> Response | None:
        file = await asyncio.to_thread(self._files.find, name, "")
        if file is None:
            return None
        headers = self._headers(request, file)
        if status == 200 and file.etag in _etags(request):
            return Response(status_code=304, headers=headers)
        text = await asyncio.to_thread(file.source.read_text, "utf-8")
        # Not the decoded path: the browser sees a slash only where there is one.
        depth = request.scope["raw_path"].count(b"/") - 1
        text = text.replace(_AT_THE_ROOT, f'="{"../" * depth or "./"}')
        return HTMLResponse(text, status, headers)

    async def _find(self, request: Request, name: str) -> WebFile | None:
        accepts = request.headers.get("accept-encoding", "")
        return await asyncio.to_thread(self._files.find, name, accepts)

    def _send(self, request: Request, file: WebFile) -> Response:
        headers = self._headers(request, file)
        if file.varies:
            headers["Vary"] = "Accept-Encoding"
        if file.etag in _etags(request):
            return Response(status_code=304, headers=headers)
        if file.encoding is not None:
            headers["Content-Encoding"] = file.encoding
        return FileResponse(
            file.source, 200, headers, media_type=file.mime_type, stat_result=file.status
        )

    def _headers(self, request: Request, file: WebFile) -> dict[str, str]:
        # What a session's page needs once it will need again: only names with a hash are for good.
        kept = "public, max-age=31536000, immutable" if file.is_immutable else "no-cache"
        return {"ETag": file.etag, "Cache-Control": kept, **self._policy(request, file)}

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
            public = self._reach.public
            hosts = dict.fromkeys(
                (request.headers.get("host", ""), *([public.host] if public else []))
            )
            policy = page_policy(hosts)
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
