"""How a request came here: from which address, by which way, and whether encrypted.

Whoever connects to us is who it is. A proxy or a tunnel's end that we know to be honest says in
headers for whom it asks; from anybody else these headers are somebody's claim, and not looked at.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from codeinterview_server.domain.addresses import Address, parse_address

from .reach import Reach

APPROACH: Final = "codeinterview.approach"
"""The key that the scope has it under."""

_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_FOR: Final = b"x-forwarded-for"
_PROTO: Final = b"x-forwarded-proto"


class Path(StrEnum):
    """The ways to a server."""

    THIS_DEVICE = "this_device"
    LAN = "lan"
    TUNNEL = "tunnel"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Approach:
    """How one request came here."""

    path: Path
    secure: bool
    """Whether the browser's part of the way is encrypted, as far as we are told."""
    address: str
    """Where it came from; empty when that is no address."""


class Approaches:
    """Finds out how each request and socket came, and lets all that follow see it so.

    From here on the scope's `client` and `scheme` are those of the browser.
    """

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        peer = _peer(scope)
        client = peer
        scheme = "https" if scope["scheme"] in {"https", "wss"} else "http"
        link = self._reach.link_at(_last(scope, b"host"))
        if link is not None:
            path = Path.TUNNEL
            scheme = link.address.scheme
            if link.is_forwarded and peer is not None and is_loopback(peer):
                client = _forwarded_for(scope, peer)
                scheme = _forwarded_scheme(scope) or scheme
        elif peer is not None and (is_loopback(peer) or peer == _own(scope)):
            path = Path.THIS_DEVICE
        else:
            path = Path.LAN
        is_secure = scheme == "https"
        seen = {
            **scope,
            "scheme": _SCHEMES[scope["type"]][is_secure],
            APPROACH: Approach(path, is_secure, "" if client is None else str(client)),
        }
        if client is not None and client != peer:
            # Nobody told us the port.
            seen["client"] = (str(client), 0)
        return seen


_SCHEMES: Final = {"http": ("http", "https"), "websocket": ("ws", "wss")}


def is_loopback(address: Address) -> bool:
    """Tells whether an address is this machine's own, by which nobody else connects."""
    return any(address in network for network in _LOOPBACK)


def _peer(scope: Scope) -> Address | None:
    client: tuple[str, Any] | None = scope.get("client")
    return None if client is None else parse_address(client[0])


def _own(scope: Scope) -> Address | None:
    """Returns the address that the connection came to."""
    server: tuple[str, Any] | None = scope.get("server")
    return None if server is None else parse_address(server[0])


def _forwarded_for(scope: Scope, peer: Address) -> Address:
    """Returns for whom the peer asks: the last address, as earlier ones are others' claims."""
    found = _parse_hop(_last(scope, _FOR))
    return peer if found is None else found


def _forwarded_scheme(scope: Scope) -> str | None:
    """Returns by what the browser asked the peer, if that says so."""
    scheme = _last(scope, _PROTO).lower()
    return {"http": "http", "https": "https", "ws": "http", "wss": "https"}.get(scheme)


def _last(scope: Scope, name: bytes) -> str:
    """Returns the last of a header's values, however many lines it has; else an empty text."""
    lines = [value for key, value in scope["headers"] if key == name]
    text: str = lines[-1].decode("latin-1") if lines else ""
    return text.rpartition(",")[2].strip()


def _parse_hop(text: str) -> Address | None:
    """Returns the address of an entry of X-Forwarded-For, which may have a port."""
    if text.startswith("["):
        name, _, _ = text[1:].partition("]")
        return parse_address(name)
    if text.count(":") == 1:
        text = text.partition(":")[0]
    return parse_address(text)
