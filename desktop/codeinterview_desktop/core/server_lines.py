"""The server's own lines on stdout, as `docs/protocol.md` has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_ERROR = re.compile(r"error ([A-Z_]{1,40}) (.{1,2000})")


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """The server accepts connections on `port`."""

    port: int


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """The server cannot start; `sentence` says what to do."""

    code: str
    sentence: str


def parse_server_line(text: str) -> ReadyLine | ErrorLine | None:
    """Understand one line, or None for anything that is not the protocol's."""
    line = text.strip()
    error = _ERROR.fullmatch(line)
    if error is not None:
        return ErrorLine(error.group(1), error.group(2))
    word, _, url = line.partition(" ")
    if word != "ready":
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return ReadyLine(port) if parts.scheme == "http" and port else None
