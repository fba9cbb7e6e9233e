"""Links that open the app instead of a browser: `codeinterview:` and the invitation link.

The system hands such a link over as the program's one argument, or as an event on macOS. It may
come from any web page: it fills in the form to join, and the user decides.
"""

from __future__ import annotations

from typing import Final

_SCHEME: Final = "codeinterview:"
_LIMIT_CHARS: Final = 2048


def is_app_link(text: str) -> bool:
    """Whether a program's argument is such a link, rather than a command."""
    return text.lower().startswith(_SCHEME)


def invitation_in(link: str) -> str:
    """What such a link says to join: `codeinterview:http://host/i/…`, or `codeinterview://host/i/…`.

    Not checked yet; whoever joins by it says what is wrong with it.
    """
    rest = link[len(_SCHEME) :][:_LIMIT_CHARS].strip()
    return f"http:{rest}" if rest.startswith("//") else rest
