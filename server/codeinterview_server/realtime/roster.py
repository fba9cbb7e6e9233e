"""The people of one room as the database has them, and the rules of how they come and go."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import (
    Conflict,
    InviteRequired,
    ParticipantNotFound,
    SessionEnded,
    SessionFull,
)
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import ParticipantStatus, Phase, Role
from codeinterview_server.domain.sessions import (
    JoinPolicy,
    Participant,
    Session,
    choose_presence,
)
from codeinterview_server.realtime.stores import Stores

_PRESENT: Final = frozenset({ParticipantStatus.ADMITTED, ParticipantStatus.WAITING})
_GONE: Final = frozenset({ParticipantStatus.LEFT, ParticipantStatus.REMOVED})


class Roster:
    """Everybody who ever joined or knocked. Each change is in the database before it shows.

    Its owner lets one change happen at a time. Token hashes are kept here too, so that people come
    back while the database is away.
    """

    def __init__(
        self,
        session_id: str,
        participants: Iterable[Participant],
        token_hashes: Mapping[str, bytes],
        stores: Stores,
        limits: Limits,
    ) -> None:
        self._session_id = session_id
        self._people = {participant.id: participant for participant in participants}
        self._token_hashes = dict(token_hashes)
        self._stores = stores
        self._limits = limits

    @property
    def people(self) -> Mapping[str, Participant]:
        """Everybody by id, whatever their status."""
        return self._people

    async def add(self, newcomer: Participant, session: Session, token_hash: bytes) -> Participant:
        """Take somebody new in.

        Raises:
            SessionFull: The session or its lobby is full.
            Conflict: The id was taken meanwhile.
        """
        self._check_room(session, newcomer.role, newcomer.status)
        if newcomer.id in self._people:
            raise Conflict
        await self._stores.participants.add(newcomer, token_hash)
        self._people[newcomer.id] = newcomer
        self._token_hashes[newcomer.id] = token_hash
        return newcomer

    def owner(self, token_hash: bytes) -> Participant | None:
        """Return whose token it is, whatever their status; the time taken does not tell."""
        found: str | None = None
        for participant_id, known in self._token_hashes.items():
            if hmac.compare_digest(known, token_hash):
                found = participant_id
        return None if found is None else self._people.get(found)

    async def come_back(
        self,
        participant_id: str,
        session: Session,
        *,
        name: str,
        color: str,
        invited: Role | None,
    ) -> Participant:
        """Let somebody in again who has a token.

        Whoever left gave up being admitted, because they may have left from the lobby: an invite
        brings them back in, and interviewers have been trusted before; unless everybody knocks.

        Raises:
            SessionFull: Others took the place.
            SessionEnded: They would have to wait, and nobody is let in any more.
            InviteRequired: They would have to wait, and the session lets nobody.
        """
        before = self.get(participant_id)
        status, role = before.status, before.role
        trusted = (
            ParticipantStatus.WAITING
            if session.join_policy is JoinPolicy.KNOCK
            else ParticipantStatus.ADMITTED
        )
        if status is ParticipantStatus.LEFT:
            is_known = before.role is Role.INTERVIEWER
            status = trusted if is_known else ParticipantStatus.WAITING
        if status is ParticipantStatus.WAITING and invited is not None:
            status, role = trusted, invited
        if before.status not in _PRESENT:
            _check_lobby(session, status)
            self._check_room(session, role, status)
        return await self.change(
            participant_id, session, name=name, color=color, role=role, status=status
        )

    async def change(
        self,
        participant_id: str,
        session: Session,
        *,
        name: str | None = None,
        color: str | None = None,
        role: Role | None = None,
        status: ParticipantStatus | None = None,
    ) -> Participant:
        """Change what is not None, and return the participant as they are now.

        Raises:
            ParticipantNotFound: Nobody has this id.
            Conflict: Another server let them in, or took them out, at the same time.
        """
        before = self.get(participant_id)
        after = replace(
            before,
            name=before.name if name is None else name,
            role=before.role if role is None else role,
            status=before.status if status is None else status,
        )
        if color is not None and color != before.color:
            others = [person for person in self._people.values() if person.id != participant_id]
            taken = taken_presences(others, session, after.role)
            after = replace(after, color=color, presence=choose_presence(color, taken))
        if after.status is not before.status and after.status in _PRESENT:
            after = replace(after, joined_at=now_ms())
        if before.status is ParticipantStatus.WAITING and after.status is ParticipantStatus.LEFT:
            # Or else an interviewer's invite would do without being let in.
            after = replace(after, role=Role.CANDIDATE)
        if after == before:
            return before
        # No more than what changes: other replicas may change the rest.
        moves = after.status is not before.status
        stored = await self._stores.participants.update(
            self._session_id,
            participant_id,
            name=after.name if after.name != before.name else None,
            color=after.color if after.color != before.color else None,
            presence=after.presence if after.presence != before.presence else None,
            role=after.role if after.role is not before.role else None,
            status=after.status if moves else None,
            joined_at=after.joined_at if after.joined_at != before.joined_at else None,
            status_before=before.status if moves else None,
        )
        if stored is None:
            if await self._stores.participants.get(self._session_id, participant_id) is not None:
                raise Conflict("Somebody else changed this at the same time. Try again.")
            raise ParticipantNotFound
        self._people[participant_id] = stored
        return stored

    async def reload(self) -> list[tuple[Participant | None, Participant]]:
        """Take over what another server changed; return who was whom before, None for newcomers."""
        people = await self._stores.participants.list(self._session_id)
        self._token_hashes = await self._stores.participants.token_hashes(self._session_id)
        changes = [(self._people.get(person.id), person) for person in people]
        self._people |= {person.id: person for person in people}
        return [(before, after) for before, after in changes if before != after]

    def get(self, participant_id: str) -> Participant:
        """Return somebody.

        Raises:
            ParticipantNotFound: Nobody has this id.
        """
        participant = self._people.get(participant_id)
        if participant is None:
            raise ParticipantNotFound
        return participant

    def get_waiting(self, participant_id: str) -> Participant:
        """Return somebody who waits in the lobby.

        Raises:
            ParticipantNotFound: Nobody has this id, or they went away.
            Conflict: They do not wait any more.
        """
        participant = self.get(participant_id)
        if participant.status in _GONE:
            raise ParticipantNotFound
        if participant.status is not ParticipantStatus.WAITING:
            raise Conflict("This person does not wait in the lobby any more. Reload the list.")
        return participant

    def _check_room(self, session: Session, role: Role, status: ParticipantStatus) -> None:
        """Return when there is a place; whoever is hidden takes none from those who are not."""
        is_hidden = session.hides(role)
        present = [
            person
            for person in self._people.values()
            if person.status in _PRESENT and session.hides(person.role) is is_hidden
        ]
        waiting = [person for person in present if person.status is ParticipantStatus.WAITING]
        if len(present) >= self._limits.participants:
            raise SessionFull
        if status is ParticipantStatus.WAITING and len(waiting) >= self._limits.waiting:
            raise SessionFull("Too many people wait for this session. Ask for an invite link.")


def taken_presences(people: Iterable[Participant], session: Session, role: Role) -> list[int]:
    """Return the presence colours that somebody of a role keeps away from.

    A colour that is missing would tell of a silent observer, so only silent ones mind them.
    """
    return [
        person.presence
        for person in people
        if person.status in _PRESENT and (session.hides(role) or not session.hides(person.role))
    ]


def _check_lobby(session: Session, status: ParticipantStatus) -> None:
    """Return when whoever would wait may do so."""
    if status is not ParticipantStatus.WAITING:
        return
    if session.phase is Phase.ENDED:
        raise SessionEnded
    if session.join_policy is JoinPolicy.INVITE_ONLY:
        raise InviteRequired
