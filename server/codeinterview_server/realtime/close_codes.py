"""The codes a room's socket is closed with, and which refusal leads to which."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from codeinterview_server.domain import errors


class CloseCode(IntEnum):
    """Close codes of docs/protocol.md that the server gives."""

    RESTARTING = 1012
    TRY_AGAIN = 1013
    MALFORMED = 4400
    NOT_AUTHENTICATED = 4401
    NOT_ALLOWED = 4403
    NOT_FOUND = 4404
    ENDED = 4409
    EXPIRED = 4410
    TOO_LARGE = 4413
    TOO_MANY = 4429


_CODES: Final[Mapping[type[errors.DomainError], tuple[CloseCode, str]]] = {
    errors.NotAuthenticated: (CloseCode.NOT_AUTHENTICATED, "not_authenticated"),
    errors.InvalidToken: (CloseCode.NOT_AUTHENTICATED, "not_authenticated"),
    errors.NotAllowed: (CloseCode.NOT_ALLOWED, "not_allowed"),
    errors.Declined: (CloseCode.NOT_ALLOWED, "declined"),
    errors.Removed: (CloseCode.NOT_ALLOWED, "removed"),
    errors.SessionNotFound: (CloseCode.NOT_FOUND, "not_found"),
    errors.SessionEnded: (CloseCode.ENDED, "ended"),
    errors.SessionExpired: (CloseCode.EXPIRED, "expired"),
    errors.TooLarge: (CloseCode.TOO_LARGE, "too_large"),
    errors.TooManyRequests: (CloseCode.TOO_MANY, "too_many"),
    errors.OpenElsewhere: (CloseCode.TRY_AGAIN, "open_elsewhere"),
    errors.DatabaseAway: (CloseCode.TRY_AGAIN, "database_away"),
    errors.ShuttingDown: (CloseCode.RESTARTING, "restarting"),
}


def close_for(error: errors.DomainError) -> tuple[CloseCode, str]:
    """Return the close code and reason that tell of a refusal."""
    return _CODES.get(type(error), (CloseCode.MALFORMED, "malformed"))
