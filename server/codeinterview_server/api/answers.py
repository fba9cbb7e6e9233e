"""The bodies that requests are answered with."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from codeinterview_server.domain.roles import ParticipantStatus, Phase, Role
from codeinterview_server.domain.sessions import JoinPolicy

from .approach import Path


class _Shape(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class ParticipantBody(_Shape):
    """One person of a session."""

    id: str
    name: str
    role: Role
    color: str
    presence: int
    """Index (0-7) of the presence colour; each viewer's theme resolves it."""
    status: ParticipantStatus
    joined_at: int
    is_online: bool


class SessionHead(_Shape):
    """What every view of a session has; times are milliseconds since the epoch."""

    id: str
    title: str
    language: str
    phase: Phase
    locked: bool
    join_policy: JoinPolicy
    """Whether an invite admits at once, and whether the code alone leads into the lobby."""
    observers_listed: bool
    """Whether candidates are told of observers."""
    shared: bool
    """Whether every named key of the server may act as host on it."""
    creator_id: str
    created_at: int
    updated_at: int
    expires_at: int


class SessionSummary(SessionHead):
    """A session in the host's list."""

    participant_count: int
    online_count: int
    owner: str | None
    """The name of the key that it belongs to; null for the administrator's own."""


class SessionBody(SessionHead):
    """A whole session; `code` is the text of the language's main file."""

    code: str
    files: dict[str, str]
    participants: list[ParticipantBody]


class Invites(_Shape):
    """The present invite of each role; null for one that was revoked."""

    candidate: str | None
    interviewer: str | None
    observer: str | None


class Answer(_Shape):
    """What every success begins with."""

    success: Literal[True]


class SessionAnswer(Answer):
    """One session."""

    data: SessionBody


class CreateAnswer(SessionAnswer):
    """A new session, its creator and what lets others in."""

    participant: ParticipantBody
    token: str
    invites: Invites


class SessionPage(Answer):
    """One page of the host's sessions, and how many match in all."""

    data: list[SessionSummary]
    total: int


class JoinAnswer(Answer):
    """Who one is now, and the session once admitted."""

    status: Literal["admitted", "waiting"]
    participant: ParticipantBody
    token: str
    data: SessionBody | None = None


class ParticipantAnswer(Answer):
    """One person."""

    participant: ParticipantBody


class ParticipantsAnswer(Answer):
    """The people of a session."""

    participants: list[ParticipantBody]


class InvitesAnswer(Answer):
    """A session's invites."""

    invites: Invites
    public_url: str | None
    """Where links with them are to lead, if the server was told where people reach it."""


class Preview(_Shape):
    """What anybody may know of a session."""

    id: str
    title: str
    phase: Phase
    language: str
    join_policy: JoinPolicy
    approval_required: bool
    """Whether somebody without an invite has to be let in, rather than being refused."""


class PreviewAnswer(Answer):
    """A session's preview."""

    data: Preview


class HealthAnswer(_Shape):
    """The server and its database answer."""

    status: Literal["ok"]
    timestamp: int


class MeAnswer(Answer):
    """What a credential is good for."""

    host: bool
    session_id: str | None = None
    participant: ParticipantBody | None = None


class AccountAnswer(Answer):
    """Whose host key it is, and which server this is."""

    name: str | None
    """The key's name; null for the server's own host key."""
    administrator: bool
    version: str
    public_url: str | None
    """Where people reach the server, if it was told."""


class LinkShape(_Shape):
    """Where a tunnel lets people in."""

    url: str
    kind: Literal["tunnel"]
    forwarded: bool


class LinksAnswer(Answer):
    """The links that there are."""

    links: list[LinkShape]


class ConnectionAnswer(Answer):
    """How the request came here."""

    path: Path
    secure: bool
    """Whether the browser's part of the way is encrypted, as far as the server is told."""
    address: str
    """Where it came from, as the server sees it; empty when that is no address."""


class FieldError(_Shape):
    """What is wrong with one field."""

    field: str
    error: str


class ErrorDetail(_Shape):
    """A refusal: a sentence for people, a code for programs."""

    success: Literal[False]
    error: str
    code: str
    fields: list[FieldError] | None = None


class ErrorAnswer(_Shape):
    """Every error's body."""

    detail: ErrorDetail
