"""Sessions over HTTP: created, listed, read, changed, ended, deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.server.stage import Stage, error, staged

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.languages import LANGUAGES, main_file
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Role
from codeinterview_server.domain.sessions import DEFAULT_TITLE

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_server.db.engine import Database

CREATOR = {"id": "ada-1", "name": "Ada Lovelace", "color": "3"}
HOUR_MS = 3_600_000


# Creating.


async def test_a_session_is_created_with_all_that_its_creator_needs(stage: Stage) -> None:
    before = now_ms()
    answer = await stage.call("POST", "/sessions", stage.host_key, json={"creator": CREATOR})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"success", "data", "participant", "token", "invites"}
    assert body["success"] is True
    data = body["data"]
    person = {
        "id": "ada-1",
        "name": "Ada Lovelace",
        "role": "interviewer",
        "color": "3",
        "presence": 3,
        "status": "admitted",
        "joined_at": data["created_at"],
        "is_online": False,
    }
    assert data == {
        "id": data["id"],
        "title": DEFAULT_TITLE,
        "language": "javascript",
        "code": main_file("javascript").template,
        "files": {"main.js": main_file("javascript").template},
        "phase": "open",
        "locked": False,
        "join_policy": "invite",
        "observers_listed": True,
        "shared": False,
        "creator_id": "ada-1",
        "created_at": data["created_at"],
        "updated_at": data["created_at"],
        "expires_at": data["created_at"] + 24 * HOUR_MS,
        "participants": [person],
    }
    assert body["participant"] == person
    assert len(data["id"]) == 8
    assert set(data["id"]) <= set("0123456789abcdef")
    assert before <= data["created_at"] <= now_ms()
    assert set(body["invites"]) == {"candidate", "interviewer", "observer"}
    assert len({*body["invites"].values(), body["token"]}) == 4
    assert all(len(invite) == 22 for invite in body["invites"].values())
    read = await stage.ask("GET", f"/sessions/{data['id']}", body["token"])
    assert read == {"success": True, "data": data}


async def test_a_server_has_so_many_open_sessions(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, limits=Limits(sessions=2)) as stage:
        first, _ = await stage.create(), await stage.create()
        body = {"creator": {"id": "ines", "name": "Ines", "color": ""}}
        refusal = await stage.call("POST", "/sessions", stage.host_key, json=body)
        assert error(refusal) == (409, "CONFLICT")
        ended = {"phase": "ended"}
        await stage.ask("PATCH", f"/sessions/{first.id}", stage.host_key, json=ended)
        await stage.create()


async def test_code_language_and_title_may_be_given(stage: Stage) -> None:
    interview = await stage.create(code="a\r\nb\rü😀\n", language="html", title="  Frontend – 2 ")
    data = interview.data
    assert (data["language"], data["title"], data["code"]) == (
        "html",
        "Frontend – 2",
        "a\nb\nü😀\n",
    )
    assert set(data["files"]) == {"index.html", "style.css", "script.js"}
    assert data["files"]["style.css"] == LANGUAGES["html"].files[1].template


async def test_an_empty_code_is_a_code(stage: Stage) -> None:
    interview = await stage.create(code="", language="python")
    assert interview.data["code"] == ""
    assert interview.data["files"] == {"main.py": ""}


INCLUSIVE: list[dict[str, Any]] = [
    {"creator": {**CREATOR, "name": "x"}},
    {"creator": {**CREATOR, "name": "ü" * 255}},
    {"creator": {**CREATOR, "color": ""}},
    {"creator": {**CREATOR, "color": "x" * 50}},
    {"creator": {**CREATOR, "id": "x" * 64}},
    {"title": "x" * 200},
    {"title": ""},
    {"code": "x" * 1024 * 1024},
    {"code": "ü" * 512 * 1024},
    {"code": None, "language": None, "title": None},
    {"unknown": "fields are ignored"},
]


async def test_bounds_are_inclusive(stage: Stage) -> None:
    for change in INCLUSIVE:
        body = {"creator": CREATOR, **change}
        answer = await stage.call("POST", "/sessions", stage.host_key, json=body)
        assert answer.status_code == 201, (str(change)[:80], answer.text)


NOT_VALID: list[tuple[dict[str, Any], str]] = [
    ({"creator": None}, "creator"),
    ({"creator": "Ada"}, "creator"),
    ({"creator": {"id": "a", "color": "0"}}, "creator.name"),
    ({"creator": {"name": "Ada", "color": "0"}}, "creator.id"),
    ({"creator": {"id": "a", "name": "Ada"}}, "creator.color"),
    ({"creator": {**CREATOR, "name": ""}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "   "}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "x" * 256}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "a\nb"}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "a\0b"}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "\u202eevil"}}, "creator.name"),
    ({"creator": {**CREATOR, "name": "\u200b"}}, "creator.name"),
    ({"creator": {**CREATOR, "name": 7}}, "creator.name"),
    ({"creator": {**CREATOR, "color": "x" * 51}}, "creator.color"),
    ({"creator": {**CREATOR, "color": 3}}, "creator.color"),
    ({"creator": {**CREATOR, "id": ""}}, "creator.id"),
    ({"creator": {**CREATOR, "id": "x" * 65}}, "creator.id"),
    ({"creator": {**CREATOR, "id": "a b"}}, "creator.id"),
    ({"creator": {**CREATOR, "id": "../x"}}, "creator.id"),
    ({"language": "cobol"}, "language"),
    ({"language": ""}, "language"),
    ({"title": "x" * 201}, "title"),
    ({"title": "a\tb"}, "title"),
    ({"code": 7}, "code"),
    ({"code": ["x"]}, "code"),
]


async def test_a_field_that_is_not_valid_is_named(stage: Stage) -> None:
    for change, field in NOT_VALID:
        body = {"creator": CREATOR, **change}
        answer = await stage.call("POST", "/sessions", stage.host_key, json=body)
        assert error(answer) == (422, "VALIDATION_FAILED"), change
        fields = answer.json()["detail"]["fields"]
        assert [each["field"] for each in fields] == [field], change
        assert fields[0]["error"].endswith("."), change


async def test_half_a_character_is_refused_and_not_a_failure(stage: Stage) -> None:
    raw = json.dumps({"creator": CREATOR, "code": "\ud800"}).encode()
    headers = {"Content-Type": "application/json"}
    answer = await stage.call("POST", "/sessions", stage.host_key, content=raw, headers=headers)
    assert error(answer) == (422, "VALIDATION_FAILED")


async def test_code_above_its_limit_is_too_large(stage: Stage) -> None:
    for code in ("x" * (1024 * 1024 + 1), "ü" * (512 * 1024 + 1), "x" * 9 * 1024 * 1024):
        body = {"creator": CREATOR, "code": code}
        answer = await stage.call("POST", "/sessions", stage.host_key, json=body)
        assert error(answer) == (413, "TOO_LARGE")
    interview = await stage.create()
    for method, path in (("PUT", "/code"), ("PATCH", "")):
        url = f"/sessions/{interview.id}{path}"
        body = {"code": "x" * (1024 * 1024 + 1)}
        answer = await stage.call(method, url, interview.creator.token, json=body)
        assert error(answer) == (413, "TOO_LARGE")


async def test_a_body_that_is_no_json_object_is_refused(stage: Stage) -> None:
    headers = {"Content-Type": "application/json"}
    for raw, refusal in (
        (b"{", (400, "BAD_REQUEST")),
        (b"nonsense", (400, "BAD_REQUEST")),
        (b'{"creator": }', (400, "BAD_REQUEST")),
        (b"\xff", (400, "BAD_REQUEST")),
        (b"[" * 100_000, (400, "BAD_REQUEST")),
        (b"", (422, "VALIDATION_FAILED")),
        (b"[]", (422, "VALIDATION_FAILED")),
        (b'"x"', (422, "VALIDATION_FAILED")),
        (b"null", (422, "VALIDATION_FAILED")),
        (b"7", (422, "VALIDATION_FAILED")),
    ):
        answer = await stage.call("POST", "/sessions", stage.host_key, content=raw, headers=headers)
        assert error(answer) == refusal, raw[:20]
    answer = await stage.call(
        "POST", "/sessions", stage.host_key, content=b"{}", headers={"Content-Type": "text/plain"}
    )
    assert error(answer) == (422, "VALIDATION_FAILED")


# Listing.


async def test_sessions_are_listed_newest_first_and_by_pages(stage: Stage) -> None:
    ids = [(await stage.create(title=f"Interview {n}")).id for n in range(5)]
    whole = await stage.ask("GET", "/sessions", stage.host_key)
    assert [each["id"] for each in whole["data"]] == ids[::-1]
    assert whole["total"] == 5
    assert set(whole["data"][0]) == {
        "id",
        "title",
        "language",
        "phase",
        "locked",
        "join_policy",
        "observers_listed",
        "shared",
        "owner",
        "creator_id",
        "created_at",
        "updated_at",
        "expires_at",
        "participant_count",
        "online_count",
    }
    page = await stage.ask("GET", "/sessions?limit=2&offset=1", stage.host_key)
    assert [each["id"] for each in page["data"]] == [ids[3], ids[2]]
    assert page["total"] == 5
    after = await stage.ask("GET", "/sessions?offset=5", stage.host_key)
    assert (after["data"], after["total"]) == ([], 5)


async def test_sessions_are_found_by_title_name_and_id(stage: Stage) -> None:
    backend = await stage.create(title="Backend – 50% \\ done_")
    frontend = await stage.create(title="Frontend")
    body = {
        "user": {"id": "zoe", "name": "Zoë Candidate", "color": ""},
        "invite": frontend.invites["candidate"],
    }
    await stage.ask("POST", f"/sessions/{frontend.id}/join", json=body)

    async def found(query: str) -> set[str]:
        answer = await stage.call("GET", "/sessions", stage.host_key, params={"query": query})
        assert answer.status_code == 200
        assert answer.json()["total"] == len(answer.json()["data"])
        return {each["id"] for each in answer.json()["data"]}

    assert await found("end") == {backend.id, frontend.id}
    assert await found("BACKEND") == {backend.id}
    assert await found("50% \\") == {backend.id}
    assert await found("done_") == {backend.id}
    assert await found("%") == {backend.id}
    assert await found("_") == {backend.id}
    assert await found("zoë") == {frontend.id}
    assert await found(frontend.id) == {frontend.id}
    assert await found("nothing like it") == set()
    assert await found("'; DROP TABLE sessions; --") == set()
    assert await found("\0") in (set(), {backend.id, frontend.id})


async def test_a_page_that_cannot_be_is_refused(stage: Stage) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "offset=-1", "offset=99999999999"):
        answer = await stage.call("GET", f"/sessions?{query}", stage.host_key)
        assert error(answer) == (422, "VALIDATION_FAILED"), query
        assert answer.json()["detail"]["fields"][0]["field"] == query.partition("=")[0]
    answer = await stage.call("GET", f"/sessions?query={'x' * 201}", stage.host_key)
    assert error(answer) == (422, "VALIDATION_FAILED")


async def test_a_summary_counts_people_and_those_who_are_online(stage: Stage) -> None:
    interview = await stage.create()
    person = await stage.join(interview)
    await stage.join(interview, None)
    async with interview.room.enter(person.token) as client:
        await client.message("welcome")
        (summary,) = (await stage.ask("GET", "/sessions", stage.host_key))["data"]
        assert (summary["participant_count"], summary["online_count"]) == (2, 1)


# Reading.


async def test_everybody_admitted_reads_the_session_as_far_as_they_may(stage: Stage) -> None:
    interview = await stage.create(code="x = 1\n", language="python")
    candidate = await stage.join(interview)
    observer = await stage.join(interview, Role.OBSERVER)
    waiting = await stage.join(interview, None)
    path = f"/sessions/{interview.id}"
    for token in (stage.host_key, stage.run_key, interview.creator.token):
        data = (await stage.ask("GET", path, token))["data"]
        assert data["code"] == "x = 1\n"
        ids = [each["id"] for each in data["participants"]]
        assert ids == ["ines", candidate.id, observer.id, waiting.id], "in the order of joining"
    for person in (candidate, observer):
        data = (await stage.ask("GET", path, person.token))["data"]
        assert waiting.id not in [each["id"] for each in data["participants"]]


async def test_a_malformed_code_is_a_bad_request(stage: Stage) -> None:
    for session_id in ("1a2b3c4", "1a2b3c4dd", "1A2B3C4D", "xxxxxxxx", "1a2b3c4%0a", "é", "%00"):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("DELETE", "", None),
            ("PUT", "/code", {"code": "x"}),
            ("GET", "/participants", None),
            ("GET", "/invites", None),
            ("GET", "/preview", None),
            ("POST", "/join", {"user": CREATOR}),
        ):
            url = f"/sessions/{session_id}{path}"
            answer = await stage.call(method, url, stage.host_key, json=body)
            assert error(answer) == (400, "BAD_REQUEST"), (method, url)


async def test_a_session_that_does_not_exist_is_not_found(stage: Stage) -> None:
    for token in (stage.host_key, "x" * 43):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("PUT", "/code", {"code": "x"}),
            ("GET", "/participants", None),
            ("PATCH", "/participants/u1", {"name": "x"}),
            ("DELETE", "/participants/u1", None),
            ("GET", "/invites", None),
            ("POST", "/invites", {"role": "candidate"}),
            ("POST", "/join", {"user": CREATOR}),
        ):
            answer = await stage.call(method, f"/sessions/00000000{path}", token, json=body)
            assert error(answer) == (404, "SESSION_NOT_FOUND"), (method, path)
    for path in ("/preview",):
        answer = await stage.call("GET", f"/sessions/00000000{path}")
        assert error(answer) == (404, "SESSION_NOT_FOUND")
    answer = await stage.call("DELETE", "/sessions/00000000", stage.host_key)
    assert error(answer) == (404, "SESSION_NOT_FOUND")


# Changing.


async def test_what_a_patch_names_changes_and_nothing_else(stage: Stage) -> None:
    interview = await stage.create(language="python", code="x\n")
    path, token = f"/sessions/{interview.id}", interview.creator.token
    data = (await stage.ask("PATCH", path, token, json={"title": " New "}))["data"]
    assert data["title"] == "New"
    assert data["updated_at"] >= interview.data["updated_at"]
    assert {**interview.data, "title": "New", "updated_at": data["updated_at"]} == data
    data = (await stage.ask("PATCH", path, token, json={"locked": True}))["data"]
    assert data["locked"] is True
    data = (await stage.ask("PATCH", path, token, json={"locked": False, "title": "T"}))["data"]
    assert (data["locked"], data["title"]) == (False, "T")
    data = (await stage.ask("PATCH", path, token, json={"code": "y\n"}))["data"]
    assert (data["code"], data["language"]) == ("y\n", "python")
    data = (await stage.ask("PATCH", path, token, json={"language": "html", "code": "<p>"}))["data"]
    assert (data["language"], data["code"], data["files"]["main.py"]) == ("html", "<p>", "y\n")
    data = (await stage.ask("PATCH", path, token, json={"language": "python"}))["data"]
    assert (data["code"], data["files"]["index.html"]) == ("y\n", "<p>")
    assert (await stage.ask("GET", path, token))["data"] == data


NO_CHANGE: list[tuple[dict[str, Any], str]] = [
    ({"title": "x" * 201}, "title"),
    ({"language": "cobol"}, "language"),
    ({"phase": "open"}, "phase"),
    ({"phase": "paused"}, "phase"),
    ({"locked": "yes"}, "locked"),
    ({"locked": 1}, "locked"),
    ({"join_policy": "open"}, "join_policy"),
    ({"observers_listed": 0}, "observers_listed"),
    ({"code": 1}, "code"),
]


async def test_a_change_that_is_not_valid_changes_nothing(stage: Stage) -> None:
    interview = await stage.create()
    path = f"/sessions/{interview.id}"
    for body, field in NO_CHANGE:
        whole = {"title": "changed", **body} if field != "title" else body
        answer = await stage.call("PATCH", path, interview.creator.token, json=whole)
        assert error(answer) == (422, "VALIDATION_FAILED"), body
        assert [each["field"] for each in answer.json()["detail"]["fields"]] == [field]
        assert (await stage.ask("GET", path, stage.host_key))["data"] == interview.data


async def test_a_change_of_nothing_is_refused(stage: Stage) -> None:
    interview = await stage.create()
    for body in ({}, {"title": None}, {"unknown": 1}):
        path = f"/sessions/{interview.id}"
        answer = await stage.call("PATCH", path, interview.creator.token, json=body)
        assert error(answer) == (422, "VALIDATION_FAILED")


async def test_an_ended_interview_is_read_by_interviewers_and_changed_by_nobody(
    stage: Stage,
) -> None:
    interview = await stage.create(code="x\n", language="python")
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}"
    data = (await stage.ask("PATCH", path, interview.creator.token, json={"phase": "ended"}))[
        "data"
    ]
    assert data["phase"] == "ended"
    again = await stage.ask("PATCH", path, interview.creator.token, json={"phase": "ended"})
    assert again["data"]["phase"] == "ended", "ending twice is ending"
    assert (await stage.ask("GET", path, interview.creator.token))["data"]["code"] == "x\n"
    for token in (candidate.token, interview.creator.token, stage.host_key):
        answer = await stage.call("PUT", f"{path}/code", token, json={"code": "y"})
        assert error(answer) == (409, "SESSION_ENDED")
    answer = await stage.call("GET", path, candidate.token)
    assert error(answer) == (409, "SESSION_ENDED")
    body = {
        "user": {"id": "late", "name": "Late", "color": ""},
        "invite": interview.invites["candidate"],
    }
    answer = await stage.call("POST", f"{path}/join", json=body)
    assert error(answer) == (409, "SESSION_ENDED")
    assert (await stage.ask("GET", f"{path}/preview"))["data"]["phase"] == "ended"


# Code.


async def test_a_files_text_is_replaced(stage: Stage) -> None:
    interview = await stage.create(language="html")
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}/code"
    data = (await stage.ask("PUT", path, candidate.token, json={"code": "<b>\r\n"}))["data"]
    assert (data["code"], data["files"]["index.html"]) == ("<b>\n", "<b>\n")
    body = {"code": "b {}", "path": "style.css"}
    data = (await stage.ask("PUT", path, candidate.token, json=body))["data"]
    assert (data["code"], data["files"]["style.css"]) == ("<b>\n", "b {}")
    body = {"code": "x", "language": "python"}
    data = (await stage.ask("PUT", path, candidate.token, json=body))["data"]
    assert (data["language"], data["code"], data["files"]["index.html"]) == ("python", "x", "<b>\n")
    data = (await stage.ask("PUT", path, candidate.token, json={"code": ""}))["data"]
    assert data["code"] == ""


NO_FILE: list[tuple[dict[str, Any], str]] = [
    ({}, "code"),
    ({"code": None}, "code"),
    ({"code": "x", "path": "main.js"}, "path"),
    ({"code": "x", "path": "../main.py"}, "path"),
    ({"code": "x", "path": ""}, "path"),
    ({"code": "x", "path": "x" * 101}, "path"),
    ({"code": "x", "language": "cobol"}, "language"),
    ({"code": "x", "language": "html", "path": "main.py"}, "path"),
]


async def test_a_text_for_no_file_is_refused(stage: Stage) -> None:
    interview = await stage.create(language="python")
    path = f"/sessions/{interview.id}/code"
    for body, field in NO_FILE:
        answer = await stage.call("PUT", path, interview.creator.token, json=body)
        assert error(answer) == (422, "VALIDATION_FAILED"), body
        assert [each["field"] for each in answer.json()["detail"]["fields"]] == [field]
        read = await stage.ask("GET", f"/sessions/{interview.id}", stage.host_key)
        assert read["data"] == interview.data


async def test_a_text_that_does_not_fit_into_the_document_is_too_large(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, limits=Limits(document_bytes=20_000)) as stage:
        interview = await stage.create(language="python", code="x\n")
        path = f"/sessions/{interview.id}/code"
        answer = await stage.call("PUT", path, interview.creator.token, json={"code": "y" * 30_000})
        assert error(answer) == (413, "TOO_LARGE")
        read = await stage.ask("GET", f"/sessions/{interview.id}", stage.host_key)
        assert read["data"]["code"] == "x\n"
        for n in range(5):
            body = {"code": str(n) * 15_000}
            read = await stage.ask("PUT", path, interview.creator.token, json=body)
            assert read["data"]["code"] == body["code"]


# Deleting.


async def test_a_deleted_session_is_gone_and_cuts_everybody_off(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}"
    async with interview.room.enter(candidate.token) as client:
        await client.message("welcome")
        answer = await stage.call("DELETE", path, stage.host_key)
        assert (answer.status_code, answer.content) == (204, b"")
        assert await client.until_closed() == (4404, "not_found")
    for token in (stage.host_key, candidate.token):
        assert error(await stage.call("GET", path, token)) == (404, "SESSION_NOT_FOUND")
    assert error(await stage.call("DELETE", path, stage.host_key)) == (404, "SESSION_NOT_FOUND")
    assert (await stage.ask("GET", "/sessions", stage.host_key))["total"] == 0


# Time.


async def test_an_expired_session_is_gone_for_everybody(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, session_hours=3 / 3600) as stage:
        interview = await stage.create()
        candidate = await stage.join(interview)
        assert interview.data["expires_at"] - interview.data["created_at"] == 3_000
        async with interview.room.enter(candidate.token) as client:
            await client.message("welcome")
            assert await client.until_closed() == (4410, "expired")
        async with interview.room.enter(candidate.token) as client:
            assert await client.until_closed() == (4410, "expired")
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("PUT", "/code", {"code": "x"}),
            ("GET", "/participants", None),
            ("GET", "/invites", None),
            ("GET", "/preview", None),
            ("POST", "/join", {"user": CREATOR}),
        ):
            for token in (stage.host_key, interview.creator.token):
                url = f"/sessions/{interview.id}{path}"
                answer = await stage.call(method, url, token, json=body)
                assert error(answer) == (410, "SESSION_EXPIRED"), (method, path)
        assert (await stage.ask("GET", "/sessions", stage.host_key))["total"] == 1
        answer = await stage.call("DELETE", f"/sessions/{interview.id}", stage.host_key)
        assert answer.status_code == 204, "the host may clear it away"
