"""A reader of Yjs updates (format v1) that admits only what text editing needs.

Yrs applies an update or fails half-way, and Yjs and Yrs do not fail on the same bytes. Reading an
update first, strictly, keeps hostile ones away from the document and from the other browsers, says
which changes it builds upon, and shows every write outside the files' texts. It also keeps the work
of applying one in proportion, see `docs/decisions/strict-updates.md`.

The format is that of Yjs's `encodeStateAsUpdate` (https://github.com/yjs/yjs, `encoding.js`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.realtime.pairs import second_halves
from codeinterview_server.realtime.protocol import read_bytes, read_integer

MAX_CLOCK: Final = 2**31 - 1
"""Yrs counts in 32 bits: beyond this, its sums could overflow."""

# What the low five bits of a struct's first byte announce.
_GARBAGE: Final = 0
_DELETED: Final = 1
_STRING: Final = 4
_ANY: Final = 8
_SKIP: Final = 10

_HAS_ORIGIN: Final = 0x80
_HAS_RIGHT_ORIGIN: Final = 0x40
_HAS_KEY: Final = 0x20

_JOINS_PER_STEP: Final = 128
"""Moving many structs by one place is so much cheaper than comparing each."""

_TOO_SCATTERED: Final = "One message changes too many places at once. Edit in smaller steps."

Id = tuple[int, int]
"""A client id and a clock."""


class Struct(NamedTuple):
    """One run of changes by one client: `[clock, end)`, and what it hangs on."""

    client: int
    clock: int
    end: int
    origin: Id | None
    right_origin: Id | None
    root: str | None
    """The root that a struct without origins names as its parent."""
    entry: tuple[str, Any] | None
    """Key and value, when it sets a key of a map."""
    skip: bool
    pairs: tuple[int, ...]
    """The clocks of the second halves of its characters of two units."""

    @property
    def jumps(self) -> bool:
        """Whether it stands elsewhere than behind what its client wrote before."""
        if self.origin is None:
            return self.right_origin is not None or self.root is not None
        return self.origin != (self.client, self.clock - 1)

    @property
    def is_within_a_run(self) -> bool:
        """Whether it names two neighbours that one client wrote one after the other."""
        if self.origin is None or self.right_origin is None:
            return False
        client, clock = self.origin
        return self.right_origin == (client, clock + 1)


class Deletion(NamedTuple):
    """What one client wrote in `[clock, end)` is deleted."""

    client: int
    clock: int
    end: int


@dataclass(frozen=True, slots=True)
class Update:
    """What one update holds."""

    structs: list[Struct]
    deletions: list[Deletion]

    def builds_on(self, known: Mapping[int, int]) -> dict[int, int] | None:
        """Say what a document knows after this update.

        Args:
            known: The state vector of the document before.

        Returns:
            The clocks that grow, by client id; None when something the update builds upon is
            missing, and so it cannot be applied completely.
        """
        grown: dict[int, int] = {}
        # Each client's structs, the next one last, and who waits for a clock of which client: a
        # heap each, so that a hostile order costs no more than a friendly one.
        rests: dict[int, list[Struct]] = {}
        for struct in reversed(self.structs):
            rests.setdefault(struct.client, []).append(struct)
        waiters: dict[int, list[tuple[int, int]]] = {}
        ready = list(rests)
        while ready:
            client = ready.pop()
            rest = rests[client]
            reached = grown.get(client) or known.get(client, 0)
            while rest:
                struct = rest[-1]
                if struct.end > reached:
                    if struct.skip or struct.clock > reached:
                        return None
                    missing = _missing(struct, known, grown)
                    if missing is not None:
                        heappush(waiters.setdefault(missing[0], []), (missing[1], client))
                        break
                    grown[client] = reached = struct.end
                rest.pop()
            waiting = waiters.get(client, [])
            while waiting and waiting[0][0] < reached:
                ready.append(heappop(waiting)[1])
        if any(rests.values()):
            return None
        for client, _, end in self.deletions:
            if end > known.get(client, 0) and end > grown.get(client, 0):
                return None
        return grown

    def merge_steps(self, standing: int) -> int:
        """Estimate from above how many steps it takes to merge this into a document.

        A struct is compared with all that others put between the neighbours it names, at worst
        with everything: whoever makes both the structs and what is there can freeze us for minutes
        with one frame. Behind its client's last one there is nothing to compare, and a gap within a
        run is walked through once. What was cut up is joined again piece by piece, each time moving
        all that follows.

        Args:
            standing: How many structs the document has.
        """
        walks = 0
        walked: set[tuple[int, Id | None]] = set()
        for struct in self.structs:
            if not struct.jumps or struct.entry is not None:
                continue
            if struct.is_within_a_run and (struct.client, struct.origin) not in walked:
                walked.add((struct.client, struct.origin))
            else:
                walks += 1
        walks += len({client for client, _ in walked})
        count = len(self.structs)
        return walks * (standing + count) + count * count // _JOINS_PER_STEP


def _missing(struct: Struct, known: Mapping[int, int], grown: Mapping[int, int]) -> Id | None:
    for origin in (struct.origin, struct.right_origin):
        if origin is not None:
            client, clock = origin
            if clock >= known.get(client, 0) and clock >= grown.get(client, 0):
                return origin
    return None


@dataclass(frozen=True, slots=True)
class Extent:
    """How much one update may hold."""

    structs: int = MAX_CLOCK
    deletions: int = MAX_CLOCK


_ANY_EXTENT: Final = Extent()


def read_update(data: bytes, extent: Extent = _ANY_EXTENT) -> Update:
    """Read an update.

    Raises:
        ValueError: It is malformed, or holds something that text editing never produces.
        TooLarge: It holds more than the extent.
    """
    structs: list[Struct] = []
    clients, at = read_integer(data, 0)
    if clients > len(data):
        raise ValueError("The update is shorter than it says.")
    seen: set[int] = set()
    for _ in range(clients):
        count, at = read_integer(data, at)
        client, at = read_integer(data, at)
        clock, at = read_integer(data, at)
        if client in seen or not 0 < count <= len(data):
            raise ValueError("The update repeats a client, or is shorter than it says.")
        seen.add(client)
        if len(structs) + count > extent.structs:
            raise TooLarge(_TOO_SCATTERED)
        for _ in range(count):
            struct, at = _read_struct(data, at, client, clock)
            clock = struct.end
            structs.append(struct)
    deletions, at = _read_deletions(data, at, extent.deletions)
    if at != len(data):
        raise ValueError("Something follows the update.")
    return Update(structs, deletions)


def _read_struct(data: bytes, at: int, client: int, clock: int) -> tuple[Struct, int]:
    if at >= len(data):
        raise ValueError("The update ends within a struct.")
    info = data[at]
    at += 1
    origin = right_origin = root = entry = key = None
    pairs: tuple[int, ...] = ()
    content = info & 31
    if info in (_GARBAGE, _SKIP):
        length, at = read_integer(data, at)
    else:
        if info & _HAS_ORIGIN:
            origin, at = _read_id(data, at)
        if info & _HAS_RIGHT_ORIGIN:
            right_origin, at = _read_id(data, at)
        if origin is None and right_origin is None:
            named, at = read_integer(data, at)
            if named != 1:
                raise ValueError("The update writes into something that is no root.")
            name, at = read_bytes(data, at)
            root = name.decode("utf-8")
            if info & _HAS_KEY:
                name, at = read_bytes(data, at)
                key = name.decode("utf-8")
        elif info & _HAS_KEY:
            raise ValueError("The update overwrites a key.")
        if content == _STRING and key is None:
            raw, at = read_bytes(data, at)
            if raw.isascii():
                length = len(raw)
            else:
                # Clocks count UTF-16 units. Yrs and Yjs do not treat broken UTF-8 alike.
                text = raw.decode("utf-8")
                pairs = second_halves(text, clock)
                length = len(text) + len(pairs)
            if 13 in raw:
                raise ValueError("The text has a carriage return; lines end with LF only.")
        elif content == _DELETED and key is None:
            length, at = read_integer(data, at)
        elif content == _ANY and key is not None:
            value, at = _read_map_value(data, at)
            entry = (key, value)
            length = 1
        else:
            raise ValueError("The update holds something other than text.")
    end = clock + length
    if length == 0 or end > MAX_CLOCK:
        raise ValueError("A struct has no length, or too large a clock.")
    return (
        Struct(client, clock, end, origin, right_origin, root, entry, info == _SKIP, pairs),
        at,
    )


def _read_id(data: bytes, at: int) -> tuple[Id, int]:
    client, at = read_integer(data, at)
    clock, at = read_integer(data, at)
    return (client, clock), at


def _read_deletions(data: bytes, at: int, most: int) -> tuple[list[Deletion], int]:
    deletions: list[Deletion] = []
    clients, at = read_integer(data, at)
    if clients > len(data):
        raise ValueError("The update is shorter than it says.")
    for _ in range(clients):
        client, at = read_integer(data, at)
        count, at = read_integer(data, at)
        if count > len(data):
            raise ValueError("The update is shorter than it says.")
        if len(deletions) + count > most:
            raise TooLarge(_TOO_SCATTERED)
        for _ in range(count):
            clock, at = read_integer(data, at)
            length, at = read_integer(data, at)
            if length == 0 or clock + length > MAX_CLOCK:
                raise ValueError("A deletion has no length, or too large a clock.")
            deletions.append(Deletion(client, clock, clock + length))
    return deletions, at


# lib0's "any" encoding, as far as an entry of the files' map uses it.
_ANY_OBJECT: Final = 118
_ANY_STRING: Final = 119


def _read_map_value(data: bytes, at: int) -> tuple[dict[str, str], int]:
    """Read one value that is an object of strings; anything else is refused."""
    values, at = read_integer(data, at)
    if values != 1 or data[at : at + 1] != bytes((_ANY_OBJECT,)):
        raise ValueError("The value of a key is no object.")
    size, at = read_integer(data, at + 1)
    if size > 8:
        raise ValueError("The value of a key is too large.")
    value: dict[str, str] = {}
    for _ in range(size):
        name, at = read_bytes(data, at)
        if data[at : at + 1] != bytes((_ANY_STRING,)):
            raise ValueError("The value of a key holds something other than text.")
        text, at = read_bytes(data, at + 1)
        value[name.decode("utf-8")] = text.decode("utf-8")
    return value, at
