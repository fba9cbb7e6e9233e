"""Links and codes: what is handed out, and what people paste."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

# Where our servers listen, unless told otherwise.
DEFAULT_PORT = 8765

_INVITE = re.compile(r"[A-Za-z0-9_-]{22}")
_CODE = re.compile(r"[0-9a-f]{8}")
_CODE_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
# A team's server may be below a path of somebody's site.
_BASE = re.compile(r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+)*")
_PAGE = re.compile(rf"({_BASE.pattern})/(?:i|s)/([^/]*)/?")
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")
_TEXT_LIMIT = 2048

_NOT_UNDERSTOOD = (
    "That is neither an invitation link nor a code. Paste the whole link you were sent,"
    " such as http://192.168.1.20:8765/i/1a2b3c4d, or the eight characters of the code."
)


@dataclass(frozen=True, slots=True)
class JoinTarget:
    """What a pasted text names.

    Attributes:
        origin: `http(s)://host[:port]`, and the path that a team's server is below; None for a code
            alone.
        session_id: 8 hex characters, or None for a server alone.
        invite: the invite of a full link, or None.
    """

    origin: str | None
    session_id: str | None
    invite: str | None = field(repr=False)

    @property
    def url(self) -> str | None:
        """The page to open, or None for a code alone."""
        if self.origin is None:
            return None
        if self.session_id is None:
            return f"{self.origin}/"
        return join_link(self.origin, self.session_id, self.invite)


def origin_of(host: str, port: int) -> str:
    """`http://host:port`, with brackets where IPv6 needs them."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def join_link(origin: str, session_id: str, invite: str | None = None) -> str:
    """The link that lets a browser join: `<origin>/i/<id>#<invite>`."""
    fragment = f"#{invite}" if invite else ""
    return f"{origin}/i/{session_id}{fragment}"


def parse_join_text(text: str) -> JoinTarget:
    """Understand what a user pasted: a link, `host:port`, or a code, however it is written.

    Raises:
        ValueError: it is none of these; the sentence says what to paste.
    """
    trimmed = text.strip().strip("<>\"'`\u200b\ufeff ").strip()
    if not trimmed or len(trimmed) > _TEXT_LIMIT:
        raise ValueError(_NOT_UNDERSTOOD)
    code = parse_code(trimmed)
    if code is not None:
        return JoinTarget(None, code, None)
    # A link that a mail program wrapped has spaces or line breaks in it; no link of ours does.
    joined = re.sub(r"\s+", "", trimmed)
    has_scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", joined) is not None
    try:
        parts = urlsplit(joined if has_scheme else f"http://{_bracketed(joined)}")
        origin = origin_in(parts, has_scheme=has_scheme)
    except ValueError:
        raise ValueError(_NOT_UNDERSTOOD) from None
    base, session_id = _page_in(parts)
    origin += base
    invite = parts.fragment if session_id and _INVITE.fullmatch(parts.fragment) else None
    if parts.fragment and session_id and invite is None:
        raise ValueError(
            "The link's last part, after the #, is incomplete. Paste the whole link again,"
            " or leave that part out and ask to be let in."
        )
    return JoinTarget(origin, session_id, invite)


def parse_code(text: str) -> str | None:
    """A session's code, however it is grouped and cased, or None for anything else."""
    compact = _CODE_SEPARATORS.sub("", text.strip()).lower()
    return compact if _CODE.fullmatch(compact) else None


def origin_in(parts: SplitResult, *, has_scheme: bool = True) -> str:
    """The origin of an address, as browsers write it.

    Args:
        parts: the address.
        has_scheme: whether the user wrote the scheme; without one, no port means ours.

    Raises:
        ValueError: it names no web server.
    """
    scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    if scheme not in ("http", "https") or not host or parts.username is not None:
        raise ValueError(_NOT_UNDERSTOOD)
    shown = f"[{ipaddress.IPv6Address(host)}]" if ":" in host else _host_name(host)
    if port is None:
        if not has_scheme and "." not in host and ":" not in host:
            # A single word is a mistyped code far more often than a machine.
            raise ValueError(_NOT_UNDERSTOOD)
        # Somebody who types `192.168.1.20` means our port; a pasted URL means its scheme's.
        return f"{scheme}://{shown}" if has_scheme else f"{scheme}://{shown}:{DEFAULT_PORT}"
    default = 443 if scheme == "https" else 80
    return f"{scheme}://{shown}" if port == default else f"{scheme}://{shown}:{port}"


def _bracketed(text: str) -> str:
    """A bare IPv6 address as a URL has to write it."""
    address, slash, rest = text.partition("/")
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return text
    return f"[{address}]{slash}{rest}"


def _host_name(host: str) -> str:
    ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    if _HOST_NAME.fullmatch(ascii_host) is None or len(ascii_host) > 253:
        raise ValueError(_NOT_UNDERSTOOD)
    return ascii_host


def base_in(parts: SplitResult) -> str:
    """The path that a server is below: empty, or one that begins with a slash and ends in none.

    Raises:
        ValueError: no server is below such a path.
    """
    base = parts.path.rstrip("/")
    if _BASE.fullmatch(base) is None:
        raise ValueError(_NOT_UNDERSTOOD)
    return base


def _page_in(parts: SplitResult) -> tuple[str, str | None]:
    """The path that the server is below, and the session; None for the start page."""
    if parts.path in ("", "/"):
        return "", None
    page = _PAGE.fullmatch(parts.path)
    code = parse_code(page.group(2)) if page else None
    if page is None or code is None:
        raise ValueError(_NOT_UNDERSTOOD)
    return page.group(1), code
