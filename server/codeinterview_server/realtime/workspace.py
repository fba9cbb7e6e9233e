"""One room's document at work: edits checked, relayed at once, then handed to the journal."""

from collections.abc import Callable
from typing import Final

from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.document import (
    BrokenDocument,
    IncompleteUpdate,
    RoomDocument,
)
from codeinterview_server.realtime.journal import Journal, Ledger
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.protocol import (
    SyncKind,
    encode_sync,
    read_integer,
    read_payload,
)

_STRIKES_MAX: Final = 3
"""Incomplete answers in a row after which a client is taken for broken."""
_HEARD_MAX: Final = 20_000


class Workspace:
    """The files of one room.

    Args:
        document: The loaded document.
        ledger: The room's account with the journal.
        journal: Where updates go after they were relayed.
        peers: Whom they are relayed to.
        line: Where they are told as well.
        refuse: Tells a connection that its edit was not done.
        edited: Called after each edit.
        broken: Called when the document is beyond repair and must be loaded again.
    """

    def __init__(
        self,
        document: RoomDocument,
        ledger: Ledger,
        journal: Journal,
        peers: Peers,
        line: Line,
        *,
        refuse: Callable[[Connection], None],
        edited: Callable[[], None],
        broken: Callable[[], object],
    ) -> None:
        self._document = document
        self._ledger = ledger
        self._journal = journal
        self._peers = peers
        self._line = line
        # What was heard of other replicas and not read in the journal yet: by whom.
        self._heard: dict[bytes, tuple[int, str | None]] = {}
        self._refuse = refuse
        self._edited = edited
        self._broken = broken

    def text(self, path: str) -> str:
        """Return the text of a file; empty for one that does not exist."""
        return self._document.text(path)

    def texts(self) -> dict[str, str]:
        """Return the text of every file."""
        return self._document.texts()

    def greet(self, connection: Connection) -> None:
        """Begin the handshake: ask for what the client has and we lack."""
        self._ask(connection)
        if connection.asked_early:
            # It asked in the lobby and will not ask again.
            connection.asked_early = False
            connection.peer.send_bytes(encode_sync(SyncKind.DIFFERENCE, self._document.state()))

    def receive(self, connection: Connection, frame: bytes, at: int) -> None:
        """Take in a sync frame whose kind stands at an offset.

        Raises:
            ValueError: The frame is malformed, or writes what no client may write.
            TooLarge: The document would grow beyond its limit.
        """
        kind, at = read_integer(frame, at)
        payload = read_payload(frame, at)
        if kind == SyncKind.UPDATE:
            self._edit(connection, payload, frame)
        elif kind == SyncKind.DIFFERENCE:
            connection.awaits_difference = False
            if not self._document.adds_nothing(payload):
                self._edit(connection, payload, None)
        elif kind == SyncKind.STATE:
            # Whoever compares states gives up what was refused.
            connection.owes_refusal = False
            answer = self._document.difference(payload)
            connection.peer.send_bytes(encode_sync(SyncKind.DIFFERENCE, answer))
        else:
            raise ValueError("There is no such sync message.")

    def absorb(self, update: bytes) -> None:
        """Take in what another server wrote into the journal, and show it to everybody."""
        try:
            if self._document.absorb(update):
                self._peers.relay(encode_sync(SyncKind.UPDATE, update), None)
        except BrokenDocument:
            self._broken()

    # What other replicas write.

    def hear(self, sender: int, participant_id: str | None, update: bytes) -> bool:
        """Take in what was written on another replica, and show it to everybody.

        Returns:
            Whether what it builds upon is here; if not, the journal has it, or will.
        """
        if not self.merge(update):
            return False
        self._heard[update] = (sender, participant_id)
        if len(self._heard) > _HEARD_MAX:
            del self._heard[next(iter(self._heard))]
        return True

    def read(self, update: bytes) -> bool:
        """Take in a row of the journal, whoever wrote it; tell whether all it builds on is here."""
        if not self.merge(update):
            return False
        self._heard.pop(update, None)
        return True

    def merge(self, update: bytes) -> bool:
        """Take in an update that was checked elsewhere; tell whether all it builds on is here."""
        try:
            if self._document.merge(update):
                self._peers.relay(encode_sync(SyncKind.UPDATE, update), None)
        except IncompleteUpdate:
            return False
        except BrokenDocument:
            self._broken()
        return True

    def inherit(self, sender: int | None = None) -> None:
        """Write down what a replica that is gone, or any, said and may not have written."""
        for update, (author, participant_id) in list(self._heard.items()):
            if sender in (None, author):
                del self._heard[update]
                self._journal.append(self._ledger, participant_id, update)

    def state_vector(self) -> bytes:
        """Encode what the document knows."""
        return self._document.state_vector()

    def tell_missing(self, state_vector: bytes) -> None:
        """Say what another replica lacks; what is too long for that it reads in the journal."""
        self._line.update(self._document.difference(state_vector), None)

    def seed(self, language: str) -> None:
        """Add a language's files that are not there yet, with their starter text."""
        for file in LANGUAGES[language].files:
            update = self._document.seed(file.path)
            if update is not None:
                self._publish(update, None)

    def replace(self, path: str, text: str, participant_id: str | None) -> bool:
        """Turn a file's text into another by minimal edits; tell whether anything changed."""
        update = self._document.replace(path, text)
        if update is None:
            return False
        self._publish(update, participant_id)
        return True

    async def flush(self, timeout_s: float, *, snapshot: bool = False) -> bool:
        """Wait until the database has everything; tell whether it has."""
        if snapshot:
            self.inherit()
        if not await self._journal.flush(self._ledger, timeout_s):
            return False
        if not snapshot:
            return True
        # Only now, so that it covers every update.
        self._journal.request_snapshot(self._ledger)
        return await self._journal.flush(self._ledger, timeout_s)

    def _edit(self, connection: Connection, update: bytes, frame: bytes | None) -> None:
        if not connection.can_edit:
            if frame is None or not self._document.adds_nothing(update):
                self._refuse(connection)
            return
        try:
            self._document.apply(update, connection.spend_steps)
        except IncompleteUpdate:
            self._ask_again(connection, is_answer=frame is None)
            return
        except BrokenDocument:
            self._heal()
            raise ValueError("The update could not be applied.") from None
        connection.strikes = 0
        self._peers.relay(frame or encode_sync(SyncKind.UPDATE, update), connection)
        self._line.update(update, connection.participant_id)
        self._journal.append(self._ledger, connection.participant_id, update)
        self._edited()

    def _publish(self, update: bytes, participant_id: str | None) -> None:
        """Relay and record what the server wrote."""
        self._peers.relay(encode_sync(SyncKind.UPDATE, update), None)
        self._line.update(update, participant_id)
        self._journal.append(self._ledger, participant_id, update)
        self._edited()

    def _ask(self, connection: Connection) -> None:
        connection.awaits_difference = True
        connection.peer.send_bytes(encode_sync(SyncKind.STATE, self._document.state_vector()))

    def _ask_again(self, connection: Connection, *, is_answer: bool) -> None:
        """Ask for what an update builds upon; the answer brings the update along."""
        if is_answer:
            connection.strikes += 1
            if connection.strikes > _STRIKES_MAX:
                raise ValueError("The answers stay incomplete.")
        if not connection.awaits_difference:
            self._ask(connection)

    def _heal(self) -> None:
        try:
            self._publish(self._document.heal(), None)
        except BrokenDocument:
            self._broken()
