"""A typed client of the server's REST interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .values import (
        CreatedSession,
        Identity,
        Invites,
        ParticipantInfo,
        Person,
        Preview,
        Role,
        Seat,
        SessionInfo,
        SessionPage,
    )


class ApiError(Exception):
    """The server refused, or cannot be reached; `str()` is a sentence for the user.

    Attributes:
        code: a code of the protocol, `UNREACHABLE`, or `UNEXPECTED_ANSWER`.
        status: the HTTP status, or None without an answer.
    """

    def __init__(self, code: str, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.status = status


class ServerApi:
    """Talks to one server with one credential; `aclose()` ends its connections.

    Every method raises `ApiError` and is safe to cancel.
    """

    def __init__(self, origin: str, credential: str | None) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close the connections."""

    async def health(self) -> None:
        """Return when the server and its database answer."""

    async def me(self) -> Identity:
        """What this credential is good for."""
        raise NotImplementedError

    async def create_session(self, creator: Person, *, title: str, language: str) -> CreatedSession:
        """Create a session; its creator is an interviewer."""
        raise NotImplementedError

    async def sessions(self, query: str = "", limit: int = 50, offset: int = 0) -> SessionPage:
        """The host's sessions, newest first."""
        raise NotImplementedError

    async def session(self, session_id: str) -> SessionInfo:
        """One session."""
        raise NotImplementedError

    async def rename_session(self, session_id: str, title: str) -> SessionInfo:
        """Give a session another title."""
        raise NotImplementedError

    async def end_session(self, session_id: str) -> SessionInfo:
        """End a session: candidates are thanked and cut off, the text stays."""
        raise NotImplementedError

    async def delete_session(self, session_id: str) -> None:
        """Delete a session and everything said in it."""
        raise NotImplementedError

    async def join(self, session_id: str, person: Person, *, seat_token: str | None) -> Seat:
        """Sit down in one's own session as interviewer, on the same seat again when possible."""
        raise NotImplementedError

    async def participants(self, session_id: str) -> tuple[ParticipantInfo, ...]:
        """Who is in a session, or waits for it."""
        raise NotImplementedError

    async def admit(self, session_id: str, participant_id: str) -> None:
        """Let somebody in who waits."""

    async def decline(self, session_id: str, participant_id: str) -> None:
        """Turn somebody away who waits."""

    async def set_role(self, session_id: str, participant_id: str, role: Role) -> None:
        """Give somebody another role."""

    async def remove(self, session_id: str, participant_id: str) -> None:
        """Remove somebody; their token ends."""

    async def invites(self, session_id: str) -> Invites:
        """The session's invites."""
        raise NotImplementedError

    async def renew_invite(self, session_id: str, role: Role) -> Invites:
        """Make a role's links invalid and get new ones."""
        raise NotImplementedError

    async def preview(self, session_id: str) -> Preview:
        """What anybody may know of a session."""
        raise NotImplementedError
