"""The frames of a room's socket: y-protocols sync and awareness, and JSON control messages.

The wire format is that of lib0 and y-protocols (https://github.com/yjs/y-protocols): each frame
starts with a variable-length unsigned integer that says what follows.
"""

import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

MAX_INTEGER: Final = 2**53 - 1
"""JavaScript's largest exact integer, and so the largest that a stock client can read."""


class FrameKind(IntEnum):
    """What the first integer of a frame announces."""

    SYNC = 0
    AWARENESS = 1
    CONTROL = 100


class SyncKind(IntEnum):
    """The three messages of the sync protocol."""

    STATE = 0
    """Step 1: a state vector; the answer is whatever its sender lacks."""
    DIFFERENCE = 1
    """Step 2: the answer to a state vector."""
    UPDATE = 2
    """An edit."""


def encode_integer(value: int) -> bytes:
    """Encode a variable-length unsigned integer, seven bits a byte, low bits first."""
    if value < 128:
        return bytes((value,))
    encoded = bytearray()
    while value > 127:
        encoded.append(128 | (value & 127))
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def read_integer(data: bytes, at: int) -> tuple[int, int]:
    """Read a variable-length unsigned integer.

    Returns:
        The integer, and the offset behind it.

    Raises:
        ValueError: The data end too early, or the integer is above 2**53 - 1.
    """
    value = shift = 0
    try:
        while (byte := data[at]) > 127:
            value |= (byte & 127) << shift
            shift += 7
            at += 1
            if shift > 49:
                raise ValueError("An integer is too large.")
    except IndexError:
        raise ValueError("The data end within an integer.") from None
    value |= byte << shift
    if value > MAX_INTEGER:
        raise ValueError("An integer is too large.")
    return value, at + 1


def encode_bytes(data: bytes) -> bytes:
    """Encode bytes behind their length."""
    return encode_integer(len(data)) + data


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """Read bytes that stand behind their length.

    Returns:
        The bytes, and the offset behind them.

    Raises:
        ValueError: The data end too early.
    """
    length, at = read_integer(data, at)
    end = at + length
    if end > len(data):
        raise ValueError("The data end within a string.")
    return data[at:end], end


def encode_sync(kind: SyncKind, payload: bytes) -> bytes:
    """Encode a frame of the sync protocol."""
    return bytes((FrameKind.SYNC, kind)) + encode_bytes(payload)


def encode_awareness(payload: bytes) -> bytes:
    """Encode an awareness frame around an awareness update."""
    return bytes((FrameKind.AWARENESS,)) + encode_bytes(payload)


def encode_control(message: Mapping[str, Any]) -> bytes:
    """Encode a control message; it must have a `type`."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate can come out of a client's JSON escape; UTF-8 has no form for it.
    return bytes((FrameKind.CONTROL,)) + encode_bytes(text.encode("utf-8", "replace"))


def read_payload(frame: bytes, at: int) -> bytes:
    """Read the bytes that fill a frame from an offset to its end.

    Raises:
        ValueError: They end early, or something follows them.
    """
    payload, end = read_bytes(frame, at)
    if end != len(frame):
        raise ValueError("Something follows the end of the message.")
    return payload


def read_control(payload: bytes) -> dict[str, Any]:
    """Read the JSON object of a control message.

    Raises:
        ValueError: It is not UTF-8, not JSON, not an object, or its `type` is no string.
    """
    try:
        message = json.loads(payload.decode("utf-8"))
    except RecursionError:
        raise ValueError("The message is nested too deeply.") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ValueError("A control message is an object with a type.")
    return message


def read_state_vector(data: bytes) -> dict[int, int]:
    """Read a state vector: for each client id, how much of what it wrote is known.

    Raises:
        ValueError: It is malformed.
    """
    count, at = read_integer(data, 0)
    if count > len(data):
        raise ValueError("The state vector is shorter than it says.")
    vector: dict[int, int] = {}
    for _ in range(count):
        client, at = read_integer(data, at)
        vector[client], at = read_integer(data, at)
    if at != len(data):
        raise ValueError("Something follows the state vector.")
    return vector
