"""Where a web view may go: its own server; everything else belongs to the system's browser."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QUrl

_OUTSIDE_SCHEMES: Final = frozenset({"http", "https", "mailto"})
# What pages make themselves, inside frames.
_INNER_SCHEMES: Final = frozenset({"about", "blob", "data"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Destination(Enum):
    """What to do with an address that a page wants to go to."""

    STAY = "stay"
    BROWSER = "browser"
    REFUSE = "refuse"


def origin_of(url: QUrl) -> str:
    """The origin as browsers write it: no default port, no path. Empty without a host."""
    scheme, host, port = (
        url.scheme(),
        url.host(QUrl.ComponentFormattingOption.FullyEncoded),
        url.port(),
    )
    if scheme not in _DEFAULT_PORTS or not host:
        return ""
    if ":" in host:
        host = f"[{host}]"
    default = port in (-1, _DEFAULT_PORTS[scheme])
    return f"{scheme}://{host}" if default else f"{scheme}://{host}:{port}"


def destination(url: QUrl, own_origin: str, *, main_frame: bool) -> Destination:
    """Decides where an address opens."""
    if own_origin and origin_of(url) == own_origin:
        return Destination.STAY
    if not main_frame:
        return Destination.STAY if url.scheme() in _INNER_SCHEMES else Destination.REFUSE
    return outside(url)


def outside(url: QUrl) -> Destination:
    """Whether an address may be handed to the system: never `file:` or an unknown scheme."""
    known = url.isValid() and url.scheme() in _OUTSIDE_SCHEMES
    return Destination.BROWSER if known else Destination.REFUSE
