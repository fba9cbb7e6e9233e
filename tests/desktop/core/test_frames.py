"""Control messages in binary frames, against pycrdt's idea of lib0's numbers and hostile input."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import read_message, write_message

from codeinterview_desktop.core.frames import decode_control, encode_control


@given(st.text(max_size=400))
def test_messages_come_back(text: str) -> None:
    message = {"type": "ping", "id": text}
    assert decode_control(encode_control(message)) == message


def test_frames_are_what_lib0_writes() -> None:
    message = {"type": "run", "text": "ä" * 300}
    frame = encode_control(message)
    assert frame[0] == 100
    assert json.loads(read_message(frame[1:])) == message
    body = json.dumps(message).encode()
    assert decode_control(bytes([100]) + write_message(body)) == message


@pytest.mark.parametrize("frame", [b"\x00\x01\x02", b"\x01rest", b"\x80\x01"])
def test_frames_of_other_kinds_are_none(frame: bytes) -> None:
    assert decode_control(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x80",
        b"\xff" * 20,
        b"\x64",
        b"\x64\x05{}",
        b"\x64\x01{}",
        b"\x64\x02[]",
        b"\x64\x02{}",
        b'\x64\x0a{"type":1}',
        b"\x64\x03\xff\xff\xff",
        b"\x64\xc0\x84\x3d" + b"[" * 1_000_000,
    ],
)
def test_malformed_frames_are_refused(frame: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_control(frame)


@given(st.binary(max_size=64))
def test_no_bytes_do_anything_but_parse_or_be_refused(data: bytes) -> None:
    for frame in (data, b"\x64" + data):
        try:
            decode_control(frame)
        except ValueError:
            continue
