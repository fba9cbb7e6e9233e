"""Every answer has the headers that keep browsers from doing what no page of ours needs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.server.stage import Stage, staged
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from codeinterview_server.api.web_files import WEB_DIST
from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database

CSP = "Content-Security-Policy"


@pytest.fixture
async def stage(database: Database, data_dir: Path) -> AsyncIterator[Stage]:
    """The server with the web client that ships."""
    async with staged(database, data_dir, web_dist=WEB_DIST) as stage:
        yield stage


def policy_of(header: str) -> dict[str, list[str]]:
    """A content security policy: what may come from where."""
    parts = (part.split() for part in header.split(";"))
    return {part[0]: part[1:] for part in parts if part}


async def test_every_answer_has_the_headers(stage: Stage) -> None:
    interview = await stage.create()
    asset = next((WEB_DIST / "assets").glob("*.js")).name
    html = {"Accept": "text/html"}
    asked = {
        "a page": ("GET", "/", html),
        "the join page": ("GET", f"/i/{interview.id}", html),
        "the room": ("GET", f"/s/{interview.id}", html),
        "no page": ("GET", "/nowhere", html),
        "the reference": ("GET", "/docs", html),
        "its description": ("GET", "/openapi.json", {}),
        "a file": ("GET", f"/assets/{asset}", {}),
        "no file": ("GET", "/assets/none.js", {}),
        "an answer": ("GET", "/api/v1/health", {}),
        "a refusal": ("GET", f"/api/v1/sessions/{interview.id}", {}),
        "no route": ("GET", "/api/v1/nothing", {}),
        "a wrong method": ("DELETE", "/", {}),
        "another name": ("GET", "/", {"Host": "rebound.example"}),
        "another site": ("POST", "/api/v1/sessions", {"Origin": "http://evil.example"}),
        "a body too large": ("POST", "/api/v1/sessions", {}),
    }
    for what, (method, path, headers) in asked.items():
        body = b"x" * (Limits().body_bytes + 1) if what == "a body too large" else b""
        answer = await stage.http.request(method, path, headers=headers, content=body)
        said = answer.headers
        policy = policy_of(said["Content-Security-Policy"])
        scripts = policy.get("script-src", policy["default-src"])
        assert set(scripts) <= {"'self'", "'none'"}, what
        assert policy["frame-ancestors"] == ["'none'"], what
        assert said["X-Content-Type-Options"] == "nosniff", what
        assert said["Referrer-Policy"] == "no-referrer", what
        assert said["Cross-Origin-Resource-Policy"] == "same-origin", what
        assert "Access-Control-Allow-Origin" not in said, what
        assert "Set-Cookie" not in said, what
        assert "Server" not in said, what


async def test_a_pages_policy_word_for_word(stage: Stage) -> None:
    """Each source is there because something of ours needs it; a further one is a decision."""
    host = f"{stage.http.base_url.host}:{stage.http.base_url.port}"
    interview = await stage.create()
    html = {"Accept": "text/html"}
    for path in ("/", f"/i/{interview.id}", f"/s/{interview.id}", "/docs", "/nowhere"):
        policy = policy_of((await stage.http.get(path, headers=html)).headers[CSP])
        assert policy == {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "style-src": ["'self'", "'unsafe-inline'"],
            "font-src": ["'self'"],
            "img-src": ["'self'", "data:", "blob:"],
            "connect-src": ["'self'", f"ws://{host}", f"wss://{host}"],
            "worker-src": ["'self'", "blob:"],
            "frame-src": ["'self'", "blob:"],
            "manifest-src": ["'self'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
        }, path
    for path in ("/api/v1/health", "/openapi.json", "/api/v1/nothing"):
        answer = await stage.http.get(path)
        assert policy_of(answer.headers[CSP]) == {
            "default-src": ["'none'"],
            "frame-ancestors": ["'none'"],
        }, path
        assert answer.headers["Cache-Control"] == "no-store", path


async def test_pages_that_were_not_built_have_a_policy_too(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir) as stage:
        for path in ("/", "/docs", "/nowhere"):
            page = await stage.http.get(path, headers={"Accept": "text/html"})
            assert page.headers["Content-Type"].startswith("text/html"), path
            assert policy_of(page.headers[CSP]) == {
                "default-src": ["'none'"],
                "frame-ancestors": ["'none'"],
            }, path


async def test_the_whole_server_is_for_its_own_pages_alone(stage: Stage) -> None:
    """That the guard works is tested with it; here, that it stands in front of everything."""
    interview = await stage.create()
    url = f"{stage.origin.replace('http', 'ws', 1)}/ws/sessions/{interview.id}"
    url = f"{url}?token={interview.creator.token}"
    key = {"Authorization": f"Bearer {stage.host_key}"}
    for path in ("/", "/docs", "/api/v1/sessions", f"/i/{interview.id}", "/assets/x.js"):
        rebound = await stage.http.get(path, headers={"Host": "rebound.example", **key})
        assert rebound.status_code == 400, path
        assert "--allowed-hosts" in rebound.json()["detail"]["error"]
    path = f"/api/v1/sessions/{interview.id}"
    for method in ("PATCH", "DELETE"):
        evil = {"Origin": "http://evil.example", **key}
        answer = await stage.http.request(method, path, headers=evil, json={"title": "Evil"})
        assert answer.status_code == 403, method
    assert (await stage.ask("GET", path[7:], stage.host_key))["data"]["title"] != "Evil"
    for headers in ({"Origin": "http://evil.example"}, {"Host": "rebound.example"}):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url, additional_headers=headers, proxy=None)
        assert refusal.value.response.status_code == 403
    async with connect(url, origin=Origin(stage.origin), proxy=None) as websocket:
        assert await websocket.recv()


async def test_a_body_is_bounded_whatever_is_asked(stage: Stage) -> None:
    body = b"x" * (Limits().body_bytes + 1)
    for path in ("/api/v1/sessions", "/api/v1/sessions/1a2b3c4d/join", "/api/v1/nothing", "/"):
        answer = await stage.http.post(path, content=body)
        assert answer.status_code == 413, path


async def test_what_a_header_says_of_an_address_is_not_believed(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, joins_per_minute=1, previews_per_minute=1) as stage:
        interview = await stage.create()
        statuses = []
        for n in range(8):
            claims = {
                "X-Forwarded-For": f"198.51.100.{n}",
                "X-Real-IP": f"198.51.100.{n}",
                "Forwarded": f"for=198.51.100.{n};host=evil.example;proto=https",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "evil.example",
            }
            path = f"/sessions/{interview.id}"
            answer = await stage.call("GET", path, "x" * 43, headers=claims)
            statuses.append(answer.status_code)
        assert statuses == [401, 401, *[429] * 6]
        page = await stage.http.get("/docs", headers={**claims, "Accept": "text/html"})
        assert "evil.example" not in page.text + str(page.headers)


async def test_pages_hold_no_script_of_their_own(stage: Stage) -> None:
    """The policy would keep it from running; it would be a fault all the same."""
    for path in ("/", "/docs"):
        page = (await stage.http.get(path)).text
        assert "<script" in page
        for attributes, script in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert 'src="./' in attributes, path
            assert not script.strip(), path
        assert not re.search(r"\son[a-z]+\s*=", page), path
        assert "javascript:" not in page, path


async def test_only_the_sandboxs_files_may_be_taken_by_others(stage: Stage) -> None:
    files = [path for path in WEB_DIST.rglob("*") if path.is_file()]
    names = {path.relative_to(WEB_DIST).as_posix() for path in files}
    open_to_all = set()
    for name in sorted(names - {"index.html", "docs.html"}):
        if name.endswith((".br", ".gz")):
            continue
        answer = await stage.http.head(f"/{name}", headers={"Origin": "http://evil.example"})
        if "Access-Control-Allow-Origin" in answer.headers:
            open_to_all.add(name)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer.headers
    assert open_to_all
    assert all(name.startswith("sandbox/") for name in open_to_all)


async def test_the_described_interface_holds_no_secret(stage: Stage) -> None:
    interview = await stage.create()
    described = (await stage.http.get("/openapi.json")).text + (await stage.http.get("/docs")).text
    secrets = (stage.host_key, stage.run_key, interview.creator.token, *interview.invites.values())
    for secret in secrets:
        assert secret not in described
    # Nor does an example that looks like one.
    examples = re.findall(r'"(?:example|examples|default)":\s*("[^"]*"|\[[^\]]*\])', described)
    for example in examples:
        assert not re.search(r"[A-Za-z0-9_-]{22,}", json.dumps(example)), example
