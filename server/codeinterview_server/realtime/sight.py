"""Who sees whose cursor in one room: candidates see nothing of silent observers."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Action, may
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.awareness import Awareness
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.protocol import encode_awareness


@dataclass(eq=False, slots=True)
class Guest:
    """The owner of a cursor, who is connected to another replica."""

    sender: int
    client: int
    participant_id: str
    state: dict[str, Any]
    is_silent: bool = True


class Sight:
    """The cursors of one room, each shown to whoever may know that its owner is there.

    Args:
        peers: The room's connections.
        limits: How large a cursor's state may be.
        people: Everybody who ever joined or knocked, by id.
        session: Tells the session as it is now.
        line: Where the cursors of connections are told as well.
    """

    def __init__(
        self,
        peers: Peers,
        limits: Limits,
        people: Mapping[str, Participant],
        session: Callable[[], Session],
        line: Line,
    ) -> None:
        self._peers = peers
        self._awareness = Awareness(
            limits.awareness_bytes,
            now_ms(),
            present=now_ms if line.leads_somewhere else None,
            yields=_yields,
        )
        self._people = people
        self._session = session
        self._line = line
        self._guests: dict[tuple[int, int], Guest] = {}

    def judge(self, connection: Connection) -> None:
        """Settle whom a connection sees, and by whom it is seen."""
        session, participant = self._session(), self._people[connection.participant_id]
        principal = participant.principal()
        connection.sees_silent = may(principal, Action.SEE_SILENT_OBSERVERS, session)
        connection.is_silent = session.hides(participant.role)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Show cursors, and take them away, as it follows from what is judged in the block."""
        looks = {each: (each.sees_silent, each.is_silent) for each in self._peers}
        owners: list[Connection | Guest] = [*looks, *self._guests.values()]
        was_silent = {each: each.is_silent for each in owners}
        yield
        for guest in self._guests.values():
            self._judge_guest(guest)
        for owner in was_silent:
            viewers = {each for each in looks if each is not owner and each.takes_part}
            before = {each for each in viewers if looks[each][0] or not was_silent[owner]}
            now = {each for each in viewers if _sees(each, owner)}
            absence = self._awareness.hide(owner) if before - now else None
            if absence is not None:
                frame = encode_awareness(absence)
                for each in before - now:
                    each.peer.send_bytes(frame)
            if now - before:
                self.restamp(owner)

    def greet(self, connection: Connection) -> None:
        """Show a connection all cursors that are there for it."""
        owners = (*self._peers, *self._guests.values())
        states = self._awareness.everyone(
            but={each for each in owners if not _sees(connection, each)}
        )
        if states is not None:
            connection.peer.send_bytes(encode_awareness(states))

    def move(self, connection: Connection, payload: bytes) -> None:
        """Take in what a connection's cursor does.

        Raises:
            ValueError: It is malformed.
            TooLarge: The state is larger than it may be.
        """
        participant = self._people[connection.participant_id]
        update = self._awareness.accept(connection, payload, participant)
        if update is not None:
            self._relay(update, connection, connection)
            self._tell(connection)

    def restamp(self, owner: Connection | Guest) -> None:
        """Show a cursor again, with what its owner is called now."""
        participant = self._people.get(owner.participant_id)
        if participant is not None:
            self._relay(self._awareness.restamp(owner, participant), owner, None)

    def withdraw(self, connection: Connection) -> None:
        """Take away the cursor of a connection that goes."""
        held = self._awareness.state(connection)
        self._relay(self._awareness.withdraw(connection), connection, None)
        if held is not None:
            self._line.tell(_news(connection, held[0], None))

    # Cursors on other replicas.

    def introduction(self) -> Iterator[Mapping[str, Any]]:
        """Yield what another replica has to know of the cursors here."""
        for connection in self._peers:
            held = self._awareness.state(connection)
            if held is not None and held[1] is not None:
                yield _news(connection, *held)

    def hear(
        self, sender: int, client: int, participant_id: str, state: dict[str, Any] | None
    ) -> None:
        """Take in what a cursor on another replica does; None takes it away."""
        guest = self._guests.get((sender, client))
        if state is None:
            if guest is not None:
                self._drop(guest)
            return
        if guest is None:
            guest = Guest(sender, client, participant_id, state)
            self._guests[sender, client] = guest
        guest.state = state
        self._show(guest)

    def look_again(self) -> None:
        """Show cursors of other replicas by what is known of their owners by now."""
        with self.changing():
            pass
        for guest in list(self._guests.values()):
            self._show(guest)

    def forget(self, sender: int | None = None) -> None:
        """Take away the cursors of one other replica, or of all."""
        for guest in list(self._guests.values()):
            if sender in (None, guest.sender):
                self._drop(guest)

    def _show(self, guest: Guest) -> None:
        participant = self._people.get(guest.participant_id)
        if participant is None:
            # Came in on that replica just now; `look_again` follows.
            return
        self._judge_guest(guest)
        update = self._awareness.place(guest, guest.client, guest.state, participant)
        self._relay(update, guest, None)

    def _drop(self, guest: Guest) -> None:
        del self._guests[guest.sender, guest.client]
        self._relay(self._awareness.withdraw(guest), guest, None)

    def _judge_guest(self, guest: Guest) -> None:
        participant = self._people.get(guest.participant_id)
        guest.is_silent = participant is None or self._session().hides(participant.role)

    def _tell(self, connection: Connection) -> None:
        held = self._awareness.state(connection)
        if held is not None:
            self._line.tell(_news(connection, *held))

    def _relay(
        self, update: bytes | None, owner: Connection | Guest, sender: Connection | None
    ) -> None:
        if update is not None:
            frame = encode_awareness(update)
            self._peers.relay(frame, sender, where=lambda viewer: _sees(viewer, owner))


def _sees(viewer: Connection, owner: Connection | Guest) -> bool:
    return viewer.sees_silent or not owner.is_silent


def _yields(held: Hashable, new: Hashable) -> bool:
    """Tell whether a client id goes over: a client that comes to another replica keeps its own."""
    if not isinstance(held, Connection | Guest) or not isinstance(new, Connection | Guest):
        return False
    if isinstance(held, Connection) and isinstance(new, Connection):
        return False
    return held.participant_id == new.participant_id


def _news(connection: Connection, client: int, state: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "type": "cursor",
        "client": client,
        "participant_id": connection.participant_id,
        "state": state,
    }
