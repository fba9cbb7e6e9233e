"""Frames are those of lib0 and y-protocols, and nothing malformed gets past their readers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import (
    Decoder,
    Doc,
    Text,
    YMessageType,
    create_awareness_message,
    create_sync_message,
    create_update_message,
    read_message,
    write_var_uint,
)

from codeinterview_server.realtime.protocol import (
    MAX_INTEGER,
    FrameKind,
    SyncKind,
    encode_awareness,
    encode_bytes,
    encode_control,
    encode_integer,
    encode_sync,
    read_bytes,
    read_control,
    read_integer,
    read_payload,
    read_state_vector,
)

EDGES = [0, 1, 127, 128, 16_383, 16_384, 2**31, 2**32 - 1, 2**40, MAX_INTEGER]


@pytest.mark.parametrize("value", EDGES)
def test_integers_are_written_as_other_implementations_write_them(value: int) -> None:
    encoded = encode_integer(value)
    assert encoded == write_var_uint(value)
    assert read_integer(b"\xff" + encoded + b"\xff", 1) == (value, 1 + len(encoded))


@given(st.integers(0, MAX_INTEGER))
@settings(derandomize=True, deadline=None)
def test_an_integer_is_read_back(value: int) -> None:
    encoded = encode_integer(value)
    assert read_integer(encoded, 0) == (value, len(encoded))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        b"\xff\xff",
        encode_integer(MAX_INTEGER + 1),
        b"\x80" * 9 + b"\x01",
        b"\xff" * 40,
    ],
    ids=["nothing", "cut", "cut later", "too large", "too long", "endless"],
)
def test_an_integer_that_ends_early_or_is_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="integer"):
        read_integer(data, 0)


def test_bytes_stand_behind_their_length() -> None:
    long = bytes(range(256)) * 2
    assert read_bytes(b"?" + encode_bytes(long) + b"!", 1) == (long, 1 + 2 + len(long))
    assert read_bytes(encode_bytes(b""), 0) == (b"", 1)
    for cut in (encode_bytes(long)[:-1], encode_integer(MAX_INTEGER) + b"abc", b""):
        with pytest.raises(ValueError, match="end within"):
            read_bytes(cut, 0)


def test_sync_frames_are_those_of_another_implementation() -> None:
    doc: Doc[Text] = Doc()
    doc.get("file:main.py", type=Text).insert(0, "x = 1\n")
    state, update = doc.get_state(), doc.get_update()
    assert encode_sync(SyncKind.STATE, state) == create_sync_message(doc)
    assert encode_sync(SyncKind.UPDATE, update) == create_update_message(update)
    difference = encode_sync(SyncKind.DIFFERENCE, update)
    assert difference[:2] == bytes((YMessageType.SYNC, 1))
    assert read_message(difference[2:]) == update
    assert read_payload(difference, 2) == update


def test_awareness_frames_are_those_of_another_implementation() -> None:
    assert encode_awareness(b"\x01\x02\x03") == create_awareness_message(b"\x01\x02\x03")


def test_a_frame_ends_where_its_payload_ends() -> None:
    frame = encode_sync(SyncKind.UPDATE, b"abc")
    assert read_payload(frame, 2) == b"abc"
    for wrong in (frame + b"!", frame[:-1], frame[:2]):
        with pytest.raises(ValueError, match=r"end"):
            read_payload(wrong, 2)


def test_a_control_message_is_json_behind_its_length() -> None:
    message = {"type": "run", "text": "“ü”\n😀", "duration_ms": 12, "truncated": False}
    frame = encode_control(message)
    assert frame[0] == FrameKind.CONTROL
    assert json.loads(Decoder(frame[1:]).read_var_string()) == message
    assert read_control(read_payload(frame, 1)) == message


def test_half_a_character_does_not_keep_a_control_message_from_being_sent() -> None:
    frame = encode_control({"type": "pong", "id": "\ud800"})
    assert read_control(read_payload(frame, 1)) == {"type": "pong", "id": "?"}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"ping"',
        b"{}",
        b'{"type": 1}',
        b'{"type": null}',
        b"\xff\xfe",
        b'{"type": "ping"} {}',
        b'{"type": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b'{"type":' * 100_000,
    ],
    ids=lambda payload: payload[:12].decode("latin-1"),
)
def test_what_is_no_object_with_a_type_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - from json, from utf-8, or our own
        read_control(payload)


def test_a_state_vector_tells_how_much_is_known_of_each_client() -> None:
    first: Doc[Text] = Doc(client_id=7)
    first.get("t", type=Text).insert(0, "four")
    second: Doc[Text] = Doc(client_id=2**40 + 5)
    second.apply_update(first.get_update())
    second.get("t", type=Text).insert(0, "😀")
    assert read_state_vector(second.get_state()) == {7: 4, 2**40 + 5: 2}
    assert read_state_vector(b"\x00") == {}


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", b"\x01\x07", b"\x00\x00", b"\x01\x07\x04\x00", encode_integer(2**50)],
    ids=["nothing", "no client", "no clock", "more", "more later", "a huge count"],
)
def test_a_malformed_state_vector_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"state vector|integer"):
        read_state_vector(data)
