"""Who sees whose cursor in one room: candidates see nothing of silent observers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from codeinterview_server.domain.roles import Action, may
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.awareness import Awareness
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.protocol import encode_awareness


class Sight:
    """The cursors of one room, each shown to whoever may know that its owner is there.

    Args:
        peers: The room's connections.
        awareness: The states of their cursors.
        participant: Tells whose connection it is.
    """

    def __init__(
        self, peers: Peers, awareness: Awareness, participant: Callable[[Connection], Participant]
    ) -> None:
        self._peers = peers
        self._awareness = awareness
        self._participant = participant

    def judge(self, connection: Connection, session: Session) -> None:
        """Settle whom a connection sees, and by whom it is seen."""
        participant = self._participant(connection)
        principal = participant.principal()
        connection.sees_silent = may(principal, Action.SEE_SILENT_OBSERVERS, session)
        connection.is_silent = session.hides(participant.role)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Show cursors, and take them away, as it follows from what is judged in the block."""
        looks = {each: (each.sees_silent, each.is_silent) for each in self._peers}
        yield
        for owner, (_, was_silent) in looks.items():
            viewers = {each for each in looks if each is not owner and each.takes_part}
            before = {each for each in viewers if looks[each][0] or not was_silent}
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
        unseen = {each for each in self._peers if not _sees(connection, each)}
        states = self._awareness.everyone(but=unseen)
        if states is not None:
            connection.peer.send_bytes(encode_awareness(states))

    def move(self, connection: Connection, payload: bytes) -> None:
        """Take in what a connection's cursor does.

        Raises:
            ValueError: It is malformed.
            TooLarge: The state is larger than it may be.
        """
        update = self._awareness.accept(connection, payload, self._participant(connection))
        self._relay(update, connection, connection)

    def restamp(self, connection: Connection) -> None:
        """Show a cursor again, with what its owner is called now."""
        update = self._awareness.restamp(connection, self._participant(connection))
        self._relay(update, connection, None)

    def withdraw(self, connection: Connection) -> None:
        """Take away the cursor of a connection that goes."""
        self._relay(self._awareness.withdraw(connection), connection, None)

    def _relay(self, update: bytes | None, owner: Connection, sender: Connection | None) -> None:
        if update is not None:
            frame = encode_awareness(update)
            self._peers.relay(frame, sender, where=lambda viewer: _sees(viewer, owner))


def _sees(viewer: Connection, owner: Connection) -> bool:
    return viewer.sees_silent or not owner.is_silent
