"""What the server says of itself: health, credentials, previews, its description, its refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.server.stage import Stage, error, staged
from tests.support.proxy import cable_to

from codeinterview_server.api.errors import STATUSES
from codeinterview_server.db.engine import Database
from codeinterview_server.db.migrate import upgrade
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import DomainError

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_server_that_works_says_so(stage: Stage) -> None:
    before = now_ms()
    answer = await stage.call("GET", "/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "timestamp"}
    assert answer.json()["status"] == "ok"
    assert before <= answer.json()["timestamp"] <= now_ms()


async def test_a_database_that_is_away_is_told_wherever_it_is_needed_and_comes_back(
    tcp_postgres_url: str, data_dir: Path
) -> None:
    port = urlsplit(tcp_postgres_url).port
    assert port is not None
    upgrade(tcp_postgres_url)
    async with cable_to(port) as cable:
        database = Database(tcp_postgres_url.replace(f":{port}/", f":{cable.port}/"))
        await database.start()
        try:
            async with staged(database, data_dir) as stage:
                interview = await stage.create(code="x\n", language="python")
                candidate = await stage.join(interview)
                creator = {"id": "a", "name": "A", "color": ""}
                cable.cut()
                for method, path, token, body in (
                    ("GET", "/health", None, None),
                    ("GET", "/me", "x" * 43, None),
                    ("GET", "/sessions", stage.host_key, None),
                    ("GET", "/sessions/00000000/preview", None, None),
                    ("POST", "/sessions", stage.host_key, {"creator": creator}),
                    ("PATCH", f"/sessions/{interview.id}", stage.host_key, {"title": "x"}),
                    ("GET", "/sessions/00000000", stage.host_key, None),
                ):
                    answer = await stage.call(method, path, token, json=body)
                    assert error(answer) == (503, "DATABASE_AWAY"), (method, path)
                # A loaded room knows all this by itself.
                for path, known in (
                    ("/me", candidate.token),
                    (f"/sessions/{interview.id}", candidate.token),
                    (f"/sessions/{interview.id}/participants", candidate.token),
                    (f"/sessions/{interview.id}/preview", None),
                ):
                    await stage.ask("GET", path, known)
                cable.mend()
                assert (await stage.call("GET", "/health")).status_code == 200
                read = await stage.ask("GET", f"/sessions/{interview.id}", candidate.token)
                assert read["data"]["code"] == "x\n"
                await stage.ask("DELETE", f"/sessions/{interview.id}", stage.host_key)
        finally:
            await database.stop()


async def test_a_credential_says_what_it_is_good_for(stage: Stage) -> None:
    interview = await stage.create()
    waiting = await stage.join(interview, None)
    for key in (stage.host_key, stage.run_key):
        assert await stage.ask("GET", "/me", key) == {"success": True, "host": True}
    me = await stage.ask("GET", "/me", interview.creator.token)
    assert (me["host"], me["session_id"]) == (False, interview.id)
    assert me["participant"]["id"] == "ines"
    me = await stage.ask("GET", "/me", waiting.token)
    assert me["participant"]["status"] == "waiting"
    assert error(await stage.call("GET", "/me")) == (401, "NOT_AUTHENTICATED")
    assert error(await stage.call("GET", "/me", "x" * 43)) == (401, "INVALID_TOKEN")
    for header in ("Basic dXNlcjpwYXNz", "Bearer", stage.host_key):
        answer = await stage.call("GET", "/me", headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_preview_says_enough_to_join_and_no_more(stage: Stage) -> None:
    interview = await stage.create(title="Backend", language="python", code="secret\n")
    answer = await stage.call("GET", f"/sessions/{interview.id}/preview")
    assert answer.json() == {
        "success": True,
        "data": {
            "id": interview.id,
            "title": "Backend",
            "phase": "open",
            "language": "python",
            "join_policy": "invite",
            "approval_required": True,
        },
    }


async def test_previews_are_bounded_by_address(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, previews_per_minute=2) as stage:
        interview = await stage.create()
        for path in (f"/sessions/{interview.id}/preview", "/sessions/00000000/preview"):
            assert (await stage.call("GET", path)).status_code in (200, 404)
        answer = await stage.call("GET", f"/sessions/{interview.id}/preview")
        assert error(answer) == (429, "TOO_MANY_REQUESTS")
        assert 1 <= int(answer.headers["Retry-After"]) <= 30


async def test_the_interface_is_described(stage: Stage) -> None:
    answer = await stage.http.get("/openapi.json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    described = {
        (method.upper(), path.removeprefix("/api/v1")) for path in paths for method in paths[path]
    }
    session = "/sessions/{session_id}"
    assert described == {
        ("GET", "/health"),
        ("GET", "/me"),
        ("POST", "/sessions"),
        ("GET", "/sessions"),
        ("GET", "/account"),
        ("GET", "/links"),
        ("PUT", "/links"),
        ("GET", "/connection"),
        ("GET", "/listed"),
        ("PUT", "/listed"),
        ("POST", "/archives"),
        ("GET", f"{session}/archive"),
        ("GET", session),
        ("PATCH", session),
        ("DELETE", session),
        ("POST", f"{session}/join"),
        ("PUT", f"{session}/code"),
        ("GET", f"{session}/participants"),
        ("PATCH", f"{session}/participants/{{participant_id}}"),
        ("DELETE", f"{session}/participants/{{participant_id}}"),
        ("GET", f"{session}/invites"),
        ("POST", f"{session}/invites"),
        ("DELETE", f"{session}/invites/{{role}}"),
        ("GET", f"{session}/preview"),
    }
    docs = await stage.http.get("/docs")
    assert docs.status_code == 200
    assert "text/html" in docs.headers["Content-Type"]


async def test_answers_about_sessions_are_kept_by_no_cache(stage: Stage) -> None:
    interview = await stage.create()
    answer = await stage.call("GET", f"/sessions/{interview.id}", stage.host_key)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_what_is_not_there_and_what_is_not_allowed_look_like_refusals(stage: Stage) -> None:
    for path in ("/nothing", "/sessions/", "/sessions/1a2b3c4d/nothing"):
        assert error(await stage.call("GET", path, stage.host_key)) == (404, "NOT_FOUND")
    interview = await stage.create()
    answer = await stage.call("PUT", f"/sessions/{interview.id}", stage.host_key, json={})
    assert error(answer) == (405, "METHOD_NOT_ALLOWED")


async def test_an_unexpected_failure_tells_no_details(stage: Stage, database: Database) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE sessions RENAME COLUMN title TO heading")
    answer = await stage.call("GET", "/sessions?query=secret", stage.host_key)
    assert error(answer) == (500, "INTERNAL_ERROR")
    assert "heading" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_refusal_has_a_status() -> None:
    def kinds(kind: type[DomainError]) -> set[type[DomainError]]:
        return {kind} | {each for child in kind.__subclasses__() for each in kinds(child)}

    assert set(STATUSES) == kinds(DomainError) - {DomainError}
