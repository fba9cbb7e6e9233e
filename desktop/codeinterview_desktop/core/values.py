"""What the server tells of sessions and people, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do in a session."""

    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"


class JoinPolicy(StrEnum):
    """What leads into a session."""

    INVITE = "invite"
    """An invite admits at once; the code alone knocks."""
    KNOCK = "knock"
    """Everybody knocks, with an invite too."""
    INVITE_ONLY = "invite_only"
    """An invite admits at once; the code alone is refused."""


class Phase(StrEnum):
    """Whether a session still goes on."""

    OPEN = "open"
    ENDED = "ended"


class Admission(StrEnum):
    """Where somebody stands with a session."""

    WAITING = "waiting"
    ADMITTED = "admitted"
    DECLINED = "declined"
    REMOVED = "removed"
    LEFT = "left"


class SavedState(StrEnum):
    """The journal's state for a room."""

    SAVED = "saved"
    SAVING = "saving"
    UNSAVED = "unsaved"


class ConnectionPath(StrEnum):
    """The ways to a server, as it tells them."""

    THIS_DEVICE = "this_device"
    LAN = "lan"
    TUNNEL = "tunnel"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """How a request came to a server.

    Attributes:
        path: by which way.
        secure: whether the browser's part of the way is encrypted, as far as the server is told.
        address: where it came from, as the server sees it; empty when that is no address.
    """

    path: ConnectionPath
    secure: bool
    address: str


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session without its text. Times are milliseconds since the epoch.

    Attributes:
        observers_listed: whether candidates are told of observers.
    """

    id: str
    title: str
    language: str
    phase: Phase
    locked: bool
    creator_id: str
    created_at_ms: int
    updated_at_ms: int
    expires_at_ms: int
    join_policy: JoinPolicy
    observers_listed: bool

    @property
    def code_label(self) -> str:
        """The code as people read it to each other: `1a2b-3c4d`."""
        return f"{self.id[:4]}-{self.id[4:]}"


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list.

    Attributes:
        owner: the name of the key that it belongs to; None for the server's own.
        shared: whether every named key of the server may act as host on it.
    """

    session: SessionInfo
    participant_count: int
    online_count: int
    owner: str | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One page of the host's sessions; `total` counts all that match."""

    sessions: tuple[SessionSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ParticipantInfo:
    """A person in a session; `presence` (0-7) is their colour's index in every theme."""

    id: str
    name: str
    role: Role
    presence: int
    color: str
    admission: Admission
    joined_at_ms: int
    is_online: bool


@dataclass(frozen=True, slots=True)
class LobbyEntry:
    """A person who knocked and waits; `role` is what they become when they are admitted."""

    id: str
    name: str
    presence: int
    knocked_at_ms: int
    role: Role


@dataclass(frozen=True, slots=True)
class Invites:
    """A session's secrets for joining, one per role (22 characters each); None: revoked."""

    candidate: str | None = field(repr=False)
    interviewer: str | None = field(repr=False)
    observer: str | None = field(repr=False)

    def of(self, role: Role) -> str | None:
        """The invite that makes its bearer a `role`, or None when it was revoked."""
        return {
            Role.CANDIDATE: self.candidate,
            Role.INTERVIEWER: self.interviewer,
            Role.OBSERVER: self.observer,
        }[role]


@dataclass(frozen=True, slots=True)
class Person:
    """Who the user is towards a server: `color` is the presence index as text."""

    id: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a session: the participant and the token that proves it is them."""

    participant: ParticipantInfo
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreatedSession:
    """What creating a session answered."""

    session: SessionInfo
    participants: tuple[ParticipantInfo, ...]
    seat: Seat
    invites: Invites


@dataclass(frozen=True, slots=True)
class Preview:
    """What anybody may know of a session before joining it."""

    id: str
    title: str
    phase: Phase
    language: str
    approval_required: bool
    join_policy: JoinPolicy


@dataclass(frozen=True, slots=True)
class Identity:
    """What a credential is good for."""

    is_host: bool
    session_id: str | None
    participant: ParticipantInfo | None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose host key it is.

    Attributes:
        name: what the key is called; None for the server's own, the administrator's.
        version: the server's.
        public_url: where others reach the server, without a trailing slash; None when it does not
            know.
    """

    name: str | None
    administrator: bool
    version: str
    public_url: str | None = None
