"""What a client heard of the others: who is here, and where their cursors are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codeinterview_server.realtime.protocol import (
    encode_bytes,
    encode_integer,
    read_bytes,
    read_integer,
)

if TYPE_CHECKING:
    from tests.support.room_client import RoomClient


def online(message: dict[str, Any]) -> dict[str, bool]:
    """Who is here, and whether they are online."""
    return {person["id"]: person["is_online"] for person in message["participants"]}


def states(client: RoomClient) -> dict[int, Any]:
    """The newest awareness state of each client id that this client heard of.

    As a real client does, it takes nothing in whose clock is not later than what it knows.
    """
    clocks: dict[int, int] = {}
    found: dict[int, Any] = {}
    for payload in client.awareness:
        count, at = read_integer(payload, 0)
        for _ in range(count):
            identity, at = read_integer(payload, at)
            clock, at = read_integer(payload, at)
            raw, at = read_bytes(payload, at)
            if clock > clocks.get(identity, -1):
                clocks[identity] = clock
                found[identity] = json.loads(raw)
    return found


def cursor(client_id: int) -> bytes:
    """An awareness update that shows one client's cursor."""
    state = encode_bytes(json.dumps({"x": client_id}).encode())
    return encode_integer(1) + encode_integer(client_id) + encode_integer(1) + state
