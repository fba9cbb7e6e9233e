"""The sockets of one room: who is online, and to whom something goes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.protocol import encode_control


class Peers:
    """The connections of one room, each either in the lobby or a member."""

    def __init__(self) -> None:
        self._connections: dict[Connection, None] = {}
        self._online: dict[str, int] = {}
        self._elsewhere: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._connections)

    def __iter__(self) -> Iterator[Connection]:
        # A copy: whoever goes through them may close some.
        return iter(list(self._connections))

    def __contains__(self, connection: object) -> bool:
        return connection in self._connections

    @property
    def online(self) -> Mapping[str, int]:
        """Ids of the participants who are online, with the number of their full sockets here."""
        if not self._elsewhere:
            return self._online
        return {**dict.fromkeys(self._elsewhere, 0), **self._online}

    @property
    def online_here(self) -> Mapping[str, int]:
        """The same, without those who are online on other replicas alone."""
        return self._online

    def set_elsewhere(self, ids: frozenset[str]) -> bool:
        """Take note of who is online on other replicas; tell whether that changes who is online."""
        before = self.online.keys()
        self._elsewhere = ids
        return self.online.keys() != before

    def of(self, participant_id: str) -> list[Connection]:
        """Return the connections of one participant."""
        return [each for each in self._connections if each.participant_id == participant_id]

    def add(self, connection: Connection) -> None:
        """Take in a connection that is no member yet."""
        self._connections[connection] = None

    def admit(self, connection: Connection) -> bool:
        """Make a connection a member; tell whether its participant came online here by it."""
        connection.is_member = True
        if connection.control_only:
            return False
        before = self._online.get(connection.participant_id, 0)
        self._online[connection.participant_id] = before + 1
        return before == 0

    def remove(self, connection: Connection) -> bool:
        """Forget a connection; tell whether its participant went offline here by it."""
        del self._connections[connection]
        if not connection.takes_part:
            return False
        left = self._online[connection.participant_id] - 1
        if left:
            self._online[connection.participant_id] = left
            return False
        del self._online[connection.participant_id]
        return True

    def relay(
        self,
        frame: bytes,
        sender: Connection | None,
        *,
        where: Callable[[Connection], bool] | None = None,
    ) -> None:
        """Send sync and awareness to those who take part.

        Args:
            frame: What to send.
            sender: Who does not need to hear it.
            where: Narrows down who hears it.
        """
        for connection in self._connections:
            if connection is sender or not connection.takes_part:
                continue
            if where is None or where(connection):
                connection.peer.send_bytes(frame)

    def tell(
        self,
        message: Mapping[str, Any],
        *,
        sender: Connection | None = None,
        where: Callable[[Connection], bool] | None = None,
    ) -> None:
        """Send a control message to the members.

        Args:
            message: What to send.
            sender: Who does not need to hear it.
            where: Narrows down who hears it.
        """
        frame: bytes | None = None
        for connection in self._connections:
            if connection is sender or not connection.is_member:
                continue
            if where is None or where(connection):
                frame = frame or encode_control(message)
                connection.peer.send_bytes(frame)
