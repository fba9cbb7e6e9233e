"""The reader of updates agrees with Yrs on honest ones and refuses what no editor makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlFragment
from tests.server.realtime.updates import (
    ANY,
    DELETED,
    GARBAGE,
    NO_DELETIONS,
    SKIP,
    STRING,
    TYPE,
    Client,
    any_object,
    behind,
    block,
    deletion,
    in_root,
    string,
    update,
)

from codeinterview_server.realtime.protocol import encode_integer, read_state_vector
from codeinterview_server.realtime.update import MAX_CLOCK, Deletion, read_update

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = "file:main.py"


def test_typed_text_is_read_with_its_place() -> None:
    client = Client(7)
    first = read_update(client.insert(0, "ab"))
    assert [(s.client, s.clock, s.end, s.origin, s.root) for s in first.structs] == [
        (7, 0, 2, None, ROOT)
    ]
    second = read_update(client.insert(1, "ü😀"))
    (middle,) = second.structs
    assert (middle.clock, middle.end) == (2, 5), "clocks count UTF-16 units"
    assert (middle.origin, middle.right_origin, middle.root) == ((7, 0), (7, 1), None)
    third = read_update(client.delete(0, 1))
    assert third.structs == []
    assert third.deletions == [Deletion(7, 0, 1)]


def test_a_whole_state_with_several_clients_is_read() -> None:
    first, second = Client(3), Client(2**40)
    first.insert(0, "hello world")
    first.delete(2, 6)
    second.doc.apply_update(first.doc.get_update())
    second.insert(3, "🎉")
    state = second.doc.get_update()
    read = read_update(state)
    assert read.builds_on({}) == read_state_vector(second.doc.get_state())
    assert read.deletions == [Deletion(3, 2, 6)]


def test_a_map_entry_of_strings_is_read() -> None:
    doc: Doc[Map[object]] = Doc(client_id=5)
    doc.get("files", type=Map)["main.py"] = {"language": "python"}
    (struct,) = read_update(doc.get_update()).structs
    assert struct.root == "files"
    assert struct.entry == ("main.py", {"language": "python"})


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 200), st.text(max_size=12)),
        max_size=40,
    )
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_reader_and_yrs_agree_on_what_three_clients_know(
    edits: list[tuple[int, bool, int, str]],
) -> None:
    clients = [Client(n) for n in (1, 2**31, 2**40)]
    known: dict[int, int] = {}
    reference = Client()
    for who, deletes, place, raw in edits:
        text = "".join(c for c in raw if c != "\r" and not "\ud800" <= c <= "\udfff")
        client = clients[who]
        content = str(client.text())
        at = len(content[: place % (len(content) + 1)].encode())
        if deletes and content:
            end = len(content[: place % (len(content) + 1) + 2].encode())
            data = client.delete(at, end) if end > at else b""
        else:
            data = client.insert(at, text) if text else b""
        if not data:
            continue
        grown = read_update(data).builds_on(known)
        assert grown is not None
        known |= grown
        reference.doc.apply_update(data)
        for other in clients:
            other.doc.apply_update(data)
    assert known == read_state_vector(reference.doc.get_state())


def test_what_builds_on_something_missing_is_told_apart() -> None:
    client = Client(7)
    first, second = client.insert(0, "a"), client.insert(1, "b")
    third, fourth = client.delete(0, 1), client.doc.get_update()
    assert read_update(second).builds_on({}) is None
    assert read_update(second).builds_on({7: 1}) == {7: 2}
    assert read_update(third).builds_on({7: 0}) is None
    assert read_update(third).builds_on({7: 2}) == {}
    assert read_update(first).builds_on({7: 9}) == {}, "known already"
    assert read_update(fourth).builds_on({}) == {7: 2}


def test_a_gap_that_an_update_announces_counts_as_missing() -> None:
    skipping = update(block(7, 0, bytes((SKIP, 5)), in_root(ROOT, STRING, string("x"))))
    assert read_update(skipping).builds_on({}) is None
    assert read_update(skipping).builds_on({7: 5}) == {7: 6}


def test_clients_may_build_on_each_other_in_any_order() -> None:
    data = update(
        block(1, 0, behind((2, 0), string("a")), behind((2, 1), string("b"))),
        block(2, 0, in_root(ROOT, STRING, string("x")), behind((1, 0), string("y"))),
    )
    assert read_update(data).builds_on({}) == {1: 2, 2: 2}


def test_clients_that_wait_for_each_other_are_incomplete() -> None:
    data = update(
        block(1, 0, behind((2, 0), string("a"))), block(2, 0, behind((1, 0), string("b")))
    )
    assert read_update(data).builds_on({}) is None


LETTER = in_root(ROOT, STRING, string("x"))
HOSTILE = {
    "nothing": b"",
    "no deletions": update(block(1, 0, LETTER), deletions=b""),
    "more than it says": update(block(1, 0, LETTER)) + b"\x00",
    "a huge count of clients": encode_integer(2**50),
    "a huge count of structs": b"\x01" + encode_integer(2**50) + b"\x01\x00",
    "a client without structs": b"\x01\x00\x01\x00" + NO_DELETIONS,
    "a client twice": update(block(1, 0, LETTER), block(1, 1, LETTER)),
    "cut within a struct": update(block(1, 0, LETTER))[:-3],
    "a huge count of deletions": b"\x00" + b"\x01\x01" + encode_integer(2**50),
    "deletions of a huge count of clients": b"\x00" + encode_integer(2**50),
    "an empty deletion": update(deletions=deletion(1, (0, 0))),
    "a deletion beyond all clocks": update(deletions=deletion(1, (MAX_CLOCK, 1))),
    "an empty text": update(block(1, 0, in_root(ROOT, STRING, string("")))),
    "an empty gap": update(block(1, 0, bytes((SKIP, 0)))),
    "an empty hole": update(block(1, 0, bytes((GARBAGE, 0)))),
    "a clock too large": update(block(1, MAX_CLOCK, LETTER)),
    "a length too large": update(block(1, 0, bytes((GARBAGE,)) + encode_integer(2**40))),
    "a carriage return": update(block(1, 0, in_root(ROOT, STRING, string("a\r\nb")))),
    "broken UTF-8": update(block(1, 0, in_root(ROOT, STRING, b"\x02\xc3\x28"))),
    "half a character": update(block(1, 0, in_root(ROOT, STRING, b"\x03\xed\xa0\x80"))),
    "a broken root": update(block(1, 0, bytes((STRING, 1)) + b"\x01\xff" + string("x"))),
    "a parent that is no root": update(block(1, 0, bytes((STRING, 0, 1, 0)) + string("x"))),
    "an unknown content": update(block(1, 0, in_root(ROOT, 15, string("x")))),
    "a type within a text": update(block(1, 0, in_root(ROOT, TYPE, b"\x02"))),
    "a JSON value within a text": update(block(1, 0, in_root(ROOT, ANY, any_object([])))),
    "text under a key": update(block(1, 0, in_root("files", STRING, string("x"), "k"))),
    "a deletion under a key": update(block(1, 0, in_root("files", DELETED, b"\x01", "k"))),
    "an overwritten key": update(block(1, 1, behind((1, 0), any_object([]), ANY, 0x80 | 0x20))),
    "a key that is no text": update(
        block(1, 0, bytes((ANY | 0x20, 1)) + string("files") + b"\x01\xff" + any_object([]))
    ),
    "two values under a key": update(
        block(1, 0, in_root("files", ANY, b"\x02\x76\x00\x76\x00", "k"))
    ),
    "a number under a key": update(block(1, 0, in_root("files", ANY, b"\x01\x7d\x01", "k"))),
    "a number within an object": update(
        block(1, 0, in_root("files", ANY, b"\x01\x76\x01\x01a\x7d\x01", "k"))
    ),
    "a large object": update(
        block(1, 0, in_root("files", ANY, any_object([(str(n), "") for n in range(9)]), "k"))
    ),
    "an endless integer": b"\x01\x01\x01" + b"\xff" * 100,
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_text_editing_never_makes_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences differ; the case has the name
        read_update(data)


def _array(doc: Doc[Any]) -> None:
    doc.get("file:main.py", type=Array).append("x")


def _nested(doc: Doc[Any]) -> None:
    doc.get("files", type=Map)["main.py"] = Text("x")


def _bold(doc: Doc[Any]) -> None:
    doc.get("file:main.py", type=Text).insert(0, "x", {"bold": True})


def _embedded(doc: Doc[Any]) -> None:
    doc.get("file:main.py", type=Text).insert_embed(0, {"image": "x"})


def _xml(doc: Doc[Any]) -> None:
    doc.get("page", type=XmlFragment).children.append("x")


@pytest.mark.parametrize("write", [_array, _nested, _bold, _embedded, _xml])
def test_other_types_that_yrs_writes_are_refused(write: Callable[[Doc[Any]], None]) -> None:
    doc: Doc[Any] = Doc()
    write(doc)
    with pytest.raises(ValueError, match="update"):
        read_update(doc.get_update())


def _long_update() -> bytes:
    client, other = Client(300), Client(2**40)
    client.insert(0, "def f(x):\n    return x\n")
    client.delete(4, 6)
    other.doc.apply_update(client.doc.get_update())
    other.insert(5, "ü😀")
    return other.doc.get_update()


LONG_UPDATE = _long_update()


@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=400)
def test_no_bytes_make_the_reader_fail_in_another_way(data: st.DataObject) -> None:
    raw = bytearray(LONG_UPDATE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for hostile in (bytes(raw), bytes(raw[:cut]), bytes(raw[cut:])):
        try:
            read_update(hostile).builds_on({})
        except ValueError:
            continue


@pytest.mark.timeout(20)
def test_a_long_chain_of_clients_in_the_worst_order_is_read_at_once() -> None:
    count = 40_000
    links = [block(n, 0, behind((n + 1, 0), string("x"))) for n in range(count)]
    data = update(*links, block(count, 0, LETTER))
    grown = read_update(data).builds_on({})
    assert grown == dict.fromkeys(range(count + 1), 1)
    assert read_update(update(*links)).builds_on({}) is None


@pytest.mark.timeout(20)
def test_many_that_wait_for_one_are_not_asked_again_at_each_of_its_steps() -> None:
    count = 30_000
    last = 3 * count
    steps = [in_root(ROOT, STRING, string("x"))]
    steps += [behind((count + n, 0), string("x")) for n in range(count)]
    data = update(
        *(block(n + 1, 0, behind((last, count), string("x"))) for n in range(count - 1)),
        block(last, 0, *steps),
        *(block(count + n, 0, LETTER) for n in range(count)),
    )
    grown = read_update(data).builds_on({})
    assert grown is not None
    assert grown[last] == count + 1
    assert len(grown) == 2 * count
