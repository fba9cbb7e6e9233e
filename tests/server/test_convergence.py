"""A stock y-websocket client, a pycrdt client and REST edit one room at once and agree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from pycrdt import Assoc, Text
from tests.server.stage import Stage, staged
from tests.support.stock_client import stock_client

from codeinterview_server.domain.roles import Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.room_client import RoomClient

    from codeinterview_server.db.engine import Database


@pytest.fixture
async def stage(database: Database, data_dir: Path) -> AsyncIterator[Stage]:
    async with staged(database, data_dir) as stage:
        yield stage


def in_order(text: str, typed: str, whose: str) -> bool:
    """Whether all that somebody typed is there, once each and in its order."""
    return "".join(character for character in text if character in whose) == typed


LOWER, UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


async def test_two_kinds_of_client_and_rest_converge_and_lose_no_character(stage: Stage) -> None:
    interview = await stage.create(language="python", code="# one line")
    candidate = await stage.join(interview)
    by_node, by_python = LOWER * 8, UPPER * 8
    async with (
        stock_client(stage.origin, interview.id, candidate.token) as node,
        interview.room.enter() as python,
    ):
        await python.sync()
        await node.until_synced()
        await node.until_text("# one line")
        await node.tell("type", text=by_node, pause_ms=1)
        await type_at_caret(python, by_python)
        await node.until(lambda: bool(node.all("typed")), "all typed")
        await python.until(
            lambda: in_order(python.text()[10:], by_node, LOWER), "all of the other's characters"
        )
        await python.fence()
        path = f"/sessions/{interview.id}"
        code = (await stage.ask("GET", path, stage.host_key))["data"]["code"]
        assert python.text() == code
        await node.until_text(code)
        assert in_order(code[10:], by_node, LOWER)
        assert in_order(code, by_python, UPPER)
        # A third way in: what REST replaces reaches both.
        code = code.replace("# one line", "# the same line, ü😀")
        await stage.ask("PUT", f"{path}/code", stage.host_key, json={"code": code})
        await python.until_text(code)
        await node.until_text(code)


async def type_at_caret(client: RoomClient, typed: str) -> None:
    """Type one character after another at the end of the only line, as an editor does."""
    text = client.doc.get("file:main.py", type=Text)
    caret = text.sticky_index(len(client.text().encode()), Assoc.BEFORE)
    for character in typed:
        at = caret.get_index()
        await client.insert(at, character)
        caret = text.sticky_index(at + 1, Assoc.BEFORE)
        await asyncio.sleep(0)


async def test_a_replacement_over_rest_moves_no_cursor_of_an_open_editor(stage: Stage) -> None:
    code = "def add(a, b):\n    return a + b\n\nprint(add(1, 2))\n"
    interview = await stage.create(language="python", code=code)
    candidate = await stage.join(interview)
    async with (
        stock_client(stage.origin, interview.id, candidate.token) as node,
        interview.room.enter() as python,
    ):
        await python.sync()
        await node.until_text(code)
        text = python.doc.get("file:main.py", type=Text)
        caret = text.sticky_index(code.index("print"), Assoc.AFTER)
        before = python.doc.get_state()
        changed = code.replace("add", "sum_of").replace("a + b", "a + b  # ü")
        path = f"/sessions/{interview.id}/code"
        data = (await stage.ask("PUT", path, stage.host_key, json={"code": changed}))["data"]
        assert data["code"] == changed
        await python.until_text(changed)
        await node.until_text(changed)
        assert changed.encode()[caret.get_index() :].startswith(b"print(")
        assert len(python.doc.get_update(before)) < 200, "only what differs travelled"


async def test_who_was_offline_brings_their_edits_along(stage: Stage) -> None:
    interview = await stage.create(language="python", code="start\n")
    candidate = await stage.join(interview)
    async with (
        stock_client(stage.origin, interview.id, candidate.token) as node,
        interview.room.enter() as python,
    ):
        await python.sync()
        await node.until_text("start\n")
        await node.tell("disconnect")
        await node.until(
            lambda: node.all("status")[-1]["status"] == "disconnected", "the line to be cut"
        )
        await node.tell("insert", at=0, text="offline ")
        await python.insert(len("start"), " online")
        await python.fence()
        await node.until_text("offline start\n")
        await node.tell("connect")
        await python.until_text("offline start online\n")
        await node.until_text("offline start online\n")


async def test_a_stock_client_sees_others_under_the_names_that_the_server_knows(
    stage: Stage,
) -> None:
    interview = await stage.create(language="python")
    first, second = await stage.join(interview), await stage.join(interview, Role.OBSERVER)
    async with stock_client(stage.origin, interview.id, first.token) as one:
        await one.until_synced()
        async with stock_client(stage.origin, interview.id, second.token) as two:
            await two.until_synced()
            await two.tell("cursor", state={"user": {"name": "The interviewer"}})
            await one.until(lambda: "Person 2" in one.names, "the other's name")
            assert "The interviewer" not in one.names
        await one.until(lambda: "Person 2" not in one.names, "the other gone")


async def test_a_lone_stock_client_hears_enough_to_stay(stage: Stage) -> None:
    """It gives up a line on which it hears nothing for 30 s, and sends its state every 15 s."""
    interview = await stage.create(language="python")
    async with interview.room.enter() as client:
        await client.message("welcome")
        state = b'{"selection": null}'
        for clock in range(1, 4):
            await client.show(bytes((1, 7, clock, len(state))) + state)
        await client.fence()
        assert client.awareness == [b"\x00"], "empty, and not for every move of the cursor"


async def test_a_stock_client_stops_where_it_may_not_be(stage: Stage) -> None:
    interview = await stage.create(language="python")
    candidate = await stage.join(interview)
    async with stock_client(stage.origin, interview.id, "x" * 43) as stranger:
        await stranger.until(lambda: bool(stranger.all("closed")), "the refusal")
        assert stranger.all("closed") == [
            {"event": "closed", "code": 4401, "reason": "not_authenticated"}
        ]
    async with stock_client(stage.origin, interview.id, candidate.token) as node:
        await node.until_synced()
        path = f"/sessions/{interview.id}/participants/{candidate.id}"
        await stage.ask("DELETE", path, interview.creator.token)
        await node.until(lambda: bool(node.all("closed")), "being removed")
        assert node.all("closed") == [{"event": "closed", "code": 4403, "reason": "removed"}]
