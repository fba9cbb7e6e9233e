"""Requests that no client of ours makes: each gets a refusal, and none a failure or a file."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.server.stage import Stage, staged

from codeinterview_server import http_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database

TIMEOUT_S = 20.0
SECRET = "outside the web client"


@pytest.fixture
def web_dist(tmp_path: Path) -> Path:
    root = tmp_path / "web_dist"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>the client")
    (root / "assets" / "index-3f9a2b1c.js").write_text("let x = 1")
    (tmp_path / "outside.js").write_text(SECRET)
    (tmp_path / "host.key").write_text(SECRET)
    return root


@pytest.fixture
async def stage(database: Database, data_dir: Path, web_dist: Path) -> AsyncIterator[Stage]:
    async with staged(database, data_dir, web_dist=web_dist) as stage:
        yield stage


async def exchange(origin: str, request: bytes) -> bytes:
    """All that the server says to some bytes before it closes the connection."""
    host, _, port = origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    heard = b""
    try:
        with suppress(ConnectionError):
            writer.write(request)
            async with asyncio.timeout(TIMEOUT_S):
                while data := await reader.read(65536):
                    heard += data
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return heard


def statuses(heard: bytes) -> list[int]:
    """The status of each answer."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", heard)]


def get(path: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    """A request as bytes, whatever is in it."""
    lines = [b"%s %s HTTP/%s" % (method, path, version), b"Host: 127.0.0.1", *headers]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def check(stage: Stage, heard: bytes, caplog: pytest.LogCaptureFixture, asked: bytes) -> None:
    """Refused in words, without a trace of how the server works or of another's file."""
    assert all(400 <= status < 500 for status in statuses(heard)), (asked, heard[:300])
    for word in (b"Traceback", b"site-packages", b".py", SECRET.encode(), stage.host_key.encode()):
        assert word not in heard, asked
    assert not [record for record in caplog.records if record.exc_info], caplog.text


CHUNKED = b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
PATHS = [
    b"/../host.key",
    b"/..%2fhost.key",
    b"/%2e%2e/host.key",
    b"/%2e%2e%2fhost.key",
    b"/assets/../../outside.js",
    b"/assets/..%2f..%2foutside.js",
    b"/assets/%2e%2e/%2e%2e/outside.js",
    b"/assets/..\\..\\outside.js",
    b"/assets/..%5c..%5coutside.js",
    b"/assets/%c0%ae%c0%ae/outside.js",
    b"/assets/%252e%252e%252foutside.js",
    b"/assets//etc/passwd",
    b"/assets/%00",
    b"/assets/index-3f9a2b1c.js%00.txt",
    b"/assets/index-3f9a2b1c.js%0a",
    b"/assets/%ff%fe.js",
    b"/assets/index-3f9a2b1c.js/",
    b"/assets/" + b"a" * 6000 + b".js",
    b"//evil.example/%2e%2e",
    b"/docs/../../host.key",
    b"/api/v1/sessions/%00",
    b"/api/v1/sessions/1a2b3c4%00",
    b"/api/v1/sessions/1a2b3c4d%0d%0aSet-Cookie:x=y",
    b"/api/v1/sessions/%ff%ff%ff%ff%ff%ff%ff%ff",
    b"/api/v1/sessions/..%2f..%2fme",
    b"/api/v1/sessions/1a2b3c4d%2fpreview",
    b"/api/v1/sessions/1A2B3C4D/preview",
    b"/api/v1/sessions/\xd9\xa1a2b3c4d/preview",
    b"/api/v1/sessions/%d9%a1%d9%a1%d9%a1%d9%a1%d9%a1%d9%a1%d9%a1%d9%a1/preview",
    b"/api/v1/sessions/1a2b3c4d/participants/%00",
    b"/api/v1/sessions?limit=-1",
    b"/api/v1/sessions?limit=1e9",
    b"/api/v1/../../host.key",
    b"/ws/sessions/%00",
]


async def test_paths(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    key = b"Authorization: Bearer " + stage.host_key.encode()
    for path in PATHS:
        for headers in ((), (key,), (key, b"CodeInterview-Invite: \xff" + b"x" * 50)):
            heard = await exchange(stage.origin, get(path, *headers))
            assert len(statuses(heard)) == 1, path
            check(stage, heard, caplog, path)


HEADS = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /\r\n\r\n",
    b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
    b"\x00" * 100 + b"\r\n\r\n",
    get(b"/", b"X: a\x00b"),
    get(b"/", b"X : y"),
    get(b"/", b" folded: y"),
    get(b"/", b"Transfer-Encoding: chunked", b"Content-Length: 5", method=b"POST"),
    get(b"/", b"Content-Length: 5", b"Content-Length: 6", method=b"POST"),
    get(b"/", b"Content-Length: -1", method=b"POST"),
    get(b"/", b"Content-Length: 99999999999999999999999", method=b"POST"),
    get(b"/", b"Transfer-Encoding: gzip, chunked", method=b"POST") + b"zz\r\n\r\n",
    get(b"/", b"X: " + b"a" * 200_000),
    get(b"/" + b"a" * 200_000),
    get(b"/", *(b"X-%d: y" % n for n in range(20_000))),
    get(b"/", b"Upgrade: h2c", b"HTTP2-Settings: x", method=b"PATCH"),
    get(b"/api/v1/me", b"Authorization: Bearer \xff\xfe"),
    get(b"/api/v1/me", b"Authorization: Bearer " + b"x" * 60_000),
    get(b"/api/v1/me", b"Authorization: Basic QQ=="),
    get(b"/api/v1/me", b"Authorization: Bearer a", b"Authorization: Bearer b"),
]


async def test_heads(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "_IDLE_S", 0.3)
    answers = await asyncio.gather(*(exchange(stage.origin, head) for head in HEADS))
    for head, heard in zip(HEADS, answers, strict=True):
        check(stage, heard, caplog, head[:80])
    assert (await stage.http.get("/")).text.endswith("the client"), "the others are served"


async def test_old_and_impatient_clients(stage: Stage) -> None:
    for version in (b"1.0", b"1.1"):
        heard = await exchange(stage.origin, get(b"/", version=version))
        assert statuses(heard) == [200]
        assert heard.endswith(b"the client")
    last = get(b"/", method=b"HEAD")
    many = last.replace(b"Connection: close\r\n", b"") * 49 + last
    assert statuses(await exchange(stage.origin, many)) == [200] * 50
    # What follows a refusal on one connection is a request of its own, with its own checks.
    evil = b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    assert statuses(await exchange(stage.origin, evil + get(b"/"))) == [400, 200]


async def test_a_query_may_hold_what_it_likes(stage: Stage) -> None:
    for query in ("%00", "%ed%a0%80", "%ff", "%25", "'--", "\\", "%F0%9F%98%80"):
        answer = await stage.call("GET", f"/sessions?query={query}", stage.host_key)
        assert answer.json() == {"success": True, "data": [], "total": 0}, query


FILLED = b"x" * 8000


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"GET /" + FILLED, FILLED),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", FILLED),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X: y\r\n" * 1600),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + FILLED, FILLED),
        (CHUNKED + b"1\r\nx\r\n0\r\n", b"X: y\r\n" * 1600),
        (CHUNKED + b"1\r\nx\r\n0\r\nX: ", FILLED),
        (CHUNKED + b"1;", FILLED),
        (CHUNKED, b"1;" + FILLED + b"\r\nx\r\n"),
    ],
    ids=["line", "value", "headers", "name", "trailers", "trailer", "extension", "extensions"],
)
async def test_a_head_without_end_is_not_gathered(
    stage: Stage,
    start: bytes,
    more: bytes,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Not because it takes its time.
    monkeypatch.setattr(http_server, "_IDLE_S", 3 * TIMEOUT_S)
    host, _, port = stage.origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(start)
    sent = 0

    async def pour() -> None:
        nonlocal sent
        with suppress(ConnectionError):
            while True:
                writer.write(more)
                await writer.drain()
                sent += len(more)

    heard = b""
    pouring = asyncio.create_task(pour())
    with suppress(ConnectionError):
        async with asyncio.timeout(TIMEOUT_S):
            heard = await reader.read()
    pouring.cancel()
    await asyncio.wait([pouring])
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    check(stage, heard, caplog, start[:80])
    # What is on its way, in the buffers of both sides, comes on top.
    assert sent < 32 * 1024 * 1024


async def test_a_body_in_small_pieces_is_a_body(stage: Stage) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for byte in b'{"creator": {"id": "i", "name": "Ines", "color": ""}, "code": "%s"}' % (
            b"x" * 20_000
        ):
            yield bytes((byte,))

    key = {"Content-Type": "application/json"}
    created = await stage.call("POST", "/sessions", stage.host_key, content=pieces(), headers=key)
    assert created.status_code == 201
    large = {"creator": {"id": "i", "name": "Ines", "color": ""}, "code": "x" * 1_000_000}
    assert (await stage.call("POST", "/sessions", stage.host_key, json=large)).status_code == 201


async def test_a_part_of_a_file(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    path = "/assets/index-3f9a2b1c.js"
    asked = {
        "bytes=0-2": 206,
        "bytes=-3": 206,
        "bytes=4-": 206,
        "bytes=0-2,4-5": 206,
        "bytes=99-": 416,
        "bytes=5-2": 400,
        "bytes=a-b": 400,
        "bytes=": 400,
        "lines=0-1": 400,
        "bytes=-": 400,
        f"bytes=0-{10**40}": 206,
    }
    for header, status in asked.items():
        answer = await stage.http.get(path, headers={"Range": header})
        assert answer.status_code == status, header
    many = "bytes=" + ",".join("0-8" for _ in range(5_000))
    answer = await stage.http.get(path, headers={"Range": many})
    assert answer.status_code in {200, 206, 400, 416}
    assert len(answer.content) < 10_000, "many overlapping parts are not sent many times over"
    assert not [record for record in caplog.records if record.exc_info], caplog.text


async def test_every_route_answers_every_method(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    described = (await stage.http.get("/openapi.json")).json()["paths"]
    paths = [re.sub(r"\{[^}]*\}", "1a2b3c4d", path) for path in described]
    assert len(paths) > 8
    for path in [*paths, "/", "/docs", "/openapi.json", "/assets/index-3f9a2b1c.js", "/nowhere"]:
        for method in ("HEAD", "OPTIONS", "TRACE", "PROPFIND", "BREW", "PUT", "DELETE", "POST"):
            answer = await stage.http.request(method, path)
            assert answer.status_code < 500, (method, path)
            if method in {"TRACE", "PROPFIND", "BREW", "OPTIONS"}:
                assert 400 <= answer.status_code < 500, (method, path)
            assert "Access-Control-Allow-Methods" not in answer.headers, (method, path)
    assert not [record for record in caplog.records if record.exc_info], caplog.text
