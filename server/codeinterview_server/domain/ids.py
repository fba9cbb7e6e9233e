"""Identifiers of sessions, participants and runs: how they are made and which are well-formed."""

import re
import secrets

_SESSION_ID = re.compile(r"[0-9a-f]{8}")
_OPAQUE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_session_id() -> str:
    """Returns a random session id: 8 lower-case hexadecimal characters.

    Ids may collide (32 bits); whoever stores one must try again when it is taken.
    """
    return secrets.token_hex(4)


def new_participant_id() -> str:
    """Returns a random participant id of 16 characters (96 bits)."""
    return secrets.token_urlsafe(12)


def new_key_id() -> str:
    """Returns a random id of a named host key, of 16 characters (96 bits)."""
    return secrets.token_urlsafe(12)


def is_session_id(text: str) -> bool:
    """Tells whether the text is a well-formed session id."""
    return _SESSION_ID.fullmatch(text) is not None


def parse_participant_id(text: str) -> str:
    """Returns the text when it is a well-formed participant id.

    Raises:
        ValueError: It is not 1-64 characters out of ``A-Z a-z 0-9 _ -``.
    """
    if _OPAQUE_ID.fullmatch(text) is None:
        raise ValueError("An id has 1 to 64 letters, digits, underscores or hyphens.")
    return text


def parse_run_id(text: str) -> str:
    """Returns the text when it is a well-formed run id; the same form as a participant's.

    Raises:
        ValueError: It is not 1-64 characters out of ``A-Z a-z 0-9 _ -``.
    """
    return parse_participant_id(text)
