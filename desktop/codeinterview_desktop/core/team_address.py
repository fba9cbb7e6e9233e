"""What the user says of a team server, understood: its address and a key."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .links import base_in, origin_in, parse_join_text

KEY_LIMIT: Final = 256
_NOT_UNDERSTOOD: Final = "A server’s address looks like https://interviews.example.com."
_KEY: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class TeamAddress:
    """Where a team server is.

    Attributes:
        origin: `http(s)://host[:port]`, and the path that the server is below.
        is_plain: whether what is sent there can be read on the way.
    """

    origin: str
    is_plain: bool

    @property
    def host(self) -> str:
        """The host alone, with its port unless that is the usual one."""
        return urlsplit(self.origin).netloc


def parse_team_address(text: str) -> TeamAddress:
    """Understand an address; one without a scheme means https, on this computer http.

    Raises:
        ValueError: it is none; the sentence says what one looks like.
    """
    trimmed = "".join(text.split())
    if not trimmed:
        raise ValueError("Enter the server’s address.")
    has_scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", trimmed) is not None
    try:
        parts = urlsplit(trimmed if has_scheme else f"//{trimmed}")
        scheme = parts.scheme or ("http" if _is_loopback(parts.hostname or "") else "https")
        origin = origin_in(parts._replace(scheme=scheme)) + base_in(parts)
    except ValueError:
        raise ValueError(_NOT_UNDERSTOOD) from None
    if parts.query or parts.fragment or _is_interview(trimmed):
        raise ValueError(
            "Enter the server’s address alone, as its administrator told it: nothing after it. A"
            " link to an interview belongs under Join."
        )
    is_plain = scheme.lower() == "http" and not _is_loopback(urlsplit(origin).hostname or "")
    return TeamAddress(origin, is_plain)


def parse_key(text: str) -> str:
    """A key as it was pasted, without what mail programs add around it.

    Raises:
        ValueError: it cannot be one.
    """
    key = text.strip().strip("<>\"'`\u200b\ufeff ")
    if not key:
        raise ValueError("Enter the key that you were given.")
    if len(key) > KEY_LIMIT or _KEY.fullmatch(key) is None:
        raise ValueError("A key is one word of letters, digits, - and _. Paste it again.")
    return key


def _is_interview(text: str) -> bool:
    try:
        return parse_join_text(text).session_id is not None
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
