"""One live session: who is connected, what they may do, and who hears of it.

Frames are handled in the order of their arrival without ever waiting. What must be in the database
before it is true changes in coroutines: people at the `door`, the session itself in `live`.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Final

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    DatabaseAway,
    DomainError,
    SessionEnded,
    SessionExpired,
    SessionNotFound,
    TooLarge,
    TooManyRequests,
)
from codeinterview_server.domain.languages import main_file
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import Action, ParticipantStatus, may
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.close_codes import close_for
from codeinterview_server.realtime.connection import Budget, Connection
from codeinterview_server.realtime.desk import Desk
from codeinterview_server.realtime.door import Door
from codeinterview_server.realtime.journal import Journal, Ledger, Saved
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.live_session import LiveSession
from codeinterview_server.realtime.loading import StoredRoom
from codeinterview_server.realtime.outbox import Peer
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.protocol import (
    FrameKind,
    SyncKind,
    encode_awareness,
    read_integer,
    read_payload,
)
from codeinterview_server.realtime.replicas import Replicas
from codeinterview_server.realtime.roster import Roster
from codeinterview_server.realtime.run_board import RunBoard
from codeinterview_server.realtime.sight import Sight
from codeinterview_server.realtime.stores import Records, Stores
from codeinterview_server.realtime.tasks import Tasks
from codeinterview_server.realtime.twin import RoomTwin
from codeinterview_server.realtime.views import participant_view, session_view
from codeinterview_server.realtime.welcome import welcome
from codeinterview_server.realtime.workspace import Workspace

_NOD: Final = encode_awareness(b"\x00")
_NOD_PAUSE_S: Final = 10.0
_EXPIRY_CHECK_S: Final = 30.0
"""A machine that slept has a clock that jumped; timers do not see that."""
_REST_FLUSH_S: Final = 5.0
_TAKE_OVER_RETRY_S: Final = 1.0


class Room:
    """One session's document, people, sockets and runs. `stop` it once it is not used any more.

    Args:
        stored: What the database knows of it.
        stores: Where its people and the session itself are written.
        journal: Where everything else is written.
        limits: Its bounds.
        replicas: Where what happens in it is told as well; None for a server that is no replica.
        broken: Called when its document is beyond repair and must be loaded again.
        ended: Called when another replica has deleted the session.
    """

    def __init__(
        self,
        stored: StoredRoom,
        stores: Stores,
        journal: Journal,
        limits: Limits,
        *,
        replicas: Replicas | None = None,
        broken: Callable[[], object],
        ended: Callable[[], object],
    ) -> None:
        self._limits = limits
        self._tasks = Tasks()
        self._gone: DomainError | None = None
        session_id = stored.session.id
        self._replicas = replicas
        line = Line(session_id, replicas)
        self._peers = Peers()
        # By participant: who reconnects has not rested.
        self._budgets: dict[str, Budget] = {}
        self._labours: dict[str, Budget] = {}
        self._records = Records(session_id, stores, journal)
        self.live = LiveSession(
            stored.session, stores, self._records, self._changed, self._tell_of_invites, line
        )
        self._roster = Roster(session_id, stored.participants, stored.token_hashes, stores, limits)
        self.door = Door(self, self._roster, self._peers, self._records, line)
        self._runs = RunBoard(session_id, stored.runs, limits, self._peers, self._records, line)
        self._desk = Desk(self, self._runs, self._tasks)
        self._sight = Sight(self._peers, limits, self._roster.people, lambda: self.live.value, line)
        self.ledger = Ledger(
            session_id,
            unsnapshotted=stored.unsnapshotted,
            last_seq=stored.last_seq,
            state=stored.document.state,
            on_saved=self._tell_saved,
            on_foreign=self._absorb,
            on_row=self._read_row,
            on_claimed_again=self._start_take_over,
        )
        self._workspace = Workspace(
            stored.document,
            self.ledger,
            journal,
            self._peers,
            line,
            refuse=self._desk.refuse_edit,
            edited=self.live.note_edit,
            broken=broken,
        )
        self.twin = RoomTwin(
            self.ledger,
            journal,
            line,
            workspace=self._workspace,
            live=self.live,
            door=self.door,
            sight=self._sight,
            runs=self._runs,
            peers=self._peers,
            tasks=self._tasks,
            ended=ended,
        )
        self._workspace.seed(stored.session.language)
        self._expiry = self._watch_expiry()

    # What it is.

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.live.value

    @property
    def participants(self) -> Mapping[str, Participant]:
        """Everybody who ever joined or knocked, by id."""
        return self._roster.people

    @property
    def online(self) -> Mapping[str, int]:
        """Ids of the participants with at least one full socket."""
        return self._peers.online

    @property
    def code(self) -> str:
        """The text of the language's main file."""
        return self._workspace.text(main_file(self.session.language).path)

    def files(self) -> dict[str, str]:
        """Return the text of every file."""
        return self._workspace.texts()

    def participant(self, connection: Connection) -> Participant:
        """Return whose connection it is."""
        return self._roster.get(connection.participant_id)

    def owner(self, token_hash: bytes) -> Participant | None:
        """Return whose token it is, whatever their status."""
        return self._roster.owner(token_hash)

    # Sockets.

    def attach(self, peer: Peer, participant_id: str, *, control_only: bool) -> Connection:
        """Take in the socket of a participant who is admitted or waits.

        Raises:
            TooManyRequests: The participant has too many sockets.
            SessionNotFound, SessionExpired: The room is over.
        """
        if self._gone is not None:
            raise self._gone
        participant = self._roster.get(participant_id)
        if len(self._peers.of(participant_id)) >= self._limits.sockets_per_participant:
            raise TooManyRequests(10)
        budget = self._budgets.setdefault(participant_id, Budget(self._limits.messages_per_s))
        labour = self._labours.setdefault(participant_id, Budget(self._limits.merge_steps_per_s))
        connection = Connection(participant_id, peer, budget, labour, control_only=control_only)
        self._peers.add(connection)
        if participant.status is ParticipantStatus.ADMITTED:
            self.greet(connection)
        else:
            view = participant_view(participant, is_online=False)
            connection.tell({"type": "waiting", "participant": view})
        return connection

    def receive(self, connection: Connection, frame: bytes) -> None:
        """Take in a frame. Whatever is wrong with it closes the connection."""
        if not connection.is_open:
            return
        try:
            if not connection.budget.spend(1 + len(frame) // self._limits.message_bytes):
                raise TooManyRequests(10)
            if len(frame) > self._limits.frame_bytes:
                raise TooLarge
            self._read(connection, frame)
        except DomainError as error:
            self.drop(connection, error)
        except ValueError:
            self.drop(connection, DomainError())

    def detach(self, connection: Connection) -> None:
        """Forget a socket that is closed; a second call does nothing."""
        if connection not in self._peers:
            return
        connection.is_open = False
        went_offline = self._peers.remove(connection)
        self._sight.withdraw(connection)
        if went_offline:
            self._runs.stop_all(connection.participant_id)
            if connection.participant_id not in self._peers.online:
                self._records.event(EventKind.DISCONNECTED, connection.participant_id)
            self._announce_people()

    def drop(self, connection: Connection, error: DomainError) -> None:
        """Close a connection and forget it."""
        connection.close(*close_for(error))
        self.detach(connection)

    def greet(self, connection: Connection) -> None:
        """Make the connection of somebody admitted a member."""
        was_online = connection.participant_id in self._peers.online
        came_online = self._peers.admit(connection)
        self._judge(connection)
        connection.people = self.door.people(with_silent=connection.sees_silent)
        connection.tell(
            welcome(
                self.session,
                self.participant(connection),
                self._roster.people,
                connection.people,
                self._peers.online,
                self._runs.view(),
                self.ledger.saved,
                self._limits,
            )
        )
        if not connection.control_only:
            self._workspace.greet(connection)
            self._sight.greet(connection)
        if came_online:
            if not was_online:
                self._records.event(EventKind.CONNECTED, connection.participant_id)
            self._announce_people()

    def restamp(self, connection: Connection) -> None:
        """Look again at what a connection's participant may do and is called."""
        with self._sight.changing():
            self._judge(connection)
        self._sight.restamp(connection)
        if not may(self.participant(connection).principal(), Action.RUN_CODE, self.session):
            # Its messages are refused from now on, and its end must not tell when they leave.
            self._runs.stop_all(connection.participant_id)

    # Changes.

    def switch_language(self, language: str, by: str | None) -> None:
        """Switch the session to another language."""
        self.live.switch_language(language, by)

    async def replace_text(self, text: str, path: str | None, by: str | None) -> None:
        """Turn a file's text, by default the main file's, into another by minimal edits.

        Raises:
            TooLarge: The document would grow beyond its limit.
            DatabaseAway: It is in the room, but not in the database yet.
        """
        path = path or main_file(self.session.language).path
        if self._workspace.replace(path, text, by if by in self.participants else None):
            self._records.event(EventKind.CODE_REPLACED, by, {"path": path})
        if not await self._workspace.flush(_REST_FLUSH_S):
            raise DatabaseAway

    async def refresh(self) -> None:
        """Read again what other replicas may have changed just now.

        Raises:
            SessionNotFound: They have deleted it.
            DatabaseAway: It could not be read.
        """
        if self._replicas is not None:
            await self.live.reload()
            await self.door.reload()

    async def answer_knock(
        self, participant_id: str, status: ParticipantStatus, by: str | None
    ) -> None:
        """Admit or decline somebody who waits; see `Door.change`."""
        await self.door.change(participant_id, by=by, status=status)

    # Its end.

    def close(self, error: DomainError) -> None:
        """Close all sockets for a reason, and take no more."""
        self._gone = error
        for connection in self._peers:
            self.drop(connection, error)

    def inherit(self) -> None:
        """Write down what other replicas said and may not have written."""
        self._workspace.inherit()

    async def flush(self, timeout_s: float) -> bool:
        """Write everything and a snapshot; tell whether the database has it."""
        return await self._workspace.flush(timeout_s, snapshot=True)

    async def settle(self, timeout_s: float) -> bool:
        """Write everything and what was noted beside it; tell whether the database has it."""
        return await self.flush(timeout_s) and await self._records.settle(timeout_s)

    async def stop(self) -> None:
        """Stop what it does in the background."""
        self._expiry.cancel()
        await self._tasks.stop()

    def _end(self) -> None:
        self._runs.stop_all()
        for connection in self._peers:
            principal = self.participant(connection).principal()
            if not may(principal, Action.OPEN_SOCKET, self.session):
                self.drop(connection, SessionEnded())

    def _watch_expiry(self) -> asyncio.TimerHandle:
        left_s = (self.session.expires_at - now_ms()) / 1000
        pause_s = min(max(left_s, 0.0), _EXPIRY_CHECK_S)
        return asyncio.get_running_loop().call_later(pause_s, self._check_expiry)

    def _check_expiry(self) -> None:
        if self.session.is_expired(now_ms()):
            self.close(SessionExpired())
        else:
            self._expiry = self._watch_expiry()

    # Reading and telling.

    def _judge(self, connection: Connection) -> None:
        """Settle whether a connection may edit now, and whom it sees."""
        principal = self.participant(connection).principal()
        connection.can_edit = may(principal, Action.EDIT_CODE, self.session)
        self._sight.judge(connection)

    def _read(self, connection: Connection, frame: bytes) -> None:
        kind, at = read_integer(frame, 0)
        if kind == FrameKind.CONTROL:
            self._desk.receive(connection, read_payload(frame, at))
        elif not connection.takes_part:
            asks = kind == FrameKind.SYNC and frame[at : at + 1] == bytes((SyncKind.STATE,))
            connection.asked_early = connection.asked_early or asks
        elif kind == FrameKind.SYNC:
            self._workspace.receive(connection, frame, at)
        elif kind == FrameKind.AWARENESS:
            self._sight.move(connection, read_payload(frame, at))
            self._nod(connection)

    def _nod(self, connection: Connection) -> None:
        """Let a stock client hear something: it gives up a line on which it hears nothing for 30 s.

        It sends its state every 15 s, so an empty answer now and then is enough.
        """
        now_s = time.monotonic()
        if now_s - connection.nodded_at >= _NOD_PAUSE_S:
            connection.nodded_at = now_s
            connection.peer.send_bytes(_NOD)

    def _changed(self, before: Session) -> None:
        """Let the session's change take effect, and tell everybody."""
        if self.session.phase is not before.phase:
            self._end()
        with self._sight.changing():
            for connection in self._peers:
                self._judge(connection)
        if self.session.language != before.language:
            self._workspace.seed(self.session.language)
        self._peers.tell({"type": "session", "session": session_view(self.session)})
        if self.session.observers_listed is not before.observers_listed:
            self.door.announce_people()

    def _announce_people(self) -> None:
        """Tell everybody who is here, on other replicas too."""
        self.door.announce_people()
        if self._replicas is not None:
            self._replicas.announce(self.twin)

    def _tell_of_invites(self) -> None:
        """Let whoever shows the invites read them again."""
        self._peers.tell({"type": "invites"}, where=self._reads_invites)

    def _reads_invites(self, connection: Connection) -> bool:
        principal = self.participant(connection).principal()
        return may(principal, Action.READ_INVITES, self.session)

    def _start_take_over(self) -> None:
        if self._gone is not None:
            return
        if self._replicas is not None:
            self.twin.resync()
        else:
            self._tasks.start(self._take_over(), f"take-over of session {self.session.id}")

    async def _take_over(self) -> None:
        """Take in what another server changed of the session and its people while it had them."""
        while True:
            try:
                await self.live.reload()
                await self.door.reload()
            except DatabaseAway:
                await asyncio.sleep(_TAKE_OVER_RETRY_S)
            except SessionNotFound as error:
                self.close(error)
                return
            else:
                return

    def _absorb(self, update: bytes) -> None:
        self._workspace.absorb(update)

    def _read_row(self, update: bytes) -> bool:
        return self._workspace.read(update)

    def _tell_saved(self, saved: Saved) -> None:
        self._peers.tell({"type": "saved", "state": saved.value})
