"""What cloudflared prints, read with suspicion.

A link stands alone in a box of lines; `Registered tunnel connection connIndex=0 …` says that it
works. The source is cloudflared's `cmd/cloudflared/tunnel/quick_tunnel.go` and `connection/`.
"""

from __future__ import annotations

import re

from codeinterview_desktop.core.wire import one_line

from .link_reader import LinkReader

DOMAIN = "trycloudflare.com"

_REGISTERED = re.compile(r"\bregistered\b.*\bconnIndex=", re.IGNORECASE)
_LOST = re.compile(
    r"\b(?:Unregistered tunnel connection|Connection terminated|Retrying connection"
    r"|Lost connection with the edge|Serve tunnel error)\b"
)
_COMPLAINT = re.compile(r"\bERR\b|^(?:failed|error|cannot)\b", re.IGNORECASE)
_STAMP = re.compile(r"^\S*\s*ERR\s+")
_COMPLAINT_LIMIT = 200


class QuickLines:
    """What one run of cloudflared says, line by line: its link, its connection, its complaint."""

    def __init__(self) -> None:
        self.complaint: str | None = None
        self._is_connected = False
        self._reader = LinkReader(DOMAIN)

    @property
    def link(self) -> str | None:
        """The link, as soon as it was printed."""
        return self._reader.link

    @property
    def is_up(self) -> bool:
        """Whether the link works now."""
        return self.link is not None and self._is_connected

    def hear(self, line: str) -> None:
        """Take in one line; what is not understood changes nothing."""
        line = line[:2000]
        self._reader.feed(f"{line}\n")
        if _LOST.search(line) is not None:
            self._is_connected = False
        elif _REGISTERED.search(line) is not None:
            self._is_connected = True
        if _COMPLAINT.search(line) is not None:
            self.complaint = one_line(_STAMP.sub("", line))[:_COMPLAINT_LIMIT]
