"""Frames made to be slow to merge are refused before they are merged; long honest ones are not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from pycrdt import Doc, Text
from tests.server.realtime.updates import (
    DELETED,
    GARBAGE,
    STRING,
    Client,
    behind,
    block,
    deletion,
    in_root,
    string,
    update,
)

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.document import RoomDocument
from codeinterview_server.realtime.protocol import SyncKind, encode_sync
from codeinterview_server.realtime.update import Extent, read_update

if TYPE_CHECKING:
    from tests.server.realtime.conftest import Serve, Server

ROOT = "file:main.py"
LETTER = in_root(ROOT, STRING, string("x"))
CAPACITY = Limits().merge_steps_per_s * 10


def chain(client: int, count: int) -> list[bytes]:
    """Letters that stand one behind the other, which Yrs joins."""
    return [LETTER, *(behind((client, n), string("x")) for n in range(count - 1))]


def chequered(client: int, count: int) -> list[bytes]:
    """The same, but every other one is deleted, so that they stay apart."""
    rest = (
        behind((client, n), string("x")) if n % 2 else behind((client, n), b"\x01", DELETED)
        for n in range(count - 1)
    )
    return [LETTER, *rest]


def same_gap(count: int) -> bytes:
    """Both clients write into one gap over and over, the second one after the first."""
    after = behind((5, count - 1), string("y"))
    return update(block(5, 0, *[LETTER] * count), block(9, 0, after, *[LETTER] * count))


def far_neighbours(count: int) -> bytes:
    """The second client says of each of the first one's that it is the last."""
    places = (behind((5, n), string("y")) for n in range(count - 1))
    after = behind((5, count - 1), string("y"))
    return update(block(5, 0, *chequered(5, count)), block(9, 0, after, *places))


def one_run(count: int) -> bytes:
    """The second client writes into one gap of a run over and over."""
    gap = bytes((STRING | 0xC0, 5, 0, 5, 1)) + string("y")
    return update(block(5, 0, *chequered(5, 3)), block(9, 0, *[gap] * count))


def many_clients(count: int) -> bytes:
    """As many clients as letters, each of which writes into the same gap, in the worst order."""
    first = block(1, 0, LETTER)
    rest = (block(n, 0, behind((n - 1, 0), string("y")), LETTER) for n in range(2, count))
    return update(first, *rest)


SLOW = {
    "a gap without end": same_gap(6_000),
    "far neighbours": far_neighbours(6_000),
    "one gap in a run": one_run(8_000),
    "clients without number": many_clients(6_000),
    "more structs than anyone writes": update(block(5, 0, *chain(5, 20_001))),
    "more holes than anyone makes": update(block(5, 0, *[bytes((GARBAGE, 1))] * 20_001)),
    "more deletions than anyone makes": update(
        block(5, 0, in_root(ROOT, STRING, string("x" * 200_002))),
        deletions=deletion(5, *((2 * n, 1) for n in range(100_001))),
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW.keys())
async def test_who_sends_it_is_closed_and_nobody_else_notices(server: Server, data: bytes) -> None:
    room = await server.room()
    async with room.enter() as host, room.enter(await room.join("Carl")) as candidate:
        await host.sync()
        await candidate.sync()
        await candidate.send(encode_sync(SyncKind.UPDATE, data))
        assert await candidate.until_closed() == (4413, "too_large")
        await host.insert(0, "#")
        await host.fence()
        assert host.text() == "#one\n"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [SyncKind.UPDATE, SyncKind.DIFFERENCE])
async def test_an_observers_is_not_even_read_to_its_end(server: Server, kind: SyncKind) -> None:
    room = await server.room()
    data = update(block(5, 0, *[bytes((GARBAGE, 1))] * 500_000))
    async with room.enter(await room.join("Olga", "observer")) as observer:
        await observer.message("welcome")
        await observer.send(encode_sync(kind, data))
        assert await observer.until_closed() == (4413, "too_large")


async def test_reconnecting_is_no_rest(serve: Serve) -> None:
    server = await serve(Limits(merge_steps_per_s=3_000))
    room = await server.room()
    token = await room.join("Carl")
    for client, count, expected in ((5, 150, None), (6, 75, (4429, "too_many"))):
        async with room.enter(token) as candidate:
            await candidate.sync()
            data = update(block(client, 0, *[LETTER] * count))
            await candidate.send(encode_sync(SyncKind.UPDATE, data))
            if expected is None:
                await candidate.fence()
            else:
                assert await candidate.until_closed() == expected


@pytest.mark.timeout(60)
async def test_edits_of_a_long_time_offline_are_welcome(server: Server) -> None:
    """Thousands of words at random places, while somebody else did the same."""
    room = await server.room(code="word " * 2_000)
    chance = random.Random(3)
    docs: list[Doc[Any]] = [Doc(client_id=77), Doc(client_id=2**31)]
    token = await room.join("Carl")
    for doc in docs:
        async with room.enter(token, doc=doc) as online:
            await online.sync()
            await online.fence()
        text = doc.get(ROOT, type=Text)
        for _ in range(2_000):
            length = len(str(text))
            if chance.random() < 0.7:
                text.insert(chance.randrange(length), "typed")
            else:
                at = chance.randrange(length - 10)
                del text[at : at + chance.randrange(1, 8)]
    for doc in docs:
        async with room.enter(token, doc=doc) as back:
            await back.sync()
            await back.fence()
            assert back.close_code is None
    async with room.enter(token, doc=docs[0]) as first, room.enter(token) as anew:
        await first.sync()
        await anew.sync()
        assert first.text() == anew.text()
        assert anew.text().count("typed") > 1_000
    # And all of it at once, for a server that lost everything.
    whole = docs[0].get_update()
    empty = RoomDocument(Limits().document_bytes, Extent(Limits().structs_per_frame))
    steps: list[int] = []
    empty.apply(whole, steps.append)
    assert len(read_update(whole).structs) > 4_000
    assert steps[0] < CAPACITY


def test_typing_costs_nothing_that_counts() -> None:
    client = Client(7)
    client.insert(0, "a")
    for n in range(1, 50):
        assert read_update(client.insert(n, "b")).merge_steps(100_000) == 0
    elsewhere = read_update(client.insert(3, "c")).merge_steps(100_000)
    assert elsewhere == 100_001


def test_a_refusal_to_pay_keeps_it_from_being_merged() -> None:
    document = RoomDocument(2**20)
    document.seed("main.py", "text\n")

    def refuse(steps: int) -> None:
        raise TooLarge(str(steps))

    data = Client(7, document.state()).insert(0, "x")
    with pytest.raises(TooLarge):
        document.apply(data, refuse)
    assert document.text("main.py") == "text\n"
    document.apply(data)
    assert document.text("main.py") == "xtext\n"
