"""Runs shared in a room: who ran what, bounded, finished even when their browser is gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.support.eventually import eventually

from codeinterview_server.db.runs import RunStore
from codeinterview_server.domain.limits import Limits

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Serve, Server
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


async def test_starting_runs_too_often_is_refused(serve: Serve) -> None:
    server = await serve(Limits(runs_per_minute=30))
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter() as host, room.enter(token) as one, room.enter(token) as other:
        for client in (host, one, other):
            await client.message("welcome")
        # All sockets of a participant share what they may start.
        for n in range(10):
            await start((one, other)[n % 2], f"r{n}")
            await (one, other)[n % 2].fence()
        refused = one.all("refused") + other.all("refused")
        assert [each["code"] for each in refused] == ["TOO_MANY_REQUESTS"] * 5
        assert {each["action"] for each in refused} == {"run_code"}
        await start(host, "own")
        await one.message("run", lambda m: m["run_id"] == "own")
        await one.fence()
        assert len([m for m in host.all("run") if m["event"] == "started"]) == 5
        # What was refused does not run here, whatever its sender does.
        await say(one, "r9", "x")
        await finish(one, "r0")
        await host.message("run", is_end)
        assert {m["run_id"] for m in host.all("run")} == {"r0", "r1", "r2", "r3", "r4"}


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


async def test_the_newest_twenty_are_kept_at_hand(serve: Serve) -> None:
    server = await serve(Limits(runs_per_minute=600))
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
