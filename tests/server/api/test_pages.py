"""Pages, files and their headers, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse
from tests.server.served import client, served
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from codeinterview_server.api.headers import SecurityHeaders
from codeinterview_server.api.pages import Pages
from codeinterview_server.api.web_files import WebFiles

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

SCRIPT = "/assets/index-3f9a2b1c.js"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "web_dist"
    for name, content in {
        "index.html": "<!doctype html>the client",
        "docs.html": "<!doctype html>the reference",
        "assets/index-3f9a2b1c.js": "let x = 1",
        "assets/index-3f9a2b1c.js.gz": "(compressed)",
        "sandbox/runner.html": "<!doctype html>the sandbox",
        "sandbox/unlisted.html": "<!doctype html>no policy",
        "sandbox/worker-00000001.js": "let y = 1",
        "sandbox/csp.json": '{"runner.html": "default-src \'none\'; script-src blob:"}',
        "favicon.svg": "<svg/>",
        "wide.wasm": "wasm",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.fixture
async def http(root: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(SecurityHeaders(Pages(WebFiles(root)))) as origin,
        client(origin, headers={"Accept-Encoding": "identity"}) as http,
    ):
        yield http


HTML = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize("path", ["/", "/i/1a2b3c4d", "/s/1a2b3c4d", "/i/anything/", "/s/x?y=z"])
async def test_every_page_is_the_client(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert answer.text.endswith("the client")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


PAGE = """<!doctype html>
<script src="./assets/index-3f9a2b1c.js"></script><a href="./openapi.json">"./ =./ ="/</a>"""


@pytest.mark.parametrize(
    ("path", "status", "up"),
    [
        ("/", 200, "./"),
        ("/?a=/b/c", 200, "./"),
        ("/docs", 200, "./"),
        ("/i/1a2b3c4d", 200, "../"),
        ("/i/1a2b3c4d/", 200, "../../"),
        ("/i//1a2b3c4d", 404, "../../"),
        ("/nowhere", 404, "./"),
        ("/no/where/at/all", 404, "../../../"),
        # Encoded, these are no slashes to a browser.
        ("/i/1a2b%2F3c4d", 404, "../"),
        ("/i%2F1a2b3c4d", 200, "./"),
        ("/" * 16, 404, "../" * 15),
    ],
)
async def test_a_page_names_its_files_from_where_the_browser_sees_it(
    http: httpx.AsyncClient, root: Path, path: str, status: int, up: str
) -> None:
    for name in ("index.html", "docs.html"):
        (root / name).write_text(PAGE)
    base = str(http.base_url).removesuffix("/")
    answer = await http.get(base + path, headers=HTML)
    assert answer.status_code == status
    assert answer.text == PAGE.replace('"./assets', f'"{up}assets').replace(
        '"./openapi', f'"{up}openapi'
    )
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    # A page that is far down would name its files at great length.
    assert (await http.get(base + "/" * 17 + "nowhere", headers=HTML)).json()["detail"]


async def test_a_page_may_load_and_reach_its_own_server_alone(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    host = f"{http.base_url.host}:{http.base_url.port}"
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == f"'self' ws://{host} wss://{host}"
    assert policy["frame-ancestors"] in {"'none'", "'self'"}
    assert policy["base-uri"] == "'none'"


async def test_the_clients_files(http: httpx.AsyncClient) -> None:
    answer = await http.get(SCRIPT)
    assert (answer.status_code, answer.text) == (200, "let x = 1")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in answer.headers
    wasm = await http.get("/wide.wasm")
    assert wasm.headers["Content-Type"] == "application/wasm"
    assert wasm.headers["Cache-Control"] == "no-cache"


async def test_a_compressed_file_is_sent_as_it_lies_there(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", SCRIPT, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert raw == b"(compressed)"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(raw))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_what_has_not_changed_is_not_sent_again(http: httpx.AsyncClient, root: Path) -> None:
    etag = (await http.get("/")).headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = await http.get("/", headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    (root / "index.html").write_text("<!doctype html>the new client")
    changed = await http.get("/", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.text) == (200, "<!doctype html>the new client")


async def test_head_has_the_headers_alone(http: httpx.AsyncClient) -> None:
    answer = await http.head(SCRIPT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "9"


async def test_a_part_of_a_file(http: httpx.AsyncClient) -> None:
    answer = await http.get(SCRIPT, headers={"Range": "bytes=4-6"})
    assert (answer.status_code, answer.text) == (206, "x =")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_pages_can_only_be_read(http: httpx.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json()["detail"]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/",
        "/ws/sessions/1a2b3c4d",
        "/assets/nothing.js",
        "/sandbox/nothing.html",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd.txt",
        "//evil.example/index.html",
    ],
)
async def test_machines_are_told_that_there_is_nothing(http: httpx.AsyncClient, path: str) -> None:
    for headers in (
        ({}, HTML) if path.startswith(("/api", "/ws", "/assets/n", "/sandbox")) else ({},)
    ):
        answer = await http.get(path, headers=headers)
        assert answer.status_code == 404
        assert answer.json()["detail"]["code"] == "NOT_FOUND"


async def test_people_are_told_by_a_page(http: httpx.AsyncClient) -> None:
    for path in ("/nothing", "/s/", "/i/a/b", "/index.html", "/docs.html"):
        answer = await http.get(path, headers=HTML)
        assert answer.status_code == 404, path
        assert answer.text.endswith("the client"), path


async def test_the_sandbox_has_the_policy_that_came_with_it(http: httpx.AsyncClient) -> None:
    answer = await http.get("/sandbox/runner.html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; script-src blob:; frame-ancestors 'self'"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Connection-Allowlist"] == "()"
    script = await http.get("/sandbox/worker-00000001.js")
    assert script.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_page_of_the_sandbox_without_a_policy_can_do_nothing(
    http: httpx.AsyncClient,
) -> None:
    policy = (await http.get("/sandbox/unlisted.html")).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; sandbox")


async def test_other_files_may_not_be_taken_by_other_sites(http: httpx.AsyncClient) -> None:
    for path in ("/", SCRIPT, "/favicon.svg"):
        answer = await http.get(path)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_a_client_that_was_not_built_says_what_to_do(
    http: httpx.AsyncClient, root: Path
) -> None:
    (root / "index.html").unlink()
    answer = await http.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
    (root / "index.html").write_text("built now")
    assert (await http.get("/")).text == "built now"


async def test_the_reference_is_a_page_of_its_own(http: httpx.AsyncClient, root: Path) -> None:
    assert (await http.get("/docs")).text.endswith("the reference")
    (root / "docs.html").unlink()
    answer = await http.get("/docs")
    assert answer.status_code == 200
    assert "/openapi.json" in answer.text


async def test_a_socket_where_there_is_none_is_refused(http: httpx.AsyncClient) -> None:
    url = str(http.base_url).replace("http", "ws")
    with pytest.raises(InvalidStatus) as refusal:
        await connect(f"{url}/nothing")
    assert refusal.value.response.status_code == 403


async def test_an_answers_own_headers_stand() -> None:
    app = PlainTextResponse("x", headers={"Cache-Control": "max-age=1", "X-Own": "1"})
    async with served(SecurityHeaders(app)) as origin, client(origin) as http:
        answer = await http.get("/")
    assert answer.headers["Cache-Control"] == "max-age=1"
    assert answer.headers["X-Own"] == "1"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Server" not in answer.headers
