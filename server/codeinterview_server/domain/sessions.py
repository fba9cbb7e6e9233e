"""Sessions and participants as values, and the parsing of what people write into them."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.domain.roles import Kind, ParticipantStatus, Phase, Principal, Role

__all__ = [
    "DEFAULT_TITLE",
    "PRESENCE_COLORS",
    "JoinPolicy",
    "Participant",
    "ParticipantStatus",
    "Phase",
    "Session",
    "choose_presence",
    "parse_code",
    "parse_color",
    "parse_language",
    "parse_name",
    "parse_title",
]

PRESENCE_COLORS: Final = 8
"""How many presence colours every theme has; a presence is an index below this."""
DEFAULT_TITLE: Final = "Coding interview"
_NAME_CHARACTERS: Final = 255
_COLOR_CHARACTERS: Final = 50
_TITLE_CHARACTERS: Final = 200
# Characters that reorder the text around them can make one name look like another.
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class JoinPolicy(StrEnum):
    """What leads into a session beside a token that was admitted once and the host's key."""

    INVITE = "invite"
    """An invite admits at once; the code alone leads into the lobby."""
    KNOCK = "knock"
    """Everybody waits in the lobby, whatever invite they hold; it says what they will be."""
    INVITE_ONLY = "invite_only"
    """An invite admits at once; the code alone is refused."""


@dataclass(frozen=True, slots=True)
class Session:
    """One interview. Times are milliseconds since the epoch."""

    id: str
    title: str
    language: str
    creator_id: str
    phase: Phase
    locked: bool
    created_at: int
    updated_at: int
    expires_at: int
    invite_generations: Mapping[Role, int] = field(default_factory=dict)
    revoked_invites: frozenset[Role] = frozenset()
    """Roles that have no invite until it is renewed."""
    join_policy: JoinPolicy = JoinPolicy.INVITE
    observers_listed: bool = True
    """Whether candidates are told of observers."""
    owner_key_id: str | None = None
    """The named key that it was created by; None is the administrator's own."""
    shared: bool = False
    """Whether every named key may act on it as its owner does."""

    def is_expired(self, at_ms: int) -> bool:
        """Tells whether the session's time is over at that moment."""
        return at_ms >= self.expires_at

    def hides(self, role: Role) -> bool:
        """Tells whether candidates learn nothing of people in that role."""
        return role is Role.OBSERVER and not self.observers_listed


@dataclass(frozen=True, slots=True)
class Participant:
    """One person of one session. `color` is as the client wrote it, `presence` what is shown."""

    session_id: str
    id: str
    name: str
    color: str
    presence: int
    role: Role
    status: ParticipantStatus
    joined_at: int
    key_id: str | None = None
    """The named key that let them in; they go when it is revoked."""

    def principal(self) -> Principal:
        """Returns this participant as someone who asks for something."""
        return Principal(Kind.PARTICIPANT, self.session_id, self.id, self.role, self.status)


def parse_name(text: str) -> str:
    """Returns a person's name without the space around it.

    Raises:
        ValueError: It is not 1-255 characters, shows nothing, or holds control characters.
    """
    name = _parse_line(text, "A name")
    if not 1 <= len(name) <= _NAME_CHARACTERS or not _shows_something(name):
        raise ValueError(f"A name has 1 to {_NAME_CHARACTERS} visible characters.")
    return name


def parse_color(text: str) -> str:
    """Returns a colour as a client names it: a presence index or any short text.

    Raises:
        ValueError: It is longer than 50 characters or holds control characters.
    """
    color = _parse_line(text, "A colour")
    if len(color) > _COLOR_CHARACTERS:
        raise ValueError(f"A colour has at most {_COLOR_CHARACTERS} characters.")
    return color


def parse_title(text: str) -> str:
    """Returns a session's title without the space around it; a default for an empty one.

    Raises:
        ValueError: It is longer than 200 characters or holds control characters.
    """
    title = _parse_line(text, "A title")
    if len(title) > _TITLE_CHARACTERS:
        raise ValueError(f"A title has at most {_TITLE_CHARACTERS} characters.")
    return title if _shows_something(title) else DEFAULT_TITLE


def parse_language(text: str) -> str:
    """Returns the language id.

    Raises:
        ValueError: No such language is registered.
    """
    if text not in LANGUAGES:
        raise ValueError(f"The language must be one of: {', '.join(LANGUAGES)}.")
    return text


def parse_code(text: str, limit_bytes: int) -> str:
    """Returns a file's text with LF line ends.

    Raises:
        ValueError: It holds half a character (a lone surrogate), which no encoding can carry.
        TooLarge: It has more than `limit_bytes` in UTF-8.
    """
    code = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        size_bytes = len(code.encode())
    except UnicodeEncodeError:
        raise ValueError("The code holds half of a character. Remove it.") from None
    if size_bytes > limit_bytes:
        raise TooLarge(f"The code has {size_bytes} bytes and may have {limit_bytes}. Shorten it.")
    return code


def choose_presence(color: str, taken: Iterable[int]) -> int:
    """Returns the presence colour for somebody: the one they name, else the least used.

    Args:
        color: What the client asked for; a single digit below 8 names a presence colour.
        taken: The presence colours of the others in the session.
    """
    if len(color) == 1 and color in "01234567":
        return int(color)
    counts = [0] * PRESENCE_COLORS
    for presence in taken:
        counts[presence] += 1
    return counts.index(min(counts))


def _parse_line(text: str, what: str) -> str:
    for character in text.strip():
        category = unicodedata.category(character)
        if category in {"Cc", "Cs", "Zl", "Zp"} or character in _REORDERING:
            raise ValueError(f"{what} is one line without control characters.")
    return text.strip()


def _shows_something(text: str) -> bool:
    return any(unicodedata.category(character)[0] not in "CZM" for character in text)
