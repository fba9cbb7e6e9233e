"""A room and its twins: the same session's rooms on other replicas, and what they tell each other.

What is in the database is read there when somebody says that it has changed; what is in memory
alone is said itself.
"""

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from codeinterview_server.domain.errors import DatabaseAway, SessionNotFound
from codeinterview_server.realtime.door import Door
from codeinterview_server.realtime.journal import Journal, Ledger
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.live_session import LiveSession
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.run_board import RunBoard
from codeinterview_server.realtime.sight import Sight
from codeinterview_server.realtime.tasks import Tasks
from codeinterview_server.realtime.workspace import Workspace

_log = logging.getLogger(__name__)

_RETRY_S: Final = 1.0
_FLUSH_S: Final = 60.0
_CLAIM_S: Final = 5.0
"""How long a run that was found running may stay without a replica that says it is its own."""


class RoomTwin:
    """One room, as `Replicas` sees it.

    Args:
        line: What it says goes there.
        ended: Called when the session turns out to be deleted.
    """

    def __init__(
        self,
        ledger: Ledger,
        journal: Journal,
        line: Line,
        *,
        workspace: Workspace,
        live: LiveSession,
        door: Door,
        sight: Sight,
        runs: RunBoard,
        peers: Peers,
        tasks: Tasks,
        ended: Callable[[], object],
    ) -> None:
        self._ledger = ledger
        self._journal = journal
        self._line = line
        self._workspace = workspace
        self._live = live
        self._door = door
        self._sight = sight
        self._runs = runs
        self._peers = peers
        self._tasks = tasks
        self._ended = ended
        self._is_stale = False
        self._refreshing: asyncio.Task[Any] | None = None
        self._resyncing: asyncio.Task[Any] | None = None

    @property
    def session_id(self) -> str:
        """Whose room it is."""
        return self._ledger.session_id

    # What it says.

    def opening(self) -> dict[str, Any]:
        """Tell who is online here, and what the document holds."""
        vector = base64.b64encode(self._workspace.state_vector()).decode("ascii")
        return {"online": list(self._peers.online_here), "vector": vector}

    def introduce(self) -> None:
        """Tell the others what only memory has: cursors, runs, the language."""
        for news in (*self._live.introduction(), *self._sight.introduction()):
            self._line.tell(news)
        for news in self._runs.introduction():
            self._line.tell(news)

    def meet(self, opening: Mapping[str, Any]) -> None:
        """Give a twin that has just opened what it lacks."""
        self._workspace.tell_missing(base64.b64decode(opening["vector"]))
        self.introduce()
        # It may have read these just before they changed.
        self._line.tell({"type": "changed"})
        self._tasks.start(self._point_to_rows(), f"rows of session {self.session_id}")

    # What it hears.

    def hear_update(self, sender: int, participant_id: str | None, data: bytes) -> None:
        """Take in what was written on another replica."""
        if not self._workspace.hear(sender, participant_id, data):
            self._journal.mark_behind(self._ledger)

    def hear(self, sender: int, news: Mapping[str, Any]) -> None:
        """Take in something else that happened there."""
        match news["type"]:
            case "changed":
                self.refresh()
            case "rows":
                self._journal.note_rows(self._ledger, news["seq"])
            case "language":
                self._live.hear_language(news["language"], news["at_ms"])
            case "cursor":
                self._sight.hear(sender, news["client"], news["participant_id"], news["state"])
            case "run":
                self._runs.hear(sender, news)
            case "run_record":
                self._runs.hear_record(sender, news["record"])

    def people_elsewhere(self, ids: frozenset[str]) -> None:
        """Take note of who is online on other replicas."""
        if self._peers.set_elsewhere(ids):
            self._door.announce_people()

    def resync(self) -> None:
        """Take in whatever happened while nothing was heard of the others."""
        if self._resyncing is not None:
            self._resyncing.cancel()
        name = f"what was missed of session {self.session_id}"
        self._resyncing = self._tasks.start(self._resync(), name)

    def alone(self) -> None:
        """Take note that nothing is heard of the others now."""
        if self._resyncing is not None:
            self._resyncing.cancel()
        self._sight.forget()
        self._runs.disown()

    def parted(self, sender: int, *, is_heir: bool) -> None:
        """Take note that a replica has the room no more; one of those left is its heir."""
        self._sight.forget(sender)
        self._runs.orphan(sender, is_heir=is_heir)
        self._tasks.start(self._inherit(sender), f"inheritance in session {self.session_id}")

    def deleted(self) -> None:
        """Take note that the session is no more."""
        self._ended()

    def refresh(self) -> None:
        """Read again what others changed of the session and its people."""
        self._is_stale = True
        if self._refreshing is None or self._refreshing.done():
            name = f"news of session {self.session_id}"
            self._refreshing = self._tasks.start(self._refresh(), name)

    async def _refresh(self) -> None:
        while self._is_stale:
            self._is_stale = False
            try:
                await self._live.reload()
                await self._door.reload()
            except DatabaseAway:
                self._is_stale = True
                await asyncio.sleep(_RETRY_S)
            except SessionNotFound:
                self._ended()
                return
            self._sight.look_again()

    async def _point_to_rows(self) -> None:
        """Tell of the rows that were written while nobody else had to hear of them."""
        await self._journal.flush(self._ledger, _FLUSH_S)
        self._line.tell({"type": "rows", "seq": self._ledger.written_seq})

    async def _read_up(self) -> None:
        while True:
            try:
                await self._journal.read_up(self._ledger)
            except DatabaseAway:
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _inherit(self, sender: int | None) -> None:
        await self._read_up()
        self._workspace.inherit(sender)

    async def _resync(self) -> None:
        self._live.take_stored_language()
        self.refresh()
        await self._inherit(None)
        # Whoever runs them says so when it hears of this room.
        await asyncio.sleep(_CLAIM_S)
        self._runs.orphan(None, is_heir=True)
