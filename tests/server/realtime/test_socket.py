"""The socket's door: who is let in, and how the others are told why not."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from tests.server.realtime.conftest import HOST_KEY
from websockets.asyncio.client import connect

from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.protocol import read_control, read_integer, read_payload

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Serve, Server


async def close_of(url: str) -> tuple[int | None, str | None]:
    """How the server closes a socket that says nothing."""
    async with connect(url, proxy=None, compression=None) as socket:
        await socket.wait_closed()
        return socket.close_code, socket.close_reason


async def test_a_socket_without_a_good_credential_is_closed_with_a_code(server: Server) -> None:
    room, other = await server.room(), await server.room()
    base = server.origin.replace("http", "ws", 1) + "/ws/sessions"
    cases = {
        f"/{room.id}": (4401, "not_authenticated"),
        f"/{room.id}?token=nonsense": (4401, "not_authenticated"),
        f"/{room.id}?token={other.token}": (4401, "not_authenticated"),
        f"/{room.id}?token={HOST_KEY}": (4403, "not_allowed"),
        f"/00000000?token={HOST_KEY}": (4404, "not_found"),
        f"/not-an-id?token={room.token}": (4404, "not_found"),
    }
    for path, expected in cases.items():
        assert await close_of(base + path) == expected, path


async def test_the_token_may_come_as_a_bearer(server: Server) -> None:
    room = await server.room()
    url = server.origin.replace("http", "ws", 1) + f"/ws/sessions/{room.id}"
    headers = {"Authorization": f"Bearer {room.token}"}
    async with connect(url, proxy=None, additional_headers=headers) as socket:
        frame = await socket.recv()
    assert isinstance(frame, bytes)
    kind, at = read_integer(frame, 0)
    assert kind == 100
    assert read_control(read_payload(frame, at))["type"] == "welcome"


async def test_welcome_comes_first_and_holds_what_a_page_needs(server: Server) -> None:
    room = await server.room(title="Backend")
    async with room.enter() as host:
        welcome = await host.message("welcome")
        await host.sync()
    assert host.heard[0] is welcome
    assert welcome["session"]["title"] == "Backend"
    assert welcome["session"].keys().isdisjoint({"code", "files", "participants"})
    assert welcome["participant"]["is_online"] is True
    assert [person["id"] for person in welcome["participants"]] == ["host"]
    assert welcome["waiting"] == []
    assert welcome["runs"] == []
    assert welcome["saved"] == "saved"
    limits = Limits()
    assert welcome["limits"] == {
        "frame_bytes": limits.frame_bytes,
        "document_bytes": limits.document_bytes,
    }


async def test_only_interviewers_are_told_who_waits(server: Server) -> None:
    room = await server.room()
    async with room.enter(await room.join("Carl")) as candidate:
        assert "waiting" not in await candidate.message("welcome")


async def test_a_control_socket_hears_control_messages_alone_and_is_not_online(
    server: Server,
) -> None:
    room = await server.room()
    token = await room.join("Carl")
    async with room.enter(token, query="&only=control") as watch, room.enter() as host:
        welcome = await watch.message("welcome")
        assert welcome["participant"]["is_online"] is False
        await host.sync()
        await host.insert(0, "x")
        await host.fence()
        await watch.message("participants")
        await watch.fence()
        assert watch.frames == len(watch.heard)
        people = await room.call("GET", "/participants")
        online = {person["id"]: person["is_online"] for person in people["participants"]}
        assert online == {"host": True, "Carl": False}


async def test_a_participant_has_a_bounded_number_of_sockets(serve: Serve) -> None:
    server = await serve(Limits(sockets_per_participant=2))
    room = await server.room()
    async with AsyncExitStack() as stack:
        for _ in range(2):
            client = await stack.enter_async_context(room.enter())
            await client.message("welcome")
        refused = await stack.enter_async_context(room.enter())
        assert await refused.until_closed() == (4429, "too_many")


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff" * 20,
        b"\x00",
        b"\x00\x07\x00",
        b"\x00\x02\x02\x00",
        b"\x00\x02\x02\xff\xff",
        b"\x01\x05hello",
        b"\x64\x02{]",
        b'\x64\x0f{"type":"ping"}',
        b"\x64\x01[",
    ],
)
async def test_a_malformed_frame_closes_its_sender_alone(server: Server, frame: bytes) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await candidate.message("welcome")
        await candidate.send(frame)
        assert await candidate.until_closed() == (4400, "malformed")
        await host.fence()


async def test_a_text_frame_is_malformed(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        await host.socket.send("hello")
        assert await host.until_closed() == (4400, "malformed")


async def test_unknown_frames_and_messages_are_ignored(server: Server) -> None:
    room = await server.room()
    async with room.enter() as host:
        await host.message("welcome")
        await host.send(b"\x03")
        await host.send(b"\x2a\x01\x02")
        await host.tell("something_new", id="x")
        await host.fence()


async def test_a_frame_may_be_so_large_and_no_larger(serve: Serve) -> None:
    server = await serve(Limits(frame_bytes=4096))
    room = await server.room()
    async with room.enter() as host:
        await host.sync()
        await host.insert(0, "x" * 4000)
        await host.fence()
        await host.insert(0, "x" * 4100)
        assert await host.until_closed() == (4413, "too_large")


async def test_whoever_sends_too_fast_is_closed(serve: Serve) -> None:
    server = await serve(Limits(messages_per_s=5))
    room = await server.room()
    async with room.enter() as host:
        await host.message("welcome")
        for number in range(80):
            await host.tell("ping", id=str(number))
        assert await host.until_closed() == (4429, "too_many")
        assert 40 < len(host.all("pong")) < 80
    async with room.enter() as host:
        await host.message("welcome")
        for number in range(80):
            await host.tell("ping", id=str(number))
        assert await host.until_closed() == (4429, "too_many")
        assert len(host.all("pong")) < 40, "who reconnects has not rested"


async def test_a_long_frame_counts_as_many(serve: Serve) -> None:
    server = await serve(Limits(messages_per_s=5, message_bytes=100))
    room = await server.room()
    async with room.enter() as host:
        await host.sync()
        await host.insert(0, "x" * 3_000)
        await host.fence()
        await host.insert(0, "x" * 3_000)
        assert await host.until_closed() == (4429, "too_many")


async def test_a_document_may_be_so_large_and_no_larger(serve: Serve) -> None:
    server = await serve(Limits(document_bytes=20_000))
    room = await server.room()
    async with room.enter() as host, room.enter() as other:
        await host.sync()
        await other.sync()
        await host.insert(0, "x" * 15_000)
        await host.fence()
        await host.insert(0, "y" * 15_000)
        assert await host.until_closed() == (4413, "too_large")
        await other.fence()
        assert other.text() == "x" * 15_000 + "one\n"
