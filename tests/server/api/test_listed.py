"""The front page shows the sessions that their hosts want shown, and those alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.stage import Interview, Stage, error, staged

from codeinterview_server.domain.clock import now_ms

if TYPE_CHECKING:
    from pathlib import Path

    from codeinterview_server.db.engine import Database

TUNNEL = "https://quiet-river.trycloudflare.example"


async def show(stage: Stage, *interviews: Interview, key: str | None = None) -> None:
    body = {"sessions": [each.id for each in interviews]}
    answer = await stage.ask("PUT", "/listed", key or stage.run_key, json=body)
    assert answer == {"success": True, "sessions": list(dict.fromkeys(body["sessions"]))}


async def titles(stage: Stage, **headers: str) -> list[str]:
    answer = await stage.ask("GET", "/listed", headers=headers)
    assert set(answer) == {"success", "sessions"}
    assert all(set(each) == {"id", "title"} for each in answer["sessions"])
    return [each["title"] for each in answer["sessions"]]


async def change(stage: Stage, interview: Interview, **changes: object) -> None:
    await stage.ask("PATCH", f"/sessions/{interview.id}", stage.host_key, json=changes)


async def test_what_is_shown_is_what_was_chosen_by_title_and_without_anything_else(
    stage: Stage,
) -> None:
    assert await titles(stage) == []
    screening, backend, _hidden = [
        await stage.create(title=title) for title in ("screening", "Backend <b>&", "Hidden")
    ]
    await show(stage, screening, backend, screening)
    assert await stage.ask("GET", "/listed") == {
        "success": True,
        "sessions": [
            {"id": backend.id, "title": "Backend <b>&"},
            {"id": screening.id, "title": "screening"},
        ],
    }
    await show(stage, screening)
    assert await titles(stage) == ["screening"]
    await show(stage)
    assert await titles(stage) == []


async def test_a_title_changes_and_what_is_over_goes(stage: Stage) -> None:
    renamed, ended, deleted, closed = [
        await stage.create(title=title) for title in ("Old", "Ended", "Deleted", "By link")
    ]
    await show(stage, renamed, ended, deleted, closed)
    async with renamed.room.enter(), ended.room.enter(), deleted.room.enter(), closed.room.enter():
        assert await titles(stage) == ["By link", "Deleted", "Ended", "Old"]
        await change(stage, renamed, title="New")
        await change(stage, ended, phase="ended")
        await change(stage, closed, join_policy="invite_only")
        assert await titles(stage) == ["Deleted", "New"]
        await stage.ask("DELETE", f"/sessions/{deleted.id}", stage.host_key)
    await show(stage, renamed, ended, deleted)
    assert await titles(stage) == ["New"]


async def test_what_has_expired_is_not_shown(database: Database, data_dir: Path) -> None:
    async with staged(database, data_dir) as before:
        interview = await before.create(title="Long ago")
    async with staged(database, data_dir) as after:
        await show(after, interview)
        assert await titles(after) == ["Long ago"]
        async with database.begin() as connection:
            await connection.exec_driver_sql(
                "UPDATE sessions SET expires_at = 1 WHERE id = %(id)s", {"id": interview.id}
            )
        await show(after, interview)
        assert await titles(after) == []


async def test_each_key_shows_its_own_and_nobody_elses(stage: Stage) -> None:
    ada, ada_key = await stage.add_key("ada")
    _grace, grace_key = await stage.add_key("grace")
    of_ada = await stage.create(title="Ada's", host_key=ada_key)
    of_grace = await stage.create(title="Grace's", host_key=grace_key)
    shared = await stage.create(title="Shared", host_key=grace_key, shared=True)
    own = await stage.create(title="Own")
    await show(stage, of_ada, of_grace, shared, own, key=ada_key)
    assert await titles(stage) == ["Ada's", "Shared"]
    await show(stage, own)
    assert await titles(stage) == ["Ada's", "Own", "Shared"]
    assert await stage.keys.revoke(ada.name, now_ms()) is not None
    await show(stage, own)
    assert await titles(stage) == ["Own"]


async def test_whoever_comes_by_a_tunnel_is_shown_none(stage: Stage) -> None:
    await show(stage, await stage.create(title="In this room"))
    links = {"links": [{"url": TUNNEL, "kind": "tunnel", "forwarded": True}]}
    await stage.ask("PUT", "/links", stage.run_key, json=links)
    assert await titles(stage, Host=TUNNEL.removeprefix("https://")) == []
    assert await titles(stage, Host="ines-laptop.local:8765") == ["In this room"]


@pytest.mark.parametrize(
    "sessions",
    [["../../etc"], ["1A2B3C4D"], [7], "1a2b3c4d", None, ["1a2b3c4d"] * 101],
    ids=lambda sessions: str(sessions)[:20],
)
async def test_what_is_no_list_of_codes_changes_nothing(stage: Stage, sessions: object) -> None:
    await show(stage, await stage.create(title="Stays"))
    answer = await stage.call("PUT", "/listed", stage.host_key, json={"sessions": sessions})
    assert error(answer) == (422, "VALIDATION_FAILED")
    assert await titles(stage) == ["Stays"]


async def test_a_restarted_server_shows_nothing_until_it_is_told(
    database: Database, data_dir: Path
) -> None:
    async with staged(database, data_dir) as before:
        interview = await before.create(title="Before")
        await show(before, interview)
        assert await titles(before) == ["Before"]
    async with staged(database, data_dir) as after:
        assert await titles(after) == []
        await show(after, interview)
        assert await titles(after) == ["Before"]
