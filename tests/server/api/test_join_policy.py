"""What leads into a session: an invite at once, a knock for everybody, or an invite alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.server.stage import Interview, Stage, error, staged

from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Role

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from codeinterview_server.db.engine import Database


async def join(
    stage: Stage, interview: Interview, token: str | None = None, invite: str | None = None
) -> httpx.Response:
    stage.names += 1
    user = {"id": f"j{stage.names}", "name": "Zoë", "color": ""}
    body = {"user": user, "invite": invite}
    return await stage.call("POST", f"/sessions/{interview.id}/join", token, json=body)


async def set_policy(stage: Stage, interview: Interview, policy: str) -> None:
    path = f"/sessions/{interview.id}"
    data = (await stage.ask("PATCH", path, stage.host_key, json={"join_policy": policy}))["data"]
    assert data["join_policy"] == policy


# Policy → what an invite, the code alone and the host's key lead to, and what the preview says.
POLICIES: dict[str, tuple[Any, Any, bool]] = {
    "invite": ("admitted", "waiting", True),
    "knock": ("waiting", "waiting", True),
    "invite_only": ("admitted", (403, "INVITE_REQUIRED"), False),
}


@pytest.mark.parametrize("policy", POLICIES)
async def test_what_leads_where(stage: Stage, policy: str) -> None:
    by_invite, by_code, asks = POLICIES[policy]
    interview = await stage.create(join_policy=policy)
    assert interview.data["join_policy"] == policy
    path = f"/sessions/{interview.id}"
    preview = (await stage.ask("GET", f"{path}/preview"))["data"]
    assert (preview["join_policy"], preview["approval_required"]) == (policy, asks)
    for role in Role:
        answer = await join(stage, interview, invite=interview.invites[role.value])
        body = answer.json()
        assert (body["status"], body["participant"]["role"]) == (by_invite, role.value)
        assert ("data" in body) is (by_invite == "admitted"), "no code before admission"
    answer = await join(stage, interview)
    found = error(answer) if answer.is_error else answer.json()["status"]
    assert found == by_code
    body = (await join(stage, interview, stage.host_key)).json()
    assert (body["status"], body["participant"]["role"]) == ("admitted", "interviewer")
    assert error(await join(stage, interview, invite="x" * 22)) == (403, "INVALID_INVITE")
    body = (await join(stage, interview, interview.creator.token)).json()
    assert body["status"] == "admitted", "whoever was admitted once comes back"


async def test_who_knocks_with_an_invite_is_admitted_in_its_role(stage: Stage) -> None:
    interview = await stage.create(join_policy="knock")
    async with interview.room.enter() as host:
        await host.message("welcome")
        answer = (await join(stage, interview, invite=interview.invites["observer"])).json()
        lobby = await host.message("lobby", lambda m: m["waiting"] != [])
        assert [each["role"] for each in lobby["waiting"]] == ["observer"]
        async with interview.room.enter() as late:
            assert (await late.message("welcome"))["waiting"] == lobby["waiting"]
        async with interview.room.enter(answer["token"]) as knocker:
            await knocker.message("waiting")
            await host.tell("admit", participant_id=answer["participant"]["id"])
            assert (await knocker.message("welcome"))["participant"]["role"] == "observer"


async def test_a_second_invite_changes_what_somebody_waits_for(stage: Stage) -> None:
    interview = await stage.create(join_policy="knock")
    knocked = (await join(stage, interview)).json()
    assert knocked["participant"]["role"] == "candidate"
    again = (await join(stage, interview, knocked["token"], interview.invites["observer"])).json()
    assert (again["status"], again["participant"]["role"]) == ("waiting", "observer")


async def test_leaving_the_lobby_is_no_way_around_it(stage: Stage) -> None:
    interview = await stage.create(join_policy="knock")
    knocked = (await join(stage, interview, invite=interview.invites["interviewer"])).json()
    path = f"/sessions/{interview.id}/participants/{knocked['participant']['id']}"
    for policy in ("knock", "invite"):
        await set_policy(stage, interview, policy)
        await stage.ask("DELETE", path, knocked["token"])
        again = (await join(stage, interview, knocked["token"])).json()
        assert (again["status"], again["participant"]["role"]) == ("waiting", "candidate")
    await set_policy(stage, interview, "invite_only")
    assert (await join(stage, interview, knocked["token"])).json()["status"] == "waiting"
    await stage.ask("DELETE", path, knocked["token"])
    assert error(await join(stage, interview, knocked["token"])) == (403, "INVITE_REQUIRED")


async def test_an_interviewer_who_left_knocks_where_everybody_does(stage: Stage) -> None:
    interview = await stage.create()
    person = await stage.join(interview, Role.INTERVIEWER)
    path = f"/sessions/{interview.id}"
    for policy, status in (
        ("invite", "admitted"),
        ("invite_only", "admitted"),
        ("knock", "waiting"),
    ):
        await set_policy(stage, interview, policy)
        await stage.ask("DELETE", f"{path}/participants/{person.id}", person.token)
        assert (await join(stage, interview, person.token)).json()["status"] == status
    await stage.ask("DELETE", f"{path}/participants/{person.id}", person.token)
    await stage.ask("PATCH", path, stage.host_key, json={"phase": "ended"})
    assert error(await join(stage, interview, person.token)) == (409, "SESSION_ENDED")


async def test_nobody_waits_for_what_has_ended(stage: Stage) -> None:
    interview = await stage.create(join_policy="knock")
    path = f"/sessions/{interview.id}"
    await stage.ask("PATCH", path, stage.host_key, json={"phase": "ended"})
    for invite in (None, *interview.invites.values()):
        assert error(await join(stage, interview, invite=invite)) == (409, "SESSION_ENDED")
    await set_policy(stage, interview, "invite_only")
    assert error(await join(stage, interview)) == (409, "SESSION_ENDED")
    invite = interview.invites["interviewer"]
    assert (await join(stage, interview, invite=invite)).json()["status"] == "admitted"


async def test_asking_without_an_invite_is_bounded_like_guessing_one(
    database: Database, data_dir: Path
) -> None:
    limits = Limits(knocks_per_minute=4)
    async with staged(database, data_dir, limits=limits) as stage:
        interview = await stage.create(join_policy="invite_only")
        for _ in range(4):
            assert error(await join(stage, interview)) == (403, "INVITE_REQUIRED")
        assert error(await join(stage, interview)) == (429, "TOO_MANY_REQUESTS")
        invite = interview.invites["candidate"]
        assert (await join(stage, interview, invite=invite)).json()["status"] == "admitted"


async def test_a_policy_is_announced(stage: Stage) -> None:
    interview = await stage.create()
    candidate = await stage.join(interview)
    async with interview.room.enter(candidate.token) as client:
        welcome = await client.message("welcome")
        assert welcome["session"]["join_policy"] == "invite"
        await set_policy(stage, interview, "knock")
        await client.message("session", lambda m: m["session"]["join_policy"] == "knock")
    listed = (await stage.ask("GET", "/sessions", stage.host_key))["data"]
    assert [each["join_policy"] for each in listed] == ["knock"]
