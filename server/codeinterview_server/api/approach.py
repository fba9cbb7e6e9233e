"""How a request came here: from which address, by which way, and whether encrypted.

Whoever connects to us is who it is. A proxy or a tunnel's end that we know to be honest says in
headers for whom it asks; from anybody else these headers are somebody's claim, and not looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from codeinterview_server.domain.addresses import (
    LOOPBACK,
    Address,
    Network,
    is_within,
    parse_address,
)

from .reach import Reach

APPROACH: Final = "codeinterview.approach"
"""The key that the scope has it under."""

_FOR: Final = b"x-forwarded-for"
_HOST: Final = b"x-forwarded-host"
_PROTO: Final = b"x-forwarded-proto"
_FORWARDED: Final = frozenset({_FOR, _HOST, _PROTO})
_MOST_HOPS: Final = 32
"""How many entries are looked at; earlier ones are whatever a caller made up."""
_SCHEMES: Final = {"http": ("http", "https"), "websocket": ("ws", "wss")}


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

    From here on the scope's `client` and `scheme` and the Host header are the browser's.

    Args:
        app: What answers.
        reach: The public URL and the links; whose tunnel says where requests come from is believed
            on loopback.
        proxies: The addresses of proxies that are believed.
    """

    def __init__(self, app: ASGIApp, reach: Reach, proxies: Iterable[Network] = ()) -> None:
        self._app = app
        self._reach = reach
        self._proxies = tuple(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        peer = _address(scope.get("client"))
        is_secure = scope["scheme"] in {"https", "wss"}
        by_proxy = peer is not None and is_within(peer, self._proxies) and _says_for_whom(scope)
        named = _last(scope, _HOST) if by_proxy else ""
        host = named or _last(scope, b"host")
        link = self._reach.link_at(host)
        if link is not None:
            path, is_secure = Path.TUNNEL, link.address.is_secure
        elif by_proxy or self._reach.is_public(host):
            path = Path.SERVER
            is_secure = is_secure or (
                self._reach.public is not None and self._reach.public.is_secure
            )
        elif peer is not None and (
            is_within(peer, LOOPBACK) or peer == _address(scope.get("server"))
        ):
            path = Path.THIS_DEVICE
        else:
            path = Path.LAN
        client = peer
        believed = self._proxies if by_proxy else LOOPBACK
        by_tunnel = link is not None and link.is_forwarded
        if peer is not None and is_within(peer, believed) and (by_proxy or by_tunnel):
            client = _forwarded_for(scope, peer, believed)
            is_secure = _was_secure(scope, is_secure)
        seen = {
            **scope,
            "scheme": _SCHEMES[scope["type"]][is_secure],
            APPROACH: Approach(path, is_secure, "" if client is None else str(client)),
        }
        if client != peer:
            # Nobody told us the port.
            seen["client"] = (str(client), 0)
        if named:
            others = [header for header in scope["headers"] if header[0] != b"host"]
            seen["headers"] = [(b"host", named.encode("latin-1")), *others]
        return seen


def _address(socket_name: tuple[str, Any] | None) -> Address | None:
    return None if socket_name is None else parse_address(socket_name[0])


def _says_for_whom(scope: Scope) -> bool:
    """Tells whether the peer asks for somebody else: a proxy's own questions say nothing of it."""
    return any(name in _FORWARDED for name, _ in scope["headers"])


def _forwarded_for(scope: Scope, peer: Address, believed: tuple[Network, ...]) -> Address:
    """Returns for whom the peer asks.

    Each proxy adds at the end whom it was asked by. So from the end on, entries are true as long as
    they are those of proxies that we believe, and the first one that is not is the browser.
    """
    client = peer
    for text in reversed(_values(scope, _FOR)[-_MOST_HOPS:]):
        hop = _parse_hop(text)
        if hop is None:
            break
        client = hop
        if not is_within(client, believed):
            break
    return client


def _was_secure(scope: Scope, is_secure: bool) -> bool:
    """Tells whether the browser asked the peer by TLS, if the peer says so."""
    scheme = _last(scope, _PROTO).lower()
    return {"http": False, "ws": False, "https": True, "wss": True}.get(scheme, is_secure)


def _values(scope: Scope, name: bytes) -> list[str]:
    """Returns the values of a header, however many lines and commas it has."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [text.strip() for line in lines for text in line.split(",")]


def _last(scope: Scope, name: bytes) -> str:
    return next(reversed(_values(scope, name)), "")


def _parse_hop(text: str) -> Address | None:
    """Returns the address of an entry, which may have a port; None for `unknown` and the like."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return parse_address(text)
