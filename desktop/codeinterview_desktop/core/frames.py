"""Control messages in the room socket's binary frames, as `docs/protocol.md` has them.

A frame begins with a lib0 variable-length unsigned integer: 7 bits a byte, lowest first, the high
bit set on all but the last. Control messages are number 100, followed by a text with its length.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTROL = 100

_UINT_BYTES = 8


def encode_control(message: Mapping[str, object]) -> bytes:
    """The frame of a control message."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return _encode_uint(CONTROL) + _encode_uint(len(text)) + text


def decode_control(frame: bytes) -> dict[str, object] | None:
    """The control message in a frame, or None for a frame of another kind.

    Raises:
        ValueError: the frame is malformed.
    """
    kind, start = _decode_uint(frame, 0)
    if kind != CONTROL:
        return None
    size_bytes, start = _decode_uint(frame, start)
    if start + size_bytes != len(frame):
        raise ValueError("The message's length is wrong.")
    try:
        message = json.loads(frame[start:])
    except RecursionError as error:
        raise ValueError("The message is nested too deep.") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ValueError("The message has no type.")
    return message


def _encode_uint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(0x80 | (number & 0x7F))
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _decode_uint(data: bytes, start: int) -> tuple[int, int]:
    number = 0
    for index, byte in enumerate(data[start : start + _UINT_BYTES]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, start + index + 1
    raise ValueError("A number is cut off or too large.")
