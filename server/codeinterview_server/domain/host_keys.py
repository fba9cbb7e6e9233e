"""Named host keys: one for each interviewer of a team's server."""

import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class HostKey:
    """What is kept of one; the key itself is not. Times are milliseconds since the epoch."""

    id: str
    name: str
    created_at: int
    last_used_at: int | None = None
    """Exact to a minute."""
    revoked_at: int | None = None


def parse_key_name(text: str) -> str:
    """Returns the text when it names a key.

    Raises:
        ValueError: It is not 1-64 letters, digits and ``. _ @ + -``, the first of them a letter or
            a digit.
    """
    if _NAME.fullmatch(text) is None:
        raise ValueError(
            "A key's name has 1 to 64 letters, digits or . _ @ + - and begins with a letter or a "
            "digit."
        )
    return text
