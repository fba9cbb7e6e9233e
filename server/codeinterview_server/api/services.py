"""What every handler works with, and how a request becomes a visit to a room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventStore
from codeinterview_server.db.host_keys import HostKeyStore
from codeinterview_server.db.participants import ParticipantStore
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.errors import (
    BadRequest,
    DatabaseAway,
    InvalidToken,
    NotAuthenticated,
    SessionNotFound,
)
from codeinterview_server.domain.ids import is_session_id
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.roles import (
    ANONYMOUS,
    HOST,
    Action,
    Kind,
    Principal,
    Role,
    is_theirs,
    may,
    require,
)
from codeinterview_server.domain.secrets import (
    derive_invite,
    hash_token,
    match_invite,
    same_secret,
)
from codeinterview_server.domain.sessions import Participant, Session
from codeinterview_server.realtime.room import Room
from codeinterview_server.realtime.rooms import Rooms
from codeinterview_server.realtime.views import participant_view, people_view, session_view

from .crowd import Crowd
from .guesses import address_of, invite_of
from .listed_sessions import ListedSessions
from .rate_limit import RateLimit
from .reach import Reach

_COPIES_AT_ONCE: Final = 2
_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller in one room."""

    room: Room
    principal: Principal

    def require(self, action: Action) -> None:
        """Returns when the caller may do this now, otherwise raises the reason."""
        require(self.principal, action, self.room.session)

    def session_body(self) -> dict[str, Any]:
        """Shows the whole session, as far as the caller may see it."""
        return {
            **session_view(self.room.session),
            "code": self.room.code,
            "files": self.room.files(),
            "participants": self.people(),
        }

    def people(self) -> list[dict[str, Any]]:
        """Shows who is here, as far as the caller may see it, and likewise who waits."""
        session = self.room.session
        return people_view(
            session,
            self.room.participants.values(),
            self.room.online,
            with_silent=may(self.principal, Action.SEE_SILENT_OBSERVERS, session),
            with_waiting=may(self.principal, Action.SEE_LOBBY, session),
        )

    def person(self, participant: Participant) -> dict[str, Any]:
        """Shows one person."""
        return participant_view(participant, is_online=participant.id in self.room.online)


@dataclass(frozen=True, slots=True)
class Services:
    """The server's parts, put together by `create_app`."""

    settings: Settings
    limits: Limits
    database: Database
    rooms: Rooms
    sessions: SessionStore
    participants: ParticipantStore
    events: EventStore
    host_keys: HostKeyStore
    joins: RateLimit
    previews: RateLimit
    knocks: RateLimit
    """By session, not by address."""
    arrivals: RateLimit
    """By session; see `Limits.arrivals_per_minute`."""
    crowd: Crowd
    reach: Reach
    listed: ListedSessions
    host_key: str = field(repr=False)
    copying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_COPIES_AT_ONCE))
    """Archives that are made or taken at once."""

    async def identify(self, credential: str | None, session_id: str | None = None) -> Principal:
        """Returns whom a credential speaks for.

        Loaded rooms know their people's tokens, also while the database is away.

        Args:
            credential: What the caller presented.
            session_id: The session it should belong to, if that is known; it is looked for there
                first.

        Raises:
            InvalidToken: It opens nothing here.
            DatabaseAway: No loaded room knows it, and PostgreSQL cannot be asked.
        """
        if credential is None:
            return ANONYMOUS
        run_key = self.settings.run_key
        is_host = same_secret(self.host_key, credential)
        is_run = run_key is not None and same_secret(run_key.get_secret_value(), credential)
        if is_host or is_run:
            return HOST
        token_hash = hash_token(credential)
        if session_id is None:
            participant = self.rooms.owner_anywhere(token_hash)
        else:
            participant = self.rooms.owner(session_id, token_hash)
        if participant is None:
            participant = await self.participants.by_token_hash(token_hash)
        if participant is not None:
            return participant.principal()
        key = await self.host_keys.by_hash(token_hash)
        if key is None:
            raise InvalidToken
        return Principal(Kind.HOST, key_id=key.id, key_name=key.name)

    async def vouches(
        self, session_id: str | None, credential: str | None, invite: str | None
    ) -> bool:
        """Tells whether somebody shows what is good for a session, or for anything if it is None.

        As far as that can be said now; it takes the same for a session that does not exist.
        """
        if credential is not None:
            try:
                principal = await self.identify(credential)
            except (InvalidToken, DatabaseAway):
                pass
            else:
                return principal.kind is Kind.HOST or session_id in (None, principal.session_id)
        return session_id is not None and await self.is_invited(session_id, invite)

    async def is_invited(self, session_id: str, invite: str | None) -> bool:
        """Tells whether an invite opens a session, as far as that can be said now."""
        if invite is None or not is_session_id(session_id):
            return False
        try:
            session = await self.sessions.get(session_id)
        except DatabaseAway:
            return False
        generations = {} if session is None else session.invite_generations
        revoked = frozenset() if session is None else session.revoked_invites
        role = match_invite(self.host_key, session_id, generations, invite, revoked=revoked)
        return session is not None and role is not None

    @asynccontextmanager
    async def visit(self, session_id: str, credential: str | None) -> AsyncIterator[Visit]:
        """Yields the caller's visit to a room, which stays loaded as long.

        Raises:
            BadRequest: The session's id is malformed.
            NotAuthenticated: Nobody asks.
            InvalidToken: The credential is unknown, or belongs to another session.
            SessionNotFound, SessionExpired: There is no such session, or not any more.
        """
        principal = await self.caller(session_id, credential)
        if principal.kind is Kind.ANONYMOUS:
            raise NotAuthenticated
        async with self.rooms.open(session_id) as room:
            yield Visit(room, await current(principal, room))

    async def caller(self, session_id: str, credential: str | None) -> Principal:
        """Returns who asks about one session; a stranger learns first that there is no such one.

        Raises:
            BadRequest, InvalidToken, SessionNotFound: As for `visit`.
        """
        check_session_id(session_id)
        try:
            principal = await self.identify(credential, session_id)
        except InvalidToken:
            # Deleting a session takes its tokens along.
            if await self.sessions.get(session_id) is None:
                raise SessionNotFound from None
            raise
        if principal.kind is Kind.PARTICIPANT and principal.session_id != session_id:
            raise InvalidToken("This credential belongs to another session. Join this one first.")
        if principal.kind is Kind.HOST and not principal.is_administrator:
            # Before anything is said of the session that only its host may know.
            session = self.rooms.session(session_id) or await self.sessions.get(session_id)
            if session is None or not is_theirs(principal, session):
                raise SessionNotFound
        return principal

    def expiry_of(self, begins_ms: int) -> int:
        """Returns until when a session lives that begins then."""
        return begins_ms + round(self.settings.session_hours * _HOUR_MS)

    def invites(self, session: Session) -> dict[str, str | None]:
        """Returns the session's present invites by role; None for one that was revoked."""
        return {role.value: self._invite(session, role) for role in Role}

    def _invite(self, session: Session, role: Role) -> str | None:
        if role in session.revoked_invites:
            return None
        generation = session.invite_generations.get(role, 0)
        return derive_invite(self.host_key, session.id, role, generation)


async def current(principal: Principal, room: Room) -> Principal:
    """Returns the caller as the room knows them, which may be newer than what was read before."""
    if principal.participant_id is None:
        return principal
    if principal.participant_id not in room.participants:
        # They may have joined on another replica just now.
        await room.refresh()
    participant = room.participants.get(principal.participant_id)
    if participant is None:
        raise InvalidToken
    return participant.principal()


def check_session_id(session_id: str) -> None:
    """Returns when the id is well-formed.

    Raises:
        BadRequest: It is not.
    """
    if not is_session_id(session_id):
        raise BadRequest("A session's code has 8 characters out of 0-9 and a-f. Check it.")


def _services(request: Request) -> Services:
    services = request.app.state.services
    assert isinstance(services, Services)  # noqa: S101 - `create_app` made it so
    return services


_bearer = HTTPBearer(
    auto_error=False, description="The host key, or a participant's token of one session."
)


async def _credential(
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str | None:
    return None if given is None else given.credentials


async def _address(request: Request) -> str:
    return address_of(request.scope)


async def _invite(request: Request) -> str | None:
    return invite_of(request.scope)


Parts = Annotated[Services, Depends(_services)]
Credential = Annotated[str | None, Depends(_credential)]
Address = Annotated[str, Depends(_address)]
ShownInvite = Annotated[str | None, Depends(_invite)]
