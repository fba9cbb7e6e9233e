"""Cursors and selections: who may speak for which client id, stamped with who they really are.

The wire format is y-protocols' awareness: entries of client id, clock and state as JSON. A state is
relayed only for the client id that its socket spoke for first, and its `user` is overwritten with
what the server knows of the socket's participant.
"""

import json
from collections.abc import Callable, Container, Hashable
from dataclasses import dataclass
from typing import Any, Final

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.sessions import Participant
from codeinterview_server.realtime.protocol import (
    MAX_INTEGER,
    encode_bytes,
    encode_integer,
    read_bytes,
    read_integer,
)

PRESENCE_COLORS_LIGHT: Final = (
    "#2F5BD8",
    "#B03A6B",
    "#0E7A6D",
    "#8A5A00",
    "#6B47C9",
    "#A8431B",
    "#2C7A2C",
    "#0B6FA4",
)
"""The light theme's presence colours (design/tokens.json), for clients that know no presence."""

_GONE: Final = b"null"


@dataclass(slots=True)
class _State:
    client: int
    state: dict[str, Any] | None
    raw: bytes
    encoded: bytes


class Awareness:
    """The states of one room. Owners are its connections; each speaks for one client id.

    The clocks that go out are the server's own and start at the present, so that a client that
    comes back with its old clock, or after the server restarted, is heard at once.

    Args:
        limit_bytes: How large a state may be.
        start_clock: What clocks begin at.
        present: What they follow from then on, so that whoever changes from one replica to another
            hears of later clocks; None counts alone.
        yields: Tells whether the first owner makes way for the second.
    """

    def __init__(
        self,
        limit_bytes: int,
        start_clock: int,
        *,
        present: Callable[[], int] | None = None,
        yields: Callable[[Hashable, Hashable], bool] = lambda _held, _new: False,
    ) -> None:
        self._limit_bytes = limit_bytes
        self._start_clock = start_clock
        self._present = present
        self._yields = yields
        self._clocks: dict[int, int] = {}
        self._states: dict[Hashable, _State] = {}
        self._owners: dict[int, Hashable] = {}

    def accept(self, owner: Hashable, payload: bytes, participant: Participant) -> bytes | None:
        """Take in an awareness update from a connection.

        Returns:
            The update to relay to the others; None when there is nothing of the owner's in it.

        Raises:
            ValueError: The update is malformed.
            TooLarge: The owner's state is larger than it may be.
        """
        count, at = read_integer(payload, 0)
        relayed: bytes | None = None
        for _ in range(count):
            client, at = read_integer(payload, at)
            _, at = read_integer(payload, at)
            raw, at = read_bytes(payload, at)
            if self._may_speak(owner, client, raw):
                relayed = self._take(owner, client, raw, participant)
        if at != len(payload):
            raise ValueError("Something follows the awareness update.")
        return relayed

    def restamp(self, owner: Hashable, participant: Participant) -> bytes | None:
        """Overwrite the user of an owner's state after a change of name, role or colour.

        Returns:
            The update to relay; None when the owner shows no state.
        """
        held = self._states.get(owner)
        if held is None or held.state is None:
            return None
        return self._publish(held, held.state, participant)

    def withdraw(self, owner: Hashable) -> bytes | None:
        """Forget an owner.

        Returns:
            The update that takes its state away from the others; None when it had none.
        """
        held = self._states.pop(owner, None)
        if held is None:
            return None
        del self._owners[held.client]
        if held.state is None:
            return None
        return b"\x01" + self._encode_entry(held.client, self._next_clock(held.client), _GONE)

    def hide(self, owner: Hashable) -> bytes | None:
        """Encode an end of an owner's state for some of those who know it; it is kept.

        Returns:
            The update that takes it away; None when there is none.
        """
        held = self._states.get(owner)
        if held is None or held.state is None:
            return None
        gone = self._encode_entry(held.client, self._next_clock(held.client), _GONE)
        # Later than its end, for whoever is shown it again.
        held.encoded = self._encode_entry(held.client, self._next_clock(held.client), held.raw)
        return b"\x01" + gone

    def place(
        self, owner: Hashable, client: int, state: dict[str, Any], participant: Participant
    ) -> bytes | None:
        """Take in a state that another replica has checked.

        Returns:
            The update to relay; None when somebody else speaks for the client id.
        """
        held = self._states.get(owner)
        if held is None:
            if not self._make_way(client, owner):
                return None
            held = self._states[owner] = _State(client, None, b"", b"")
            self._owners[client] = owner
        return self._publish(held, state, participant)

    def state(self, owner: Hashable) -> tuple[int, dict[str, Any] | None] | None:
        """Return for which client id an owner speaks, and its state."""
        held = self._states.get(owner)
        return None if held is None else (held.client, held.state)

    def everyone(self, but: Container[Hashable] = ()) -> bytes | None:
        """Encode all states but some owners', for somebody who comes in; None without any."""
        shown = [
            held
            for owner, held in self._states.items()
            if held.state is not None and owner not in but
        ]
        if self._present is not None:
            # They may know later clocks from another replica.
            for held in shown:
                held.encoded = self._encode_entry(
                    held.client, self._next_clock(held.client), held.raw
                )
        entries = [held.encoded for held in shown]
        if not entries:
            return None
        return encode_integer(len(entries)) + b"".join(entries)

    def _may_speak(self, owner: Hashable, client: int, raw: bytes) -> bool:
        speaks_for = self._states.get(owner)
        if speaks_for is not None:
            return speaks_for.client == client
        # Stock clients send back what they heard of others; that claims nothing.
        return raw != _GONE and self._make_way(client, owner)

    def _make_way(self, client: int, owner: Hashable) -> bool:
        """Tell whether a client id is free for an owner, which takes it from one that yields."""
        holder = self._owners.get(client)
        if holder is None:
            return True
        if not self._yields(holder, owner):
            return False
        del self._owners[client], self._states[holder]
        return True

    def _take(
        self, owner: Hashable, client: int, raw: bytes, participant: Participant
    ) -> bytes | None:
        if len(raw) > self._limit_bytes:
            raise TooLarge("Your cursor's state is too large. Reload the page.")
        state = _read_state(raw)
        held = self._states.get(owner)
        if held is None:
            if state is None:
                return None
            held = self._states[owner] = _State(client, None, b"", b"")
            self._owners[client] = owner
        if state is None:
            held.state = None
            return b"\x01" + self._encode_entry(client, self._next_clock(client), _GONE)
        return self._publish(held, state, participant)

    def _publish(self, held: _State, state: dict[str, Any], participant: Participant) -> bytes:
        color = PRESENCE_COLORS_LIGHT[participant.presence]
        state["user"] = {
            "id": participant.id,
            "name": participant.name,
            "role": participant.role.value,
            "presence": participant.presence,
            "color": color,
            "colorLight": color + "33",
        }
        held.raw = json.dumps(state, separators=(",", ":"), allow_nan=False).encode()
        held.state = state
        held.encoded = self._encode_entry(held.client, self._next_clock(held.client), held.raw)
        return b"\x01" + held.encoded

    def _next_clock(self, client: int) -> int:
        present = self._start_clock if self._present is None else self._present()
        clock = max(self._clocks.get(client, self._start_clock), present) + 1
        self._clocks[client] = clock
        return clock

    @staticmethod
    def _encode_entry(client: int, clock: int, raw: bytes) -> bytes:
        return encode_integer(client) + encode_integer(clock) + encode_bytes(raw)


def _read_state(raw: bytes) -> dict[str, Any] | None:
    """Read a state.

    Raises:
        ValueError: It is neither null nor an object, or its selection would break an editor.
    """
    try:
        state = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("The state is nested too deeply.") from None
    if state is None:
        return None
    if not isinstance(state, dict):
        raise ValueError("An awareness state is an object.")
    for key in ("selection", "cursor"):
        _check_range(state.get(key))
    return state


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")


def _check_range(value: Any) -> None:
    """Refuse a selection that editors could not resolve: they trust its shape."""
    if value is None:
        return
    if not isinstance(value, dict):
        raise ValueError("A selection is an object.")
    for end in ("anchor", "head"):
        position = value.get(end)
        if position is None:
            continue
        if not isinstance(position, dict):
            raise ValueError("A position is an object.")
        for key in ("type", "item"):
            _check_id(position.get(key))
        if not isinstance(position.get("tname"), str | None):
            raise ValueError("A position names its text.")
        if type(position.get("assoc", 0)) is not int:
            raise ValueError("A position's side is a number.")


def _check_id(value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise ValueError("An id is an object.")
    for key in ("client", "clock"):
        number = value.get(key)
        if type(number) is not int or not 0 <= number <= MAX_INTEGER:
            raise ValueError("An id has a client and a clock.")
