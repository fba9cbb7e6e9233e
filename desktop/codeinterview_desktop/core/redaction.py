"""Takes out of others' words what could be a secret, before they are written down."""

from __future__ import annotations

import re
from typing import Final

# Keys, tokens and invites are this long at least, of base64url's letters.
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{20,}")
_LEFT_OUT: Final = "[left out]"


def without_secrets(text: str) -> str:
    """The text without anything that has the form of a key, a token or an invite.

    Long words of other kinds go, too: what a page says cannot be told apart.
    """
    return _SECRET.sub(_LEFT_OUT, text)
