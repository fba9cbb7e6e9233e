"""Every answer has the headers that keep browsers from doing what no page of ours needs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from tests.server.stage import Stage, staged

from codeinterview_server.api.web_files import WEB_DIST
from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from codeinterview_server.db.engine import Database


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


async def test_pages_hold_no_script_of_their_own(stage: Stage) -> None:
    """The policy would keep it from running; it would be a fault all the same."""
    for path in ("/", "/docs"):
        page = (await stage.http.get(path)).text
        assert "<script" in page
        for attributes, script in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            assert 'src="/' in attributes, path
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
