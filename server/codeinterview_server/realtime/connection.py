"""One socket of one participant, as its room keeps it."""

import time
from collections.abc import Mapping
from typing import Any

from codeinterview_server.domain.errors import TooLarge, TooManyRequests
from codeinterview_server.realtime.outbox import Peer
from codeinterview_server.realtime.protocol import encode_control


class Budget:
    """A token bucket: a rate per second, saved up for ten seconds at most."""

    def __init__(self, rate_per_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._capacity = self._left = rate_per_s * 10
        self._at = time.monotonic()

    @property
    def capacity(self) -> float:
        """What it holds when it is full."""
        return self._capacity

    def spend(self, cost: float) -> bool:
        """Spend from the bucket; False when it is empty."""
        if self._left < cost:
            now = time.monotonic()
            self._left = min(self._capacity, self._left + (now - self._at) * self._rate_per_s)
            self._at = now
            if self._left < cost:
                return False
        self._left -= cost
        return True


class Connection:
    """A socket, whose participant it is, and what it may send at present.

    Attributes:
        budget: The frames that its participant may still send, over all connections.
        labour: The steps that merging its participant's edits may still take, likewise.
        is_member: Admitted, so it takes part in sync and awareness (unless control only).
        can_edit: Its participant may edit now; kept here because every keystroke asks.
        sees_silent: Its participant sees silent observers; kept here like `can_edit`.
        is_silent: Its participant is a silent observer.
        people: The list of people that it was told last.
        is_open: False once it was closed from this side; what still arrives is ignored.
        awaits_difference: A state vector was sent to it and not answered yet.
        strikes: Answers in a row that were incomplete.
        asked_early: It sent a state vector while it waited in the lobby.
        refused_at: When it last heard that an edit was refused, in seconds of a monotonic clock.
        nodded_at: When it last heard that its awareness came, in seconds of a monotonic clock.
        owes_refusal: An edit was refused since, and it has not heard of that yet.
    """

    __slots__ = (
        "asked_early",
        "awaits_difference",
        "budget",
        "can_edit",
        "control_only",
        "is_member",
        "is_open",
        "is_silent",
        "labour",
        "nodded_at",
        "owes_refusal",
        "participant_id",
        "peer",
        "people",
        "refused_at",
        "sees_silent",
        "strikes",
    )

    def __init__(
        self,
        participant_id: str,
        peer: Peer,
        budget: Budget,
        labour: Budget,
        *,
        control_only: bool = False,
    ) -> None:
        self.participant_id = participant_id
        self.peer = peer
        self.budget = budget
        self.labour = labour
        self.control_only = control_only
        self.is_member = False
        self.can_edit = False
        self.sees_silent = False
        self.is_silent = False
        self.people: list[dict[str, Any]] = []
        self.is_open = True
        self.awaits_difference = False
        self.strikes = 0
        self.asked_early = False
        self.refused_at = float("-inf")
        self.nodded_at = float("-inf")
        self.owes_refusal = False

    @property
    def takes_part(self) -> bool:
        """Whether it hears sync and awareness, and counts as being online."""
        return self.is_member and not self.control_only

    def tell(self, message: Mapping[str, Any], *, ahead: bool = False) -> None:
        """Send a control message, ahead of what waits if need be."""
        self.peer.send_bytes(encode_control(message), ahead=ahead)

    def spend_steps(self, steps: int) -> None:
        """Pay for merging an edit.

        Raises:
            TooLarge: It takes more steps than its participant can ever save up.
            TooManyRequests: It takes more than they have at present.
        """
        if steps > self.labour.capacity:
            raise TooLarge("This edit changes too many places at once. Edit in smaller steps.")
        if not self.labour.spend(steps):
            raise TooManyRequests(10)

    def close(self, code: int, reason: str = "") -> None:
        """Close from this side; later frames of it are ignored."""
        self.is_open = False
        self.peer.close(code, reason)
