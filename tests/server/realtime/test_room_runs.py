"""Runs shared in a room: who ran what, bounded, finished even when their browser is gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.support.eventually import eventually

from codeinterview_server.db.runs import RunStore

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Server
    from tests.support.room_client import RoomClient


async def start(client: RoomClient, run_id: str) -> None:
    await client.tell("run", run_id=run_id, event="started", language="python", path="main.py")


async def say(client: RoomClient, run_id: str, text: str, stream: str = "stdout") -> None:
    await client.tell("run", run_id=run_id, event="output", stream=stream, text=text)


async def finish(client: RoomClient, run_id: str, status: str = "ok") -> None:
    await client.tell(
        "run", run_id=run_id, event="finished", status=status, duration_ms=12, truncated=False
    )


def is_end(message: dict[str, Any]) -> bool:
    return bool(message["event"] == "finished")


async def test_a_run_is_shared_and_kept(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host, room.enter(token) as candidate:
        await asyncio.gather(host.message("welcome"), candidate.message("welcome"))
        await start(candidate, "r1")
        await say(candidate, "r1", "hello\n")
        await say(candidate, "r1", "oh\n", "stderr")
        await finish(candidate, "r1")
        await host.message("run", is_end)
        assert [each["event"] for each in host.all("run")] == [
            "started",
            "output",
            "output",
            "finished",
        ]
        assert {each["name"] for each in host.all("run")} == {"Carl"}
        assert {each["participant_id"] for each in host.all("run")} == {"Carl"}
        await candidate.fence()
        assert candidate.all("run") == []
        async with room.enter() as late:
            (record,) = (await late.message("welcome"))["runs"]
    assert record["status"] == "ok"
    assert record["duration_ms"] == 12
    assert record["output"] == [
        {"stream": "stdout", "text": "hello\n"},
        {"stream": "stderr", "text": "oh\n"},
    ]


async def test_observers_do_not_run(server: Server) -> None:
    room = await server.room()
    async with room.enter(await room.join("Olga", "observer")) as observer:
        await observer.message("welcome")
        await start(observer, "r1")
        assert (await observer.message("refused"))["action"] == "run_code"


async def test_a_run_whose_browser_is_gone_is_stopped(server: Server) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host:
        await host.message("welcome")
        async with room.enter(token) as candidate:
            await start(candidate, "r1")
            await host.message("run")
        assert (await host.message("run", is_end))["status"] == "stopped"
        # Back again, its old run is not to be had any more.
        async with room.enter(token) as candidate:
            await say(candidate, "r1", "late")
            await finish(candidate, "r1", "ok")
            await candidate.fence()
        assert len(host.all("run")) == 2
    store = RunStore(server.database)

    async def is_stopped() -> bool:
        return [run.status for run in await store.newest(room.id, 5)] == ["stopped"]

    await eventually(is_stopped, "the run's record")


async def test_nobody_speaks_for_anothers_run(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.message("welcome"), candidate.message("welcome"))
        await start(host, "r1")
        await candidate.message("run")
        await say(candidate, "r1", "forged")
        await finish(candidate, "r1")
        await candidate.fence()
        await say(host, "r1", "true")
        await finish(host, "r1")
        await candidate.message("run", is_end)
        assert [each.get("text") for each in candidate.all("run")] == [None, "true", None]
        assert host.all("run") == []


async def test_output_is_bounded(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await asyncio.gather(host.message("welcome"), candidate.message("welcome"))
        await start(candidate, "r1")
        for _ in range(17):
            await say(candidate, "r1", "é" * 10_000)
        await finish(candidate, "r1")
        end = await host.message("run", is_end)
        assert end["truncated"] is True
        sizes = [
            len(each["text"].encode()) for each in host.all("run") if each["event"] == "output"
        ]
        assert max(sizes) <= 16 * 1024
        assert sum(sizes) <= 256 * 1024
        assert sum(sizes) > 255 * 1024


async def test_the_newest_twenty_are_kept_at_hand(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        await host.message("welcome")
        for number in range(23):
            await start(host, f"r{number}")
            await finish(host, f"r{number}")
        await host.fence()
        async with room.enter() as late:
            welcome = await late.message("welcome")
    assert [run["run_id"] for run in welcome["runs"]] == [f"r{n}" for n in range(3, 23)]
