"""Everything that can be refused, one class per code; each sentence says what to try next.

HTTP statuses and socket close codes are given to these at the edge, never here.
"""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Something was refused or cannot be done now.

    Attributes:
        code: The stable name that programs react to.
        sentence: What a person reads; never holds a secret.
    """

    code: ClassVar[str] = "BAD_REQUEST"
    default_sentence: ClassVar[str] = "The request could not be understood. Check it and try again."

    def __init__(self, sentence: str | None = None) -> None:
        self.sentence = sentence or self.default_sentence
        super().__init__(self.sentence)


class BadRequest(DomainError):  # noqa: N818 - named as the protocol names it
    """The request is malformed."""


class NotAuthenticated(DomainError):  # noqa: N818
    """No credential was given where one is needed."""

    code = "NOT_AUTHENTICATED"
    default_sentence = "This needs a credential. Join the session or use the host's app."


class InvalidToken(DomainError):  # noqa: N818
    """A credential was given that opens nothing here."""

    code = "INVALID_TOKEN"
    default_sentence = "This credential is not known here. Join the session again."


class NotAllowed(DomainError):  # noqa: N818
    """The role may not do this."""

    code = "NOT_ALLOWED"
    default_sentence = "Your role does not allow this. Ask an interviewer to do it."


class InvalidInvite(DomainError):  # noqa: N818
    """The invite matches no role of the session."""

    code = "INVALID_INVITE"
    default_sentence = "This invite is not valid any more. Ask the interviewer for a new link."


class InviteRequired(DomainError):  # noqa: N818
    """The session takes nobody in who has its code alone."""

    code = "INVITE_REQUIRED"
    default_sentence = "This session is by invitation. Ask the interviewer for the link."


class Declined(DomainError):  # noqa: N818
    """An interviewer declined this participant in the lobby."""

    code = "DECLINED"
    default_sentence = "An interviewer did not let you in. Ask them for an invite link."


class Removed(DomainError):  # noqa: N818
    """An interviewer removed this participant."""

    code = "REMOVED"
    default_sentence = "An interviewer removed you from this session. Ask them to invite you again."


class WaitingForAdmission(DomainError):  # noqa: N818
    """The participant is still in the lobby."""

    code = "WAITING_FOR_ADMISSION"
    default_sentence = "You are in the lobby. Wait until an interviewer lets you in."


class SessionNotFound(DomainError):  # noqa: N818
    """No session has this id."""

    code = "SESSION_NOT_FOUND"
    default_sentence = "There is no such session. Check the code or ask for a new link."


class ParticipantNotFound(DomainError):  # noqa: N818
    """Nobody in the session has this id."""

    code = "PARTICIPANT_NOT_FOUND"
    default_sentence = "Nobody in this session has that id. Reload the list of participants."


class NotFound(DomainError):  # noqa: N818
    """There is nothing at this address."""

    code = "NOT_FOUND"
    default_sentence = "There is nothing here. Check the address."


class SessionEnded(DomainError):  # noqa: N818
    """The interview is over."""

    code = "SESSION_ENDED"
    default_sentence = "This interview has ended. Ask the interviewer for a new session."


class SessionFull(DomainError):  # noqa: N818
    """The session has as many participants as it may have."""

    code = "SESSION_FULL"
    default_sentence = "This session is full. Ask the interviewer to remove someone first."


class Conflict(DomainError):  # noqa: N818
    """What was asked contradicts what is already so."""

    code = "CONFLICT"
    default_sentence = "Something else changed this at the same time. Reload and try again."


class OpenElsewhere(Conflict):
    """Another server on the same database has the session open."""

    default_sentence = "This session is open on another server. Use that one, or close it there."


class SessionExpired(DomainError):  # noqa: N818
    """The session's time is over."""

    code = "SESSION_EXPIRED"
    default_sentence = "This session has expired. Ask the interviewer for a new one."


class TooLarge(DomainError):  # noqa: N818
    """A text, body, frame or document is larger than its limit."""

    code = "TOO_LARGE"
    default_sentence = "This is too large. Shorten it and try again."


class ValidationFailed(DomainError):  # noqa: N818
    """Fields are not as they must be.

    Attributes:
        fields: Field name → what is wrong with it.
    """

    code = "VALIDATION_FAILED"
    default_sentence = "Some fields are not valid. Correct them and try again."

    def __init__(self, fields: Mapping[str, str], sentence: str | None = None) -> None:
        self.fields = dict(fields)
        super().__init__(sentence)


class TooManyRequests(DomainError):  # noqa: N818
    """The caller is over a rate limit.

    Attributes:
        retry_after_s: Whole seconds to wait before trying again.
    """

    code = "TOO_MANY_REQUESTS"
    default_sentence = "That was too often. Wait a moment and try again."

    def __init__(self, retry_after_s: int, sentence: str | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(sentence)


class DatabaseAway(DomainError):  # noqa: N818
    """PostgreSQL cannot be reached at the moment."""

    code = "DATABASE_AWAY"
    default_sentence = "The database cannot be reached at the moment. Try again in a few seconds."


class ShuttingDown(DomainError):  # noqa: N818
    """The server is about to stop."""

    code = "SHUTTING_DOWN"
    default_sentence = "The server is stopping. Try again in a few seconds."
