"""Yjs updates as clients write them, and as no honest client would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycrdt import Doc, Text

from codeinterview_server.realtime.protocol import encode_bytes, encode_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NO_DELETIONS = b"\x00"
STRING, DELETED, GARBAGE, SKIP, ANY, TYPE = 4, 1, 0, 10, 8, 7


class Client:
    """A document of one client, which hands out an update for each thing that it does."""

    def __init__(self, client_id: int | None = None, state: bytes = b"") -> None:
        self.doc: Doc[Any] = Doc() if client_id is None else Doc(client_id=client_id)
        if state:
            self.doc.apply_update(state)

    def text(self, path: str = "main.py") -> Text:
        """The text of a file."""
        text: Text = self.doc.get(f"file:{path}", type=Text)
        return text

    def edit(self, change: Callable[[Text], object], path: str = "main.py") -> bytes:
        """Change a file in one transaction; return the update."""
        text = self.text(path)
        before = self.doc.get_state()
        with self.doc.transaction():
            change(text)
        return self.doc.get_update(before)

    def insert(self, at: int, inserted: str, path: str = "main.py") -> bytes:
        """Insert into a file; `at` counts UTF-8 bytes."""
        return self.edit(lambda text: text.insert(at, inserted), path)

    def delete(self, start: int, end: int, path: str = "main.py") -> bytes:
        """Delete from a file; both count UTF-8 bytes."""
        return self.edit(lambda text: text.__delitem__(slice(start, end)), path)


def update(*clients: bytes, deletions: bytes = NO_DELETIONS) -> bytes:
    """An update out of the blocks of clients."""
    return encode_integer(len(clients)) + b"".join(clients) + deletions


def block(client: int, clock: int, *structs: bytes) -> bytes:
    """What one client wrote from a clock on."""
    return (
        encode_integer(len(structs))
        + encode_integer(client)
        + encode_integer(clock)
        + b"".join(structs)
    )


def in_root(root: str, content: int, payload: bytes, key: str | None = None) -> bytes:
    """A struct that hangs on a root."""
    head = bytes((content | (0x20 if key is not None else 0), 1)) + encode_bytes(root.encode())
    return head + (b"" if key is None else encode_bytes(key.encode())) + payload


def behind(
    origin: tuple[int, int], payload: bytes, content: int = STRING, flags: int = 0x80
) -> bytes:
    """A struct that hangs on another one."""
    client, clock = origin
    return bytes((content | flags,)) + encode_integer(client) + encode_integer(clock) + payload


def string(text: str) -> bytes:
    """The payload of a piece of text."""
    return encode_bytes(text.encode())


def any_object(value: Sequence[tuple[str, str]]) -> bytes:
    """The payload of one object of strings, as lib0 writes it."""
    entries = b"".join(
        encode_bytes(name.encode()) + b"\x77" + encode_bytes(text.encode()) for name, text in value
    )
    return b"\x01\x76" + encode_integer(len(value)) + entries


def deletion(client: int, *ranges: tuple[int, int]) -> bytes:
    """The deletions of an update: of one client's, (clock, length) each."""
    head = b"\x01" + encode_integer(client) + encode_integer(len(ranges))
    return head + b"".join(encode_integer(at) + encode_integer(n) for at, n in ranges)
