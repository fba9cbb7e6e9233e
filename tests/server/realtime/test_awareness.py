"""Cursors speak for their own socket alone, under the name that the server knows."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pycrdt import Awareness as OtherAwareness
from pycrdt import Doc
from tests.server.samples import CREATOR

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.roles import Role
from codeinterview_server.realtime.awareness import PRESENCE_COLORS_LIGHT, Awareness
from codeinterview_server.realtime.protocol import (
    encode_bytes,
    encode_integer,
    read_bytes,
    read_integer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ADA = replace(CREATOR, name="Ada", presence=2)
BOB = replace(CREATOR, id="u2", name="Bob", presence=5, role=Role.CANDIDATE)
START_CLOCK = 1_000
ALICE_SOCKET, BOB_SOCKET = "socket 1", "socket 2"

Entry = tuple[int, int, Any]
"""Client, clock and state."""


def encode(*entries: Entry) -> bytes:
    return encode_integer(len(entries)) + b"".join(
        encode_integer(client) + encode_integer(clock) + encode_bytes(json.dumps(state).encode())
        for client, clock, state in entries
    )


def raw_entry(state: bytes, client: int = 7, clock: int = 1) -> bytes:
    return b"\x01" + encode_integer(client) + encode_integer(clock) + encode_bytes(state)


def decode(update: bytes | None) -> Sequence[Entry]:
    assert update is not None
    count, at = read_integer(update, 0)
    entries: list[Entry] = []
    for _ in range(count):
        client, at = read_integer(update, at)
        clock, at = read_integer(update, at)
        state, at = read_bytes(update, at)
        entries.append((client, clock, json.loads(state)))
    assert at == len(update)
    return entries


@pytest.fixture
def awareness() -> Awareness:
    return Awareness(1024, START_CLOCK)


def test_a_state_goes_out_under_the_name_that_the_server_knows(awareness: Awareness) -> None:
    claimed = {
        "user": {"name": "The interviewer", "id": "u1"},
        "path": "main.py",
        "selection": None,
    }
    ((client, clock, state),) = decode(awareness.accept(BOB_SOCKET, encode((7, 1, claimed)), BOB))
    assert client == 7
    assert clock > START_CLOCK
    assert state == {
        "user": {
            "id": "u2",
            "name": "Bob",
            "role": "candidate",
            "presence": 5,
            "color": PRESENCE_COLORS_LIGHT[5],
            "colorLight": PRESENCE_COLORS_LIGHT[5] + "33",
        },
        "path": "main.py",
        "selection": None,
    }


def test_another_implementation_understands_what_goes_out(awareness: Awareness) -> None:
    sender: OtherAwareness = OtherAwareness(Doc(client_id=7))
    sender.set_local_state({"selection": None})
    relayed = awareness.accept(ALICE_SOCKET, sender.encode_awareness_update([7]), ADA)
    receiver = OtherAwareness(Doc(client_id=8))
    assert relayed is not None
    receiver.apply_awareness_update(relayed, None)
    assert receiver.states[7]["user"]["name"] == "Ada"
    gone = awareness.withdraw(ALICE_SOCKET)
    assert gone is not None
    receiver.apply_awareness_update(gone, None)
    assert 7 not in receiver.states


def test_nobody_speaks_for_a_client_that_another_spoke_for_first(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {})), ADA)
    assert awareness.accept(BOB_SOCKET, encode((7, 99, {"x": 1})), BOB) is None
    assert awareness.accept(BOB_SOCKET, encode((7, 99, None)), BOB) is None
    ((client, _, state),) = decode(awareness.everyone())
    assert (client, state["user"]["name"]) == (7, "Ada")
    assert "x" not in state


def test_a_socket_speaks_for_one_client_alone(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {})), ADA)
    assert awareness.accept(ALICE_SOCKET, encode((8, 1, {})), ADA) is None
    assert [client for client, _, _ in decode(awareness.everyone())] == [7]


def test_what_a_stock_client_sends_back_of_others_claims_nothing(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {})), ADA)
    update = encode((7, 5, {"echo": True}), (9, 3, None), (8, 1, {"own": True}))
    ((client, _, state),) = decode(awareness.accept(BOB_SOCKET, update, BOB))
    assert (client, state["own"]) == (8, True)
    assert [client for client, _, _ in decode(awareness.everyone())] == [7, 8]


def test_clocks_go_up_whatever_clocks_a_client_sends(awareness: Awareness) -> None:
    clocks = []
    for sent in (900, 3, 3, 0, 2**50):
        ((_, clock, _),) = decode(awareness.accept(ALICE_SOCKET, encode((7, sent, {})), ADA))
        clocks.append(clock)
    assert clocks == sorted(set(clocks))
    ((_, gone, state),) = decode(awareness.withdraw(ALICE_SOCKET))
    assert gone > clocks[-1]
    assert state is None
    ((_, again, _),) = decode(awareness.accept(BOB_SOCKET, encode((7, 1, {})), ADA))
    assert again > gone, "who comes back with the same client is heard"


def test_a_hidden_cursor_stays_its_owners(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {})), ADA)
    ((client, _, state),) = decode(awareness.accept(ALICE_SOCKET, encode((7, 2, None)), ADA))
    assert (client, state) == (7, None)
    assert awareness.everyone() is None
    assert awareness.restamp(ALICE_SOCKET, ADA) is None
    assert awareness.accept(BOB_SOCKET, encode((7, 9, {})), BOB) is None
    assert awareness.withdraw(ALICE_SOCKET) is None
    assert awareness.accept(BOB_SOCKET, encode((7, 9, {})), BOB) is not None


def test_a_state_of_nobody_says_nothing(awareness: Awareness) -> None:
    assert awareness.accept(ALICE_SOCKET, encode((7, 1, None)), ADA) is None
    assert awareness.accept(ALICE_SOCKET, b"\x00", ADA) is None
    assert awareness.everyone() is None
    assert awareness.withdraw(ALICE_SOCKET) is None
    assert awareness.restamp(ALICE_SOCKET, ADA) is None


def test_a_new_name_shows_at_once(awareness: Awareness) -> None:
    ((_, before, _),) = decode(awareness.accept(ALICE_SOCKET, encode((7, 1, {"a": 1})), ADA))
    renamed = replace(ADA, name="Ada L.", role=Role.OBSERVER, presence=0)
    ((client, clock, state),) = decode(awareness.restamp(ALICE_SOCKET, renamed))
    assert (client, state["a"]) == (7, 1)
    assert clock > before
    assert (state["user"]["name"], state["user"]["role"]) == ("Ada L.", "observer")
    assert decode(awareness.everyone()) == [(client, clock, state)]


def test_a_hidden_state_is_kept_for_those_who_may_see_it(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {"a": 1})), ADA)
    ((_, _, state),) = decode(awareness.everyone())
    ((client, clock, gone),) = decode(awareness.hide(ALICE_SOCKET))
    assert (client, gone) == (7, None)
    # Whoever was told of its end and comes back with another role takes it in again.
    ((_, later, kept),) = decode(awareness.everyone())
    assert later > clock
    assert kept == state
    assert awareness.everyone(but={ALICE_SOCKET}) is None
    awareness.accept(ALICE_SOCKET, encode((7, 2, None)), ADA)
    assert awareness.hide(ALICE_SOCKET) is None
    assert awareness.hide(BOB_SOCKET) is None


def test_a_state_that_is_too_large_is_refused(awareness: Awareness) -> None:
    awareness.accept(ALICE_SOCKET, encode((7, 1, {"x": "a" * 900})), ADA)
    with pytest.raises(TooLarge):
        awareness.accept(ALICE_SOCKET, encode((7, 2, {"x": "a" * 1100})), ADA)


POSITION = {"type": None, "tname": "file:main.py", "item": {"client": 7, "clock": 3}, "assoc": 0}


@pytest.mark.parametrize(
    "state",
    [
        {"selection": {"anchor": POSITION, "head": POSITION}},
        {"selection": {"anchor": {**POSITION, "item": None, "assoc": -1}, "head": None}},
        {"selection": {"anchor": {"type": {"client": 1, "clock": 2}}, "head": {}}},
        {"cursor": None, "selection": {}},
    ],
)
def test_selections_of_editors_pass(awareness: Awareness, state: dict[str, Any]) -> None:
    ((_, _, relayed),) = decode(awareness.accept(ALICE_SOCKET, encode((7, 1, state)), ADA))
    assert {key: relayed[key] for key in state} == state


@pytest.mark.parametrize("key", ["selection", "cursor"])
@pytest.mark.parametrize(
    "value",
    [
        1,
        "x",
        [],
        {"anchor": 1},
        {"head": []},
        {"anchor": {"item": 1}},
        {"anchor": {"item": {}}},
        {"anchor": {"item": {"client": "7", "clock": 1}}},
        {"anchor": {"item": {"client": 7, "clock": -1}}},
        {"anchor": {"item": {"client": 7.5, "clock": 1}}},
        {"anchor": {"item": {"client": True, "clock": 1}}},
        {"anchor": {"item": {"client": 7, "clock": 2**60}}},
        {"anchor": {"type": "x"}},
        {"anchor": {"tname": 7}},
        {"anchor": {"assoc": "left"}},
        {"anchor": {"assoc": True}},
    ],
    ids=json.dumps,
)
def test_a_selection_that_would_break_an_editor_is_refused(
    awareness: Awareness, key: str, value: object
) -> None:
    with pytest.raises(ValueError, match=r"selection|position|id"):
        awareness.accept(ALICE_SOCKET, encode((7, 1, {key: value})), ADA)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x01",
        encode((7, 1, {}))[:-1],
        encode((7, 1, {})) + b"\x00",
        encode_integer(2**50),
        raw_entry(b""),
        raw_entry(b"{"),
        raw_entry(b"[]"),
        raw_entry(b'"text"'),
        raw_entry(b"7"),
        raw_entry(b'{"x": NaN}'),
        raw_entry(b'{"x": -Infinity}'),
        raw_entry(b'{"x": 1e999}'),
        raw_entry(b"\xff"),
        raw_entry(b"[" * 1_000),
        b"\x01" + encode_integer(7) + b"\xff" * 12,
    ],
    ids=lambda payload: payload[:16].hex() or "nothing",
)
def test_a_malformed_update_is_refused(awareness: Awareness, payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - from json, from utf-8, or our own
        awareness.accept(ALICE_SOCKET, payload, ADA)
    awareness.withdraw(ALICE_SOCKET)
    assert awareness.everyone() is None


def test_half_a_character_reaches_nobody_as_broken_bytes(awareness: Awareness) -> None:
    update = awareness.accept(ALICE_SOCKET, raw_entry(b'{"x": "\\ud800"}'), ADA)
    ((_, _, state),) = decode(update)
    assert state["x"] == "\ud800"
    assert update is not None
    assert rb'"\ud800"' in update
