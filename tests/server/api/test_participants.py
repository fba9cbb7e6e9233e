"""The people of a session over HTTP: listed, changed, admitted, removed; and the invites."""

from __future__ import annotations

from tests.server.stage import Stage, error

from codeinterview_server.domain.roles import Role


async def test_people_are_listed_in_the_order_in_which_they_joined(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    waiting = await stage.join(interview, None)
    path = f"/sessions/{interview.id}/participants"
    everybody = await stage.ask("GET", path, interview.creator.token)
    assert set(everybody) == {"success", "participants"}
    shown = [(each["id"], each["role"], each["status"]) for each in everybody["participants"]]
    assert shown == [
        ("ines", "interviewer", "admitted"),
        (candidate.id, "candidate", "admitted"),
        (waiting.id, "candidate", "waiting"),
    ]
    seen = await stage.ask("GET", path, candidate.token)
    assert [each["id"] for each in seen["participants"]] == ["ines", candidate.id]
    async with interview.room.enter(candidate.token) as client:
        await client.message("welcome")
        seen = await stage.ask("GET", path, candidate.token)
        assert [each["is_online"] for each in seen["participants"]] == [False, True]


async def test_everybody_changes_their_own_name_and_colour(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}/participants/{candidate.id}"
    async with interview.room.enter() as client:
        await client.message("welcome")
        answer = await stage.ask(
            "PATCH", path, candidate.token, json={"name": " New name ", "color": "7"}
        )
        person = answer["participant"]
        assert (person["name"], person["color"], person["presence"]) == ("New name", "7", 7)
        await client.message("participants", lambda m: m["participants"][-1]["name"] == "New name")
    for body in (
        {"role": "interviewer"},
        {"status": "admitted"},
        {"name": "x", "role": "observer"},
    ):
        refusal = await stage.call("PATCH", path, candidate.token, json=body)
        assert error(refusal) == (403, "NOT_ALLOWED")
    path = f"/sessions/{interview.id}/participants/ines"
    refusal = await stage.call("PATCH", path, candidate.token, json={"name": "Mine"})
    assert error(refusal) == (403, "NOT_ALLOWED")


async def test_a_change_that_is_not_valid_is_refused(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}/participants/{candidate.id}"
    for body in (
        {},
        {"name": None},
        {"name": ""},
        {"name": "x" * 256},
        {"color": "x" * 51},
        {"role": "host"},
        {"role": 1},
        {"status": "removed"},
        {"status": "waiting"},
        {"status": ""},
    ):
        refusal = await stage.call("PATCH", path, interview.creator.token, json=body)
        assert error(refusal) == (422, "VALIDATION_FAILED"), body
    for participant_id in ("nobody", "x" * 64):
        url = f"/sessions/{interview.id}/participants/{participant_id}"
        for token in (interview.creator.token, stage.host_key):
            refusal = await stage.call("PATCH", url, token, json={"name": "x"})
            assert error(refusal) == (404, "PARTICIPANT_NOT_FOUND")
            assert error(await stage.call("DELETE", url, token)) == (404, "PARTICIPANT_NOT_FOUND")
    for participant_id in ("x" * 65, "a%20b", "a.b", "%00"):
        url = f"/sessions/{interview.id}/participants/{participant_id}"
        refusal = await stage.call("PATCH", url, stage.host_key, json={"name": "x"})
        assert error(refusal) == (400, "BAD_REQUEST")
        assert error(await stage.call("DELETE", url, stage.host_key)) == (400, "BAD_REQUEST")


async def test_an_interviewer_gives_roles_that_count_at_once(stage: Stage) -> None:
    interview = await stage.create()
    person = await stage.join(interview, Role.OBSERVER)
    code = f"/sessions/{interview.id}/code"
    assert error(await stage.call("PUT", code, person.token, json={"code": "x"})) == (
        403,
        "NOT_ALLOWED",
    )
    path = f"/sessions/{interview.id}/participants/{person.id}"
    async with interview.room.enter(person.token) as client:
        await client.message("welcome")
        answer = await stage.ask("PATCH", path, interview.creator.token, json={"role": "candidate"})
        assert answer["participant"]["role"] == "candidate"
        await client.message("role", lambda m: m["participant"]["role"] == "candidate")
    await stage.ask("PUT", code, person.token, json={"code": "x"})


async def test_an_interviewer_admits_or_declines_once(stage: Stage) -> None:
    interview = await stage.create()
    admitted, declined = await stage.join(interview, None), await stage.join(interview, None)
    path = f"/sessions/{interview.id}/participants"
    async with (
        interview.room.enter(admitted.token) as inside,
        interview.room.enter(declined.token) as outside,
    ):
        await inside.message("waiting")
        await outside.message("waiting")
        body = {"status": "admitted"}
        answer = await stage.ask(
            "PATCH", f"{path}/{admitted.id}", interview.creator.token, json=body
        )
        assert answer["participant"]["status"] == "admitted"
        await inside.message("welcome")
        again = await stage.ask(
            "PATCH", f"{path}/{admitted.id}", interview.creator.token, json=body
        )
        assert again["participant"] | {"is_online": False} == answer["participant"] | {
            "is_online": False
        }
        body = {"status": "declined"}
        await stage.ask("PATCH", f"{path}/{declined.id}", interview.creator.token, json=body)
        assert await outside.until_closed() == (4403, "declined")
    refusal = await stage.call(
        "PATCH", f"{path}/{admitted.id}", interview.creator.token, json={"status": "declined"}
    )
    assert error(refusal) == (409, "CONFLICT")
    refusal = await stage.call(
        "PATCH", f"{path}/{declined.id}", interview.creator.token, json={"status": "admitted"}
    )
    assert error(refusal) == (409, "CONFLICT")


async def test_who_is_removed_is_cut_off(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}/participants/{candidate.id}"
    async with (
        interview.room.enter(candidate.token) as gone,
        interview.room.enter() as client,
    ):
        await gone.message("welcome")
        await client.message("participants", lambda m: len(m["participants"]) == 2)
        answer = await stage.call("DELETE", path, interview.creator.token)
        assert (answer.status_code, answer.content) == (204, b"")
        assert await gone.until_closed() == (4403, "removed")
        await client.until(
            lambda: len((client.last("participants") or {"participants": []})["participants"]) == 1,
            "the list without them",
        )
    assert error(await stage.call("GET", f"/sessions/{interview.id}", candidate.token)) == (
        403,
        "REMOVED",
    )
    refusal = await stage.call("DELETE", path, interview.creator.token)
    assert error(refusal) == (404, "PARTICIPANT_NOT_FOUND")


async def test_nobody_else_removes_anybody(stage: Stage) -> None:
    interview = await stage.create()
    candidate, other = await stage.join(interview), await stage.join(interview)
    path = f"/sessions/{interview.id}/participants"
    refusal = await stage.call("DELETE", f"{path}/{other.id}", candidate.token)
    assert error(refusal) == (403, "NOT_ALLOWED")
    answer = await stage.call("DELETE", f"{path}/{candidate.id}", candidate.token)
    assert answer.status_code == 204
    refusal = await stage.call("DELETE", f"{path}/{candidate.id}", candidate.token)
    assert error(refusal) == (401, "INVALID_TOKEN")


# Invites.


async def test_invites_are_read_again_and_renewed_by_role(stage: Stage) -> None:
    interview = await stage.create()
    path = f"/sessions/{interview.id}/invites"
    for token in (interview.creator.token, stage.host_key):
        answer = await stage.ask("GET", path, token)
        assert answer == {"success": True, "invites": interview.invites, "public_url": None}
    answer = await stage.ask("POST", path, interview.creator.token, json={"role": "candidate"})
    renewed = answer["invites"]
    assert renewed["candidate"] != interview.invites["candidate"]
    assert {**renewed, "candidate": interview.invites["candidate"]} == interview.invites
    assert (await stage.ask("GET", path, stage.host_key))["invites"] == renewed
    user = {"id": "late", "name": "Late", "color": ""}
    join = f"/sessions/{interview.id}/join"
    body = {"user": user, "invite": interview.invites["candidate"]}
    assert error(await stage.call("POST", join, json=body)) == (403, "INVALID_INVITE")
    body = {"user": user, "invite": renewed["candidate"]}
    assert (await stage.ask("POST", join, json=body))["status"] == "admitted"
    for wrong in ({}, {"role": "host"}, {"role": None}, {"role": ["candidate"]}):
        refusal = await stage.call("POST", path, interview.creator.token, json=wrong)
        assert error(refusal) == (422, "VALIDATION_FAILED")


async def test_a_revoked_invite_opens_nothing_until_it_is_renewed(stage: Stage) -> None:
    interview = await stage.create()
    inside = await stage.join(interview)
    path, join = f"/sessions/{interview.id}/invites", f"/sessions/{interview.id}/join"
    body = {"user": {"id": "late", "name": "Late", "color": ""}}
    first = interview.invites["candidate"]
    for _ in range(2):
        answer = await stage.ask("DELETE", f"{path}/candidate", interview.creator.token)
        assert answer == {
            "success": True,
            "invites": {**interview.invites, "candidate": None},
            "public_url": None,
        }
    assert (await stage.ask("GET", path, stage.host_key))["invites"]["candidate"] is None
    refusal = await stage.call("POST", join, json={**body, "invite": first})
    assert error(refusal) == (403, "INVALID_INVITE")
    refusal = await stage.call("POST", join, inside.token, json={**body, "invite": first})
    assert error(refusal) == (403, "INVALID_INVITE")
    assert (await stage.ask("POST", join, inside.token, json=body))["status"] == "admitted"
    other = {**body, "invite": interview.invites["observer"]}
    assert (await stage.ask("POST", join, json=other))["status"] == "admitted"
    renewed = (await stage.ask("POST", path, stage.host_key, json={"role": "candidate"}))["invites"]
    assert renewed["candidate"] not in (None, first)
    refusal = await stage.call("POST", join, json={**body, "invite": first})
    assert error(refusal) == (403, "INVALID_INVITE"), "what was revoked stays so"
    answer = await stage.ask("POST", join, json={**body, "invite": renewed["candidate"]})
    assert answer["status"] == "admitted"
    refusal = await stage.call("DELETE", f"{path}/host", interview.creator.token)
    assert error(refusal) == (404, "NOT_FOUND")
    refusal = await stage.call("DELETE", f"{path}/candidate", inside.token)
    assert error(refusal) == (403, "NOT_ALLOWED")


async def test_interviewers_hear_of_new_invites_and_nobody_of_what_they_are(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    path = f"/sessions/{interview.id}/invites"
    async with (
        interview.room.enter() as inside,
        interview.room.enter(candidate.token) as other,
    ):
        await inside.message("welcome")
        await other.message("welcome")
        await stage.ask("DELETE", f"{path}/observer", stage.host_key)
        assert await inside.message("invites") == {"type": "invites"}
        await stage.ask("POST", path, stage.host_key, json={"role": "observer"})
        await inside.until(lambda: len(inside.all("invites")) == 2, "the second message")
        await stage.ask("PATCH", f"/sessions/{interview.id}", stage.host_key, json={"title": "T"})
        await other.message("session", lambda m: m["session"]["title"] == "T")
        assert other.all("invites") == []
