"""Joining over HTTP: by invite, by an earlier token, as the host, or by knocking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.server.stage import Interview, Stage, error, staged

from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Role

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from codeinterview_server.db.engine import Database

ZOE = {"id": "zoe", "name": "Zoë", "color": "5"}


async def join(
    stage: Stage,
    interview: Interview,
    token: str | None = None,
    invite: str | None = None,
    **user: Any,
) -> httpx.Response:
    body = {"user": {**ZOE, **user}} | ({} if invite is None else {"invite": invite})
    return await stage.call("POST", f"/sessions/{interview.id}/join", token, json=body)


async def test_an_invite_admits_in_its_role(stage: Stage) -> None:
    interview = await stage.create(code="x = 1\n", language="python")
    for role in Role:
        answer = await join(stage, interview, invite=interview.invites[role.value], id=f"a-{role}")
        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"success", "status", "participant", "token", "data"}
        assert (body["success"], body["status"]) == (True, "admitted")
        person = body["participant"]
        assert person == {
            "id": f"a-{role}",
            "name": "Zoë",
            "role": role.value,
            "color": "5",
            "presence": 5,
            "status": "admitted",
            "joined_at": person["joined_at"],
            "is_online": False,
        }
        assert body["data"]["code"] == "x = 1\n"
        assert person in body["data"]["participants"]
        assert len(body["token"]) >= 40


async def test_the_code_alone_leads_into_the_lobby(stage: Stage) -> None:
    interview = await stage.create()
    answer = await join(stage, interview)
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "waiting")
    assert set(body) == {"success", "status", "participant", "token"}, "no code before admission"
    assert (body["participant"]["role"], body["participant"]["status"]) == ("candidate", "waiting")
    for path in ("", "/participants", "/invites"):
        refusal = await stage.call("GET", f"/sessions/{interview.id}{path}", body["token"])
        assert error(refusal) == (403, "WAITING_FOR_ADMISSION")
    again = (await join(stage, interview, body["token"])).json()
    assert (again["status"], again["participant"]["id"]) == ("waiting", "zoe")


async def test_a_wrong_invite_admits_nobody(stage: Stage) -> None:
    interview, other = await stage.create(), await stage.create()
    good = interview.invites["candidate"]
    for invite in (
        "",
        "x" * 22,
        other.invites["candidate"],
        good[:-1],
        good.swapcase(),
        good + "A",
    ):
        assert error(await join(stage, interview, invite=invite)) == (403, "INVALID_INVITE")
    assert error(await join(stage, interview, invite="x" * 101)) == (422, "VALIDATION_FAILED")
    people = await stage.ask("GET", f"/sessions/{interview.id}/participants", stage.host_key)
    assert [each["id"] for each in people["participants"]] == ["ines"]


async def test_the_same_token_is_the_same_participant(stage: Stage) -> None:
    interview = await stage.create()
    first = (await join(stage, interview, invite=interview.invites["observer"])).json()
    again = await join(stage, interview, first["token"], name="Zoë 2", color="1", id="other")
    body = again.json()
    assert (body["status"], body["token"]) == ("admitted", first["token"])
    person = body["participant"]
    assert (person["id"], person["role"], person["name"]) == ("zoe", "observer", "Zoë 2")
    assert person["joined_at"] == first["participant"]["joined_at"]
    people = await stage.ask("GET", f"/sessions/{interview.id}/participants", stage.host_key)
    assert len(people["participants"]) == 2


async def test_a_known_id_without_its_token_is_somebody_else(stage: Stage) -> None:
    interview = await stage.create()
    invite = interview.invites["candidate"]
    first = (await join(stage, interview, invite=invite)).json()
    second = (await join(stage, interview, invite=invite)).json()
    creator = (await join(stage, interview, invite=invite, id="ines")).json()
    ids = {each["participant"]["id"] for each in (first, second, creator)}
    assert len(ids) == 3
    assert "ines" not in ids
    assert creator["participant"]["role"] == "candidate"
    assert len({each["token"] for each in (first, second, creator)}) == 3


async def test_the_host_joins_as_interviewer_without_an_invite(stage: Stage) -> None:
    interview = await stage.create()
    for key in (stage.host_key, stage.run_key):
        body = (await join(stage, interview, key)).json()
        assert (body["status"], body["participant"]["role"]) == ("admitted", "interviewer")
        assert body["token"] not in (stage.host_key, stage.run_key)
        me = await stage.ask("GET", "/me", body["token"])
        assert me["host"] is False


async def test_an_unknown_credential_does_not_join(stage: Stage) -> None:
    interview, other = await stage.create(), await stage.create()
    invite = interview.invites["candidate"]
    for token in ("x" * 43, other.creator.token, interview.invites["interviewer"]):
        assert error(await join(stage, interview, token, invite)) == (401, "INVALID_TOKEN")


async def test_who_was_declined_or_removed_stays_out_with_that_token(stage: Stage) -> None:
    interview = await stage.create()
    path = f"/sessions/{interview.id}/participants"
    knocked = (await join(stage, interview)).json()
    url = f"{path}/{knocked['participant']['id']}"
    await stage.ask("PATCH", url, interview.creator.token, json={"status": "declined"})
    assert error(await join(stage, interview, knocked["token"])) == (403, "DECLINED")
    invite = interview.invites["candidate"]
    assert error(await join(stage, interview, knocked["token"], invite)) == (403, "DECLINED")
    person = await stage.join(interview)
    await stage.ask("DELETE", f"{path}/{person.id}", interview.creator.token)
    assert error(await join(stage, interview, person.token)) == (403, "REMOVED")
    assert error(await join(stage, interview, person.token, invite)) == (403, "REMOVED")
    assert error(await stage.call("GET", path, person.token)) == (403, "REMOVED")
    assert (await join(stage, interview, invite=invite)).json()["status"] == "admitted", "anew"


async def test_an_invite_brings_somebody_out_of_the_lobby(stage: Stage) -> None:
    interview = await stage.create()
    knocked = (await join(stage, interview)).json()
    body = (await join(stage, interview, knocked["token"], interview.invites["observer"])).json()
    assert (body["status"], body["participant"]["role"]) == ("admitted", "observer")
    assert body["participant"]["id"] == "zoe"
    assert "data" in body


async def test_who_left_knocks_again_unless_they_hold_an_invite(stage: Stage) -> None:
    interview = await stage.create()
    person = await stage.join(interview)
    path = f"/sessions/{interview.id}"
    await stage.ask("DELETE", f"{path}/participants/{person.id}", person.token)
    assert error(await stage.call("GET", path, person.token)) == (401, "INVALID_TOKEN")
    assert (await join(stage, interview, person.token)).json()["status"] == "waiting"
    invite = interview.invites["candidate"]
    body = (await join(stage, interview, person.token, invite)).json()
    assert (body["status"], body["participant"]["id"]) == ("admitted", person.id)


async def test_presence_colours_are_spread(stage: Stage) -> None:
    interview = await stage.create()
    taken = [0]
    for n in range(7):
        invite = interview.invites["candidate"]
        answer = await join(stage, interview, invite=invite, id=f"p{n}", color="red")
        taken.append(answer.json()["participant"]["presence"])
    assert sorted(taken) == list(range(8))


async def test_a_user_that_is_not_valid_is_refused(stage: Stage) -> None:
    interview = await stage.create()
    for user, field in (
        ({"name": ""}, "user.name"),
        ({"name": "x" * 256}, "user.name"),
        ({"color": "x" * 51}, "user.color"),
        ({"id": "a/b"}, "user.id"),
        ({"id": None}, "user.id"),
    ):
        answer = await join(stage, interview, **user)
        assert error(answer) == (422, "VALIDATION_FAILED")
        assert answer.json()["detail"]["fields"][0]["field"] == field
    answer = await stage.call("POST", f"/sessions/{interview.id}/join", json={})
    assert error(answer) == (422, "VALIDATION_FAILED")


async def test_a_session_and_its_lobby_have_room_for_so_many(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir, limits=Limits(participants=4, waiting=2)) as stage:
        interview = await stage.create()
        for n in range(2):
            assert (await join(stage, interview, id=f"w{n}")).status_code == 200
        assert error(await join(stage, interview, id="w3")) == (409, "SESSION_FULL")
        invite = interview.invites["candidate"]
        person = (await join(stage, interview, invite=invite)).json()
        refusal = await join(stage, interview, invite=invite, id="one-too-many")
        assert error(refusal) == (409, "SESSION_FULL")
        assert (await join(stage, interview, person["token"])).status_code == 200, "comes back"
        path = f"/sessions/{interview.id}/participants"
        await stage.ask("DELETE", f"{path}/w0", interview.creator.token)
        answer = await join(stage, interview, invite=invite, id="now-there-is-room")
        assert answer.json()["status"] == "admitted"


async def test_knocking_too_often_has_to_wait(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir, joins_per_minute=3) as stage:
        interview = await stage.create()
        for n in range(3):
            assert (await join(stage, interview, id=f"k{n}")).status_code == 200
        refusal = await join(stage, interview, id="k3")
        assert error(refusal) == (429, "TOO_MANY_REQUESTS")
        assert 1 <= int(refusal.headers["Retry-After"]) <= 20
        refusal = await join(stage, interview, invite="x" * 22)
        assert error(refusal) == (429, "TOO_MANY_REQUESTS"), "guessing is bounded"
        assert (await join(stage, interview, stage.host_key)).status_code == 200
