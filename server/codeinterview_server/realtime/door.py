"""How people come into a room and leave it: joining, the lobby, roles, being removed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.errors import Declined, DomainError, InvalidToken, Removed
from codeinterview_server.domain.roles import Action, ParticipantStatus, Role, may
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.connection import Connection
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.peers import Peers
from codeinterview_server.realtime.roster import Roster
from codeinterview_server.realtime.stores import Records
from codeinterview_server.realtime.views import lobby_view, participant_view, people_view

_EVENTS: Final = {
    ParticipantStatus.WAITING: EventKind.KNOCKED,
    ParticipantStatus.ADMITTED: EventKind.ADMITTED,
    ParticipantStatus.DECLINED: EventKind.DECLINED,
    ParticipantStatus.REMOVED: EventKind.REMOVED,
    ParticipantStatus.LEFT: EventKind.LEFT,
}
_ANSWERS: Final = frozenset({ParticipantStatus.ADMITTED, ParticipantStatus.DECLINED})


class Hall(Protocol):
    """What lies behind the door: the room, as far as coming and going needs it."""

    @property
    def session(self) -> Session:
        """The session as it is now."""

    def greet(self, connection: Connection) -> None:
        """Make the connection of somebody admitted a member."""

    def drop(self, connection: Connection, error: DomainError) -> None:
        """Close a connection and forget it."""

    def restamp(self, connection: Connection) -> None:
        """Look again at what its participant may do and is called."""


class Door:
    """Changes who is in the room, one change at a time, and tells everybody concerned."""

    def __init__(
        self, hall: Hall, roster: Roster, peers: Peers, records: Records, line: Line
    ) -> None:
        self._line = line
        self._hall = hall
        self._roster = roster
        self._peers = peers
        self._records = records
        self._changing = asyncio.Lock()

    async def join(self, newcomer: Participant, token_hash: bytes) -> Participant:
        """Let somebody new in, or into the lobby, as their status says.

        Raises:
            SessionFull: The session or its lobby is full.
            Conflict: The id was taken meanwhile.
            DatabaseAway: It could not be written down.
        """
        async with self._acting():
            after = await self._roster.add(newcomer, self._hall.session, token_hash)
            waits = after.status is ParticipantStatus.WAITING
            self._records.event(
                EventKind.KNOCKED if waits else EventKind.JOINED,
                after.id,
                {"name": after.name, "role": after.role.value},
            )
            self._announce(None, after)
        return after

    async def come_back(
        self, participant_id: str, *, name: str, color: str, invited: Role | None
    ) -> Participant:
        """Let somebody in again who has a token; see `Roster.come_back`."""
        async with self._acting():
            before = self._roster.get(participant_id)
            after = await self._roster.come_back(
                participant_id, self._hall.session, name=name, color=color, invited=invited
            )
            self._record(before, after, after.id)
            self._announce(before, after)
        return after

    async def change(
        self,
        participant_id: str,
        *,
        by: str | None,
        name: str | None = None,
        color: str | None = None,
        role: Role | None = None,
        status: ParticipantStatus | None = None,
    ) -> Participant:
        """Change what is not None of a participant; `by` is who does it: `Principal.actor`.

        Raises:
            ParticipantNotFound: Nobody has this id.
            Conflict: Somebody is admitted or declined who does not wait any more.
            DatabaseAway: It could not be written down.
        """
        async with self._acting():
            before = self._roster.get(participant_id)
            if status in _ANSWERS:
                before = self._roster.get_waiting(participant_id)
            after = await self._roster.change(
                participant_id,
                self._hall.session,
                name=name,
                color=color,
                role=role,
                status=status,
            )
            self._record(before, after, by)
            self._announce(before, after)
        return after

    async def remove(self, participant_id: str, by: str | None) -> None:
        """Take somebody out, whose token ends by it; those who remove themselves have left."""
        is_self = participant_id == by
        status = ParticipantStatus.LEFT if is_self else ParticipantStatus.REMOVED
        await self.change(participant_id, by=by, status=status)

    async def reload(self) -> None:
        """Take over who came and went on another server, after or while it had the session open.

        Raises:
            DatabaseAway: It could not be read.
        """
        async with self._changing:
            await self._reload()

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """Let one change happen at a time, and tell other replicas of it."""
        async with self._changing:
            if self._line.leads_somewhere:
                # Who has come and gone there counts.
                await self._reload()
            yield
        self._line.tell({"type": "changed"})

    async def _reload(self) -> None:
        for before, after in await self._roster.reload():
            self._announce(before, after)

    def announce_people(self) -> None:
        """Tell the members who is here, each as far as they see it."""
        for with_silent in (True, False):
            people = self.people(with_silent=with_silent)
            to = {each for each in self._peers if each.sees_silent is with_silent}
            if not with_silent:
                # A list without news would be news: that of a silent observer.
                to = {each for each in to if each.people != people}
            message = {"type": "participants", "participants": people}
            self._peers.tell(message, where=to.__contains__)
            for each in to:
                each.people = people

    def people(self, *, with_silent: bool) -> list[dict[str, Any]]:
        """Show the members who are here, with the silent observers or without."""
        everybody = self._roster.people.values()
        return people_view(
            self._hall.session, everybody, self._peers.online, with_silent=with_silent
        )

    def _announce(self, before: Participant | None, after: Participant) -> None:
        connections = self._peers.of(after.id)
        if before is None or before.status is not after.status:
            for connection in connections:
                self._move(connection, after)
        elif before != after:
            for connection in connections:
                self._retell(connection, after)
        statuses = {after.status} if before is None else {before.status, after.status}
        if ParticipantStatus.ADMITTED in statuses:
            self.announce_people()
        gets_role = before is not None and before.role is not after.role
        if ParticipantStatus.WAITING in statuses or gets_role:
            self._announce_lobby()

    def _move(self, connection: Connection, after: Participant) -> None:
        match after.status:
            case ParticipantStatus.ADMITTED:
                self._hall.greet(connection)
            case ParticipantStatus.DECLINED:
                self._hall.drop(connection, Declined())
            case ParticipantStatus.REMOVED:
                self._hall.drop(connection, Removed())
            case _:
                self._hall.drop(connection, InvalidToken())

    def _retell(self, connection: Connection, after: Participant) -> None:
        self._hall.restamp(connection)
        view = participant_view(after, is_online=after.id in self._peers.online)
        kind = "role" if connection.is_member else "waiting"
        connection.tell({"type": kind, "participant": view})

    def _announce_lobby(self) -> None:
        message = {"type": "lobby", "waiting": lobby_view(self._roster.people.values())}
        self._peers.tell(message, where=self._sees_lobby)

    def _sees_lobby(self, connection: Connection) -> bool:
        principal = self._roster.get(connection.participant_id).principal()
        return may(principal, Action.SEE_LOBBY, self._hall.session)

    def _record(self, before: Participant, after: Participant, by: str | None) -> None:
        if before.status is not after.status:
            kind = _EVENTS[after.status]
            if kind is EventKind.ADMITTED and by == after.id:
                kind = EventKind.JOINED
            self._records.event(kind, by, {"participant_id": after.id})
        if before.name != after.name:
            payload = {"participant_id": after.id, "name": after.name}
            self._records.event(EventKind.RENAMED, by, payload)
        if before.role is not after.role and after.status is not ParticipantStatus.LEFT:
            payload = {"participant_id": after.id, "role": after.role.value}
            self._records.event(EventKind.ROLE, by, payload)
