"""Frames as no honest client would send them: honest ones, bent by a seeded generator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.server.realtime.updates import (
    ANY,
    Client,
    any_object,
    behind,
    block,
    deletion,
    in_root,
    string,
    update,
)

from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.realtime.document import FILES, seed_client
from codeinterview_server.realtime.protocol import (
    SyncKind,
    encode_awareness,
    encode_bytes,
    encode_control,
    encode_integer,
    encode_sync,
)

if TYPE_CHECKING:
    import random

_NUMBERS = (0, 1, 2, 63, 127, 128, 255, 2**14, 2**31 - 1, 2**31, 2**32, 2**53 - 1, 2**53, 2**63)
_TEXTS = (
    "", "x", "a\nb", "\r\n", "\0", "\u202eabc", "\ud800", "\U0001f600" * 3, "e\u0301", "\u2028",
    "main.py", "__proto__", "file:main.py", "x" * 5000,
)  # fmt: skip
_JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 1e308, 2**70, [], {}, [[[]]], {"type": {}}, *_TEXTS,
)  # fmt: skip
_ROOTS = ("file:main.py", "file:index.html", FILES, "file:nowhere", "file:", "", "config")
_INFOS = (*range(12), 0x20, 0x24, 0x28, 0x40, 0x44, 0x80, 0x84, 0xC4, 0xE4, 0xFF)


class Frames:
    """An endless supply of frames for one room. The same seed and room make the same frames."""

    def __init__(self, rng: random.Random, state: bytes) -> None:
        self._rng = rng
        self._client = Client(rng.randrange(1, 2**32), state=state)
        self._past: list[bytes] = [encode_sync(SyncKind.STATE, b"\x00")]

    def next(self) -> bytes:
        """One frame."""
        dice = self._rng.random()
        if dice < 0.1:
            return self._rng.randbytes(self._rng.choice((0, 1, 2, 3, 8, 40)))
        make = self._rng.choice((self._edit, self._update, self._sync, self._cursor, self._control))
        frame = make()
        if self._rng.random() < 0.6:
            frame = self._bend(frame)
        self._past.append(frame)
        if len(self._past) > 200:
            del self._past[self._rng.randrange(len(self._past))]
        return frame

    # Honest frames.

    def _edit(self) -> bytes:
        """An edit like a browser's, of a document that may be behind."""
        length = len(str(self._client.text()).encode())
        text = self._rng.choice(("x", "def f():\n    return 1\n", "é", "\U0001f600", "\n", "\t"))
        if length > 4000:
            data = self._client.delete(0, length)
        else:
            data = self._client.insert(0 if self._rng.random() < 0.5 else length, text)
        return encode_sync(SyncKind.UPDATE, data)

    def _sync(self) -> bytes:
        kind = self._rng.choice(list(SyncKind))
        doc = self._client.doc
        payload = doc.get_state() if kind is SyncKind.STATE else doc.get_update()
        return encode_sync(kind, payload)

    def _cursor(self) -> bytes:
        position = self._rng.choice(
            (None, {}, {"tname": "file:main.py", "item": {"client": 1, "clock": 0}, "assoc": 0})
        )
        state: Any = {
            "user": {"name": "Somebody else", "role": "interviewer"},
            "selection": {"anchor": position, "head": position},
        }
        if self._rng.random() < 0.3:
            self._spoil(state)
        raw = json.dumps(self._rng.choice((state, state, None))).encode()
        client = encode_integer(self._rng.choice((self._client.doc.client_id, *_NUMBERS[:12])))
        entries = (client + encode_integer(self._rng.randrange(100)) + encode_bytes(raw),) * (
            self._rng.choice((1, 1, 1, 0, 3))
        )
        return encode_awareness(encode_integer(len(entries)) + b"".join(entries))

    def _control(self) -> bytes:
        run = {"type": "run", "run_id": f"r{self._rng.randrange(5)}"}
        message: dict[str, Any] = dict(
            self._rng.choice(
                (
                    {"type": "ping", "id": "p"},
                    {"type": "ping", "id": "p", "ahead": True},
                    {"type": "language", "language": self._rng.choice(list(LANGUAGES))},
                    {"type": "admit", "participant_id": "Lobby"},
                    {"type": "decline", "participant_id": "Nobody"},
                    {**run, "event": "started", "language": "python", "path": "main.py"},
                    {**run, "event": "output", "stream": "stdout", "text": "hello\n"},
                    {**run, "event": "finished", "status": "ok", "duration_ms": 1},
                    {"type": "welcome", "session": {}},
                )
            )
        )
        if self._rng.random() < 0.5:
            self._spoil(message)
        return encode_control(message)

    # Frames by hand.

    def _update(self) -> bytes:
        """An update out of structs that are each well-formed, and make little sense together."""
        rng = self._rng
        blocks = []
        for _ in range(rng.choice((1, 1, 2, 3))):
            structs = [self._struct() for _ in range(rng.choice((1, 1, 2, 4)))]
            blocks.append(block(self._some_client(), self._clock(), *structs))
        deleted = b"\x00"
        if rng.random() < 0.4:
            deleted = deletion(
                self._some_client(),
                *((self._clock(), rng.choice(_NUMBERS[:9])) for _ in range(rng.choice((1, 2)))),
            )
        kind = rng.choice((SyncKind.UPDATE, SyncKind.UPDATE, SyncKind.DIFFERENCE))
        return encode_sync(kind, update(*blocks, deletions=deleted))

    def _struct(self) -> bytes:
        rng = self._rng
        text = rng.choice(_TEXTS[:10]).encode("utf-8", "surrogatepass")
        info = rng.choice(_INFOS)
        match rng.randrange(5):
            case 0:
                return in_root(rng.choice(_ROOTS), 4, encode_bytes(text))
            case 1:
                origin = (self._some_client(), self._clock())
                return behind(origin, encode_bytes(text), flags=rng.choice((0x80, 0x40)))
            case 2:
                value = any_object([("language", rng.choice(list(LANGUAGES)))])
                return in_root(FILES, ANY, value, rng.choice(("main.py", "x.py")))
            case 3:
                return bytes((rng.choice((0, 10)),)) + encode_integer(rng.choice(_NUMBERS))
            case _:
                return bytes((info,)) + string("x") + rng.randbytes(rng.randrange(6))

    def _some_client(self) -> int:
        return self._rng.choice(
            (self._client.doc.client_id, seed_client("main.py"), 1, 2**32 - 1, 2**53 - 1, 7)
        )

    def _clock(self) -> int:
        return self._rng.choice((0, 0, 1, 2, 5, 100, 2**31 - 2, 2**31))

    # Bending.

    def _spoil(self, message: dict[str, Any]) -> None:
        key = self._rng.choice([*message, "extra"])
        if self._rng.random() < 0.2:
            message.pop(key, None)
        else:
            message[key] = self._rng.choice(_JUNK)

    def _bend(self, frame: bytes) -> bytes:
        rng = self._rng
        bent = bytearray(frame)
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.randrange(len(bent) + 1)
            match rng.randrange(8):
                case 0 if bent:
                    bent[at % len(bent)] ^= 1 << rng.randrange(8)
                case 1 if bent:
                    bent[at % len(bent)] = rng.choice((0, 1, 127, 128, 255))
                case 2:
                    bent[at:at] = rng.randbytes(rng.choice((1, 2, 9)))
                case 3:
                    del bent[at : at + rng.choice((1, 2, 8))]
                case 4:
                    del bent[at:]
                case 5:
                    bent[at:at] = encode_integer(rng.choice(_NUMBERS))
                case 6:
                    end = at + rng.randrange(16)
                    bent[at:at] = bent[at:end] * rng.choice((1, 2, 30))
                case _:
                    other = rng.choice(self._past)
                    bent[at:] = other[rng.randrange(len(other) + 1) :]
        return bytes(bent)
