"""Who may do what: one table, which every route and every socket message is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from codeinterview_server.domain.errors import (
    Declined,
    InvalidToken,
    NotAllowed,
    NotAuthenticated,
    Removed,
    SessionEnded,
    SessionNotFound,
    WaitingForAdmission,
)


class Role(StrEnum):
    """What somebody is in a session."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"


class Phase(StrEnum):
    """Where a session is in its life; it only ever goes from open to ended."""

    OPEN = "open"
    ENDED = "ended"


class ParticipantStatus(StrEnum):
    """How a participant stands to the session."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REMOVED = "removed"
    LEFT = "left"


class Action(StrEnum):
    """Everything that somebody can ask for."""

    CREATE_SESSION = "create_session"
    LIST_SESSIONS = "list_sessions"
    READ_ACCOUNT = "read_account"
    READ_LINKS = "read_links"
    CHANGE_LINKS = "change_links"
    SHOW_SESSIONS = "show_sessions"
    COPY_SESSION = "copy_session"
    ADD_COPY = "add_copy"
    SHARE_SESSION = "share_session"
    DELETE_SESSION = "delete_session"
    READ_SESSION = "read_session"
    CHANGE_SESSION = "change_session"
    END_SESSION = "end_session"
    EDIT_CODE = "edit_code"
    SWITCH_LANGUAGE = "switch_language"
    RUN_CODE = "run_code"
    OPEN_SOCKET = "open_socket"
    PING = "ping"
    SHOW_CURSOR = "show_cursor"
    LIST_PARTICIPANTS = "list_participants"
    UPDATE_SELF = "update_self"
    LEAVE = "leave"
    MANAGE_PARTICIPANTS = "manage_participants"
    SEE_SILENT_OBSERVERS = "see_silent_observers"
    SEE_LOBBY = "see_lobby"
    ADMIT = "admit"
    READ_INVITES = "read_invites"
    RENEW_INVITES = "renew_invites"
    WHO_AM_I = "who_am_i"


class Kind(StrEnum):
    """What a request presented as its credential."""

    HOST = "host"
    PARTICIPANT = "participant"
    ANONYMOUS = "anonymous"


class Who(StrEnum):
    """The columns of the table: hosts, the admitted by role, and those in the lobby.

    The administrator has the server's own key. A host is the named key that owns the session, or
    any where there is none; a colleague is another named key, to whom the session is shared.
    """

    ADMINISTRATOR = "administrator"
    HOST = "host"
    COLLEAGUE = "colleague"
    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"
    WAITING = "waiting"


HOST_ACTOR: Final = "@host"
"""What events call whoever acts by the host's key; no participant's id can be like it. Behind a
colon follows the name of a named key."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. A participant is bound to one session; host and anonymous are bound to none.

    A host with a named key owns some sessions; without one it is the administrator.
    """

    kind: Kind
    session_id: str | None = None
    participant_id: str | None = None
    role: Role | None = None
    status: ParticipantStatus | None = None
    key_id: str | None = None
    key_name: str | None = None

    @property
    def actor(self) -> str | None:
        """What events call whoever asks: the participant's id, or the host's name."""
        if self.kind is not Kind.HOST:
            return self.participant_id
        return HOST_ACTOR if self.key_name is None else f"{HOST_ACTOR}:{self.key_name}"

    @property
    def is_administrator(self) -> bool:
        """Whether every session of the server is theirs."""
        return self.kind is Kind.HOST and self.key_id is None


HOST: Final = Principal(Kind.HOST)
ANONYMOUS: Final = Principal(Kind.ANONYMOUS)


class SessionState(Protocol):
    """What the rules look at of a session."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def phase(self) -> Phase: ...  # noqa: D102
    @property
    def locked(self) -> bool: ...  # noqa: D102
    @property
    def owner_key_id(self) -> str | None: ...  # noqa: D102
    @property
    def shared(self) -> bool: ...  # noqa: D102


_ADMINISTRATOR = frozenset({Who.ADMINISTRATOR})
_HOST = _ADMINISTRATOR | {Who.HOST}
_HOSTS = _HOST | {Who.COLLEAGUE}
_INTERVIEWERS = _HOSTS | {Who.INTERVIEWER}
_EDITORS = _INTERVIEWERS | {Who.CANDIDATE}
_ADMITTED = _EDITORS | {Who.OBSERVER}
_PEOPLE = frozenset({Who.INTERVIEWER, Who.CANDIDATE, Who.OBSERVER})
_NOBODY: frozenset[Who] = frozenset()

ALLOWED: Final[Mapping[Action, frozenset[Who]]] = MappingProxyType(
    {
        Action.CREATE_SESSION: _HOST,
        Action.LIST_SESSIONS: _HOST,
        Action.READ_ACCOUNT: _HOST,
        Action.READ_LINKS: _ADMINISTRATOR,
        Action.CHANGE_LINKS: _ADMINISTRATOR,
        Action.SHOW_SESSIONS: _HOST,
        Action.COPY_SESSION: _HOSTS,
        Action.ADD_COPY: _HOST,
        Action.SHARE_SESSION: _HOST,
        Action.DELETE_SESSION: _HOSTS,
        Action.READ_SESSION: _ADMITTED,
        Action.CHANGE_SESSION: _INTERVIEWERS,
        Action.END_SESSION: _INTERVIEWERS,
        Action.EDIT_CODE: _EDITORS,
        Action.SWITCH_LANGUAGE: _EDITORS,
        Action.RUN_CODE: _EDITORS,
        Action.OPEN_SOCKET: _PEOPLE | {Who.WAITING},
        Action.PING: _PEOPLE | {Who.WAITING},
        Action.SHOW_CURSOR: _PEOPLE,
        Action.LIST_PARTICIPANTS: _ADMITTED,
        Action.UPDATE_SELF: _PEOPLE | {Who.WAITING},
        Action.LEAVE: _PEOPLE | {Who.WAITING},
        Action.MANAGE_PARTICIPANTS: _INTERVIEWERS,
        Action.SEE_SILENT_OBSERVERS: _INTERVIEWERS | {Who.OBSERVER},
        Action.SEE_LOBBY: _INTERVIEWERS,
        Action.ADMIT: _INTERVIEWERS,
        Action.READ_INVITES: _INTERVIEWERS,
        Action.RENEW_INVITES: _INTERVIEWERS,
        Action.WHO_AM_I: _ADMITTED | {Who.WAITING},
    }
)
"""Who may do what while the session is open and not locked."""

AFTER_END: Final[Mapping[Action, frozenset[Who]]] = MappingProxyType(
    {
        Action.READ_SESSION: _INTERVIEWERS,
        Action.CHANGE_SESSION: _INTERVIEWERS,
        Action.END_SESSION: _INTERVIEWERS,
        Action.EDIT_CODE: _NOBODY,
        Action.SWITCH_LANGUAGE: _NOBODY,
        Action.RUN_CODE: _NOBODY,
        Action.OPEN_SOCKET: frozenset({Who.INTERVIEWER}),
        Action.PING: frozenset({Who.INTERVIEWER}),
        Action.SHOW_CURSOR: frozenset({Who.INTERVIEWER}),
        Action.LIST_PARTICIPANTS: _INTERVIEWERS,
        Action.UPDATE_SELF: frozenset({Who.INTERVIEWER}),
        Action.ADMIT: _NOBODY,
        Action.RENEW_INVITES: _NOBODY,
    }
)
"""The rows that differ once the interview has ended: interviewers keep reading, nobody edits."""

LOCKED_OUT: Final[Mapping[Action, frozenset[Who]]] = MappingProxyType(
    {
        Action.EDIT_CODE: frozenset({Who.CANDIDATE}),
        Action.SWITCH_LANGUAGE: frozenset({Who.CANDIDATE}),
    }
)
"""Who loses what while an interviewer has locked the editor."""

PUBLIC: Final = "public"
"""Marks a route that needs no credential."""

ROUTE_ACTIONS: Final[Mapping[tuple[str, str], frozenset[Action] | str]] = MappingProxyType(
    {
        ("GET", "/api/v1/health"): PUBLIC,
        ("GET", "/api/v1/me"): frozenset({Action.WHO_AM_I}),
        ("GET", "/api/v1/account"): frozenset({Action.READ_ACCOUNT}),
        ("GET", "/api/v1/connection"): PUBLIC,
        ("GET", "/api/v1/links"): frozenset({Action.READ_LINKS}),
        ("PUT", "/api/v1/links"): frozenset({Action.CHANGE_LINKS}),
        ("GET", "/api/v1/listed"): PUBLIC,
        ("PUT", "/api/v1/listed"): frozenset({Action.SHOW_SESSIONS}),
        ("POST", "/api/v1/archives"): frozenset({Action.ADD_COPY}),
        ("GET", "/api/v1/sessions/{session_id}/archive"): frozenset({Action.COPY_SESSION}),
        ("POST", "/api/v1/sessions"): frozenset({Action.CREATE_SESSION}),
        ("GET", "/api/v1/sessions"): frozenset({Action.LIST_SESSIONS}),
        ("GET", "/api/v1/sessions/{session_id}"): frozenset({Action.READ_SESSION}),
        # What a body changes decides which of these it needs.
        ("PATCH", "/api/v1/sessions/{session_id}"): frozenset(
            {
                Action.CHANGE_SESSION,
                Action.EDIT_CODE,
                Action.SWITCH_LANGUAGE,
                Action.END_SESSION,
                Action.SHARE_SESSION,
            }
        ),
        ("DELETE", "/api/v1/sessions/{session_id}"): frozenset({Action.DELETE_SESSION}),
        # An invite, a token or a knock: the join itself decides.
        ("POST", "/api/v1/sessions/{session_id}/join"): PUBLIC,
        ("GET", "/api/v1/sessions/{session_id}/preview"): PUBLIC,
        ("PUT", "/api/v1/sessions/{session_id}/code"): frozenset({Action.EDIT_CODE}),
        ("GET", "/api/v1/sessions/{session_id}/participants"): frozenset(
            {Action.LIST_PARTICIPANTS}
        ),
        ("PATCH", "/api/v1/sessions/{session_id}/participants/{participant_id}"): frozenset(
            {Action.UPDATE_SELF, Action.MANAGE_PARTICIPANTS, Action.ADMIT}
        ),
        ("DELETE", "/api/v1/sessions/{session_id}/participants/{participant_id}"): frozenset(
            {Action.LEAVE, Action.MANAGE_PARTICIPANTS}
        ),
        ("GET", "/api/v1/sessions/{session_id}/invites"): frozenset({Action.READ_INVITES}),
        ("POST", "/api/v1/sessions/{session_id}/invites"): frozenset({Action.RENEW_INVITES}),
        ("DELETE", "/api/v1/sessions/{session_id}/invites/{role}"): frozenset(
            {Action.RENEW_INVITES}
        ),
        ("WS", "/ws/sessions/{session_id}"): frozenset({Action.OPEN_SOCKET}),
    }
)
"""Each route → the actions it may carry out, of which a request needs those that apply."""

MESSAGE_ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "sync": Action.EDIT_CODE,
        "awareness": Action.SHOW_CURSOR,
        "run": Action.RUN_CODE,
        "language": Action.SWITCH_LANGUAGE,
        "admit": Action.ADMIT,
        "decline": Action.ADMIT,
        "ping": Action.PING,
    }
)
"""Each socket message → its action. `sync` stands for sync frames that carry an update."""


def may(principal: Principal, action: Action, session: SessionState | None = None) -> bool:
    """Tells whether the principal may do this now.

    Args:
        principal: Who asks.
        action: What is asked.
        session: The session it is about; None only for actions that concern no session.
    """
    who = _who(principal, session)
    if who is None:
        return False
    if session is None:
        return who in ALLOWED[action]
    if principal.kind is Kind.PARTICIPANT and principal.session_id != session.id:
        return False
    allowed = ALLOWED[action]
    if session.phase is Phase.ENDED:
        allowed = AFTER_END.get(action, allowed)
    if session.locked:
        allowed = allowed - LOCKED_OUT.get(action, _NOBODY)
    return who in allowed


def require(principal: Principal, action: Action, session: SessionState | None = None) -> None:
    """Returns when the principal may do this now, otherwise raises the reason.

    Raises:
        NotAuthenticated: Nobody asks.
        SessionNotFound: It is another's, and not shared: to this named key there is none.
        InvalidToken: The token belongs to another session, or its owner has left.
        Declined: The participant was declined in the lobby.
        Removed: The participant was removed.
        WaitingForAdmission: The participant is in the lobby.
        SessionEnded: It would be allowed if the interview had not ended, or they wait for it.
        NotAllowed: The role does not allow it, or the editor is locked.
    """
    if may(principal, action, session):
        return
    if principal.kind is Kind.ANONYMOUS:
        raise NotAuthenticated
    who = _who(principal, session)
    if principal.kind is Kind.HOST and who is None:
        raise SessionNotFound
    if principal.kind is Kind.PARTICIPANT:
        if session is not None and principal.session_id != session.id:
            raise InvalidToken
        if principal.status is ParticipantStatus.DECLINED:
            raise Declined
        if principal.status is ParticipantStatus.REMOVED:
            raise Removed
        if principal.status is ParticipantStatus.LEFT:
            raise InvalidToken("You left this session. Join it again.")
    is_over = session is not None and session.phase is Phase.ENDED
    # Nobody is let in any more.
    if is_over and (who is Who.WAITING or who in ALLOWED[action]):
        raise SessionEnded
    if who is Who.WAITING:
        raise WaitingForAdmission
    if session is not None and session.locked and who in LOCKED_OUT.get(action, _NOBODY):
        raise NotAllowed("The interviewer has locked the editor. Ask them to unlock it.")
    if who is Who.HOST:
        raise NotAllowed("Only this server's administrator may do this. Ask them.")
    if who is Who.COLLEAGUE:
        raise NotAllowed("This session is another's. Ask them, or the server's administrator.")
    raise NotAllowed


def is_theirs(principal: Principal, session: SessionState) -> bool:
    """Tells whether a host may act on the session at all, because it owns it or it is shared."""
    return _who(principal, session) in _HOSTS


def _who(principal: Principal, session: SessionState | None) -> Who | None:
    if principal.kind is Kind.HOST:
        if principal.is_administrator:
            return Who.ADMINISTRATOR
        if session is None or session.owner_key_id == principal.key_id:
            return Who.HOST
        return Who.COLLEAGUE if session.shared else None
    if principal.kind is Kind.ANONYMOUS:
        return None
    if principal.status is ParticipantStatus.WAITING:
        return Who.WAITING
    if principal.status is ParticipantStatus.ADMITTED and principal.role is not None:
        return Who(principal.role.value)
    return None
