"""What one room says to the same room on other replicas; nothing where nobody has it open."""

import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, Protocol

from codeinterview_server.realtime.protocol import encode_bytes, read_bytes

_ID_BYTES: Final = 8
UPDATE_BYTES_MAX: Final = 256 * 1024
"""Larger updates reach other replicas by the journal alone."""


class Kind(IntEnum):
    """What the first byte of a message announces."""

    UPDATE = 0
    """A participant's id, and an update of the document."""
    NEWS = 1
    """Something else, as JSON."""


class Exchange(Protocol):
    """Where a line leads."""

    def is_open_elsewhere(self, session_id: str) -> bool:
        """Tell whether another replica has the session open."""

    def send(self, message: bytes) -> None:
        """Send something to the other replicas, in order; never waits."""


class Line:
    """One room's way to its twins.

    Args:
        session_id: Whose room it is.
        exchange: Where it leads; None for a server that is no replica.
    """

    def __init__(self, session_id: str, exchange: Exchange | None) -> None:
        self._session_id = session_id
        self._exchange = exchange

    @property
    def leads_somewhere(self) -> bool:
        """Whether others may change the session too."""
        return self._exchange is not None

    def update(self, data: bytes, participant_id: str | None) -> None:
        """Say what was written into the document."""
        exchange = self._exchange
        if exchange is None or not exchange.is_open_elsewhere(self._session_id):
            return
        if len(data) <= UPDATE_BYTES_MAX:
            exchange.send(encode_update(self._session_id, data, participant_id))

    def tell(self, news: Mapping[str, Any]) -> None:
        """Say something else; it has a `type`."""
        exchange = self._exchange
        if exchange is not None and exchange.is_open_elsewhere(self._session_id):
            exchange.send(encode_news(self._session_id, news))


def encode_update(session_id: str, data: bytes, participant_id: str | None) -> bytes:
    """Encode an update that a participant made, or the server itself."""
    author = encode_bytes((participant_id or "").encode())
    return bytes((Kind.UPDATE,)) + session_id.encode() + author + data


def encode_news(session_id: str, news: Mapping[str, Any]) -> bytes:
    """Encode news of a session."""
    text = json.dumps(news, ensure_ascii=False, separators=(",", ":"))
    return bytes((Kind.NEWS,)) + session_id.encode() + text.encode("utf-8", "replace")


def read_head(message: bytes) -> tuple[Kind, str, bytes]:
    """Read what a message is, whose, and what follows.

    Raises:
        ValueError: It is no message of this program's.
    """
    end = 1 + _ID_BYTES
    return Kind(message[0]), message[1:end].decode("ascii"), message[end:]


def read_update_of(body: bytes) -> tuple[str | None, bytes]:
    """Read who made an update, and the update."""
    author, at = read_bytes(body, 0)
    return author.decode() or None, body[at:]
