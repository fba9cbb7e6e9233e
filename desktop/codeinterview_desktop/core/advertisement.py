"""What a session says of itself on the local network: the TXT record, written and read.

The record's keys are `v` (1), `id`, `title` and `host`, and `r`, a number that differs each time:
who hears the same record again within a second takes it for an echo. Each entry, key and value
together, has at most 255 bytes (RFC 6763, section 6.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeinterview_server.domain.ids import is_session_id

from .wire import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE_TYPE = "_codeinterview._tcp.local."
VERSION = "1"

_ENTRY_LIMIT_BYTES = 255


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What is advertised of one session."""

    session_id: str
    title: str
    host_name: str


def to_txt(advertisement: Advertisement, revision: int = 0) -> dict[str, str | bytes | None]:
    """The TXT record; long texts are cut at a character, never inside one."""
    return {
        "v": VERSION,
        "id": advertisement.session_id,
        "title": _cut("title", advertisement.title),
        "host": _cut("host", advertisement.host_name),
        "r": str(revision),
    }


def from_txt(properties: Mapping[bytes, bytes | None]) -> Advertisement:
    """Read somebody's TXT record, which may hold anything.

    Raises:
        ValueError: it is not one of ours.
    """
    if _text(properties, b"v") != VERSION:
        raise ValueError("another version")
    session_id = _text(properties, b"id")
    if not is_session_id(session_id):
        raise ValueError("not a session id")
    title = one_line(_text(properties, b"title"))
    host_name = one_line(_text(properties, b"host"))
    if not title:
        raise ValueError("no title")
    return Advertisement(session_id, title, host_name or "Unknown host")


def _cut(key: str, value: str) -> bytes:
    room_bytes = _ENTRY_LIMIT_BYTES - len(key) - 1
    text = one_line(value)
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= room_bytes:
        return encoded
    ellipsis = "…".encode()
    kept = encoded[: room_bytes - len(ellipsis)].decode("utf-8", "ignore")
    return kept.rstrip().encode() + ellipsis


def _text(properties: Mapping[bytes, bytes | None], key: bytes) -> str:
    value = properties.get(key)
    if value is None or len(value) > _ENTRY_LIMIT_BYTES:
        raise ValueError(f"{key!r} is missing")
    return value.decode("utf-8")
