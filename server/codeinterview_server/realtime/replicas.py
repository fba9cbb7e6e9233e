"""The other replicas of this server: which sessions they have open, and who is online there."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, Protocol

from codeinterview_server.db.engine import Database
from codeinterview_server.db.fanout import Fanout
from codeinterview_server.realtime.line import Kind, encode_news, read_head, read_update_of

_log = logging.getLogger(__name__)

_NO_SESSION: Final = "-" * 8


class Twin(Protocol):
    """A room here, as its twins on other replicas have to do with it."""

    @property
    def session_id(self) -> str:
        """Whose room it is."""

    def opening(self) -> dict[str, Any]:
        """Tell who is online here, and what the document holds."""

    def introduce(self) -> None:
        """Tell the others what only memory has: cursors, runs, what is not written yet."""

    def resync(self) -> None:
        """Take in whatever happened while nothing was heard of the others."""

    def alone(self) -> None:
        """Take note that nothing is heard of the others now."""

    def meet(self, opening: Mapping[str, Any]) -> None:
        """Give a twin that has just opened what it lacks."""

    def people_elsewhere(self, ids: frozenset[str]) -> None:
        """Take note of who is online on other replicas."""

    def hear_update(self, sender: int, participant_id: str | None, data: bytes) -> None:
        """Take in what was written on another replica."""

    def hear(self, sender: int, news: Mapping[str, Any]) -> None:
        """Take in something else that happened there."""

    def parted(self, sender: int, *, is_heir: bool) -> None:
        """Take note that a replica has the room no more; one of those left is its heir."""

    def deleted(self) -> None:
        """Take note that the session is no more."""


class Replicas:
    """Knows the others, and leads what they say to the rooms. Start it before use, stop it once.

    Args:
        database: The one that all share; started before, stopped after.
    """

    def __init__(self, database: Database) -> None:
        self._fanout = Fanout(database, self)
        self._number = 0
        self._twins: dict[str, Twin] = {}
        # Session id → replica → who is online there.
        self._open: dict[str, dict[int, frozenset[str]]] = {}

    def start(self) -> None:
        """Begin to listen, now and whenever PostgreSQL is back."""
        self._fanout.start()

    async def stop(self) -> None:
        """End."""
        await self._fanout.stop()

    # What rooms say.

    def add(self, twin: Twin) -> None:
        """Lead to a room from now on, and tell the others that it is open here."""
        self._twins[twin.session_id] = twin
        twin.people_elsewhere(self.online(twin.session_id))
        self.announce(twin)
        twin.introduce()
        twin.resync()

    def announce(self, twin: Twin) -> None:
        """Tell the others who is online here."""
        if self._twins.get(twin.session_id) is twin:
            self.send(encode_news(twin.session_id, {"type": "open", **twin.opening()}))

    def remove(self, twin: Twin) -> None:
        """Lead to a room no more, and tell the others."""
        if self._twins.get(twin.session_id) is twin:
            del self._twins[twin.session_id]
            self.send(encode_news(twin.session_id, {"type": "closed"}))

    def tell_deleted(self, session_id: str) -> None:
        """Tell the others that a session is no more."""
        self.send(encode_news(session_id, {"type": "deleted"}))

    def tell_rows(self, session_id: str, seq: int) -> None:
        """Tell the others how far a session's rows in the journal go.

        Not in the transaction that writes them, though NOTIFY could: commits that notify wait for
        each other, so that what is typed would wait for everybody's disk.
        """
        if self.is_open_elsewhere(session_id):
            self.send(encode_news(session_id, {"type": "rows", "seq": seq}))

    @property
    def sessions(self) -> frozenset[str]:
        """The ids of the sessions that other replicas have open."""
        return frozenset(self._open)

    def online(self, session_id: str) -> frozenset[str]:
        """Return who is online in a session on other replicas."""
        return frozenset[str]().union(*self._open.get(session_id, {}).values())

    def is_open_elsewhere(self, session_id: str) -> bool:
        """Tell whether another replica has a session open."""
        return session_id in self._open

    def send(self, message: bytes) -> None:
        """Send something to the other replicas, in order; never waits."""
        self._fanout.send(message)

    # What is heard: `db.fanout.Hearer`.

    def connected(self, number: int) -> None:
        """See `db.fanout.Hearer`."""
        self._number = number
        self.send(encode_news(_NO_SESSION, {"type": "hello"}))
        for twin in list(self._twins.values()):
            self.announce(twin)
            twin.resync()

    def lost(self) -> None:
        """See `db.fanout.Hearer`."""
        self._open.clear()
        for twin in list(self._twins.values()):
            twin.people_elsewhere(frozenset())
            twin.alone()

    def gone(self, sender: int) -> None:
        """See `db.fanout.Hearer`."""
        for session_id in [each for each, openers in self._open.items() if sender in openers]:
            self._part(session_id, sender)

    def hear(self, sender: int, message: bytes) -> None:
        """See `db.fanout.Hearer`."""
        try:
            kind, session_id, body = read_head(message)
            if kind is Kind.UPDATE:
                self._hear_update(sender, session_id, body)
            else:
                self._hear_news(sender, session_id, json.loads(body))
        except Exception:
            # One room must not deafen the others.
            _log.exception("What another replica said could not be taken in")

    def _hear_update(self, sender: int, session_id: str, body: bytes) -> None:
        twin = self._twins.get(session_id)
        if twin is not None:
            author, data = read_update_of(body)
            twin.hear_update(sender, author, data)

    def _hear_news(self, sender: int, session_id: str, news: Mapping[str, Any]) -> None:
        twin = self._twins.get(session_id)
        match news["type"]:
            case "hello":
                for each in list(self._twins.values()):
                    self.announce(each)
            case "open":
                self._hear_open(sender, session_id, news)
            case "closed":
                self._part(session_id, sender)
            case "deleted":
                if twin is not None:
                    twin.deleted()
            case _:
                if twin is not None:
                    twin.hear(sender, news)

    def _hear_open(self, sender: int, session_id: str, news: Mapping[str, Any]) -> None:
        openers = self._open.setdefault(session_id, {})
        is_new = sender not in openers
        openers[sender] = frozenset(news["online"])
        twin = self._twins.get(session_id)
        if twin is None:
            return
        twin.people_elsewhere(self.online(session_id))
        if is_new:
            twin.meet(news)

    def _part(self, session_id: str, sender: int) -> None:
        openers = self._open.get(session_id, {})
        openers.pop(sender, None)
        if not openers:
            self._open.pop(session_id, None)
        twin = self._twins.get(session_id)
        if twin is not None:
            twin.people_elsewhere(self.online(session_id))
            twin.parted(sender, is_heir=self._number <= min(openers, default=self._number))
