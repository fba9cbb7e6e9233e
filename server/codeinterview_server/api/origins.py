"""Which names this server answers to, and which pages may act on it.

A page of another site can resolve its own name to this machine (DNS rebinding) or post a form here;
both show in the Host and Origin headers, which pages cannot forge.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from codeinterview_server.api.errors import answer_for
from codeinterview_server.domain.errors import BadRequest, NotAllowed

from .reach import Reach

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ANY: Final = "*"


class AllowedHosts:
    """The names that a browser may reach this server by.

    Addresses cannot be rebound and `.local` names belong to the local network, so both are always
    allowed, as are this machine's own name and `localhost`.

    Args:
        names: Further names; `*` allows all, and one that begins with a dot all beneath it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        given = {name.lower().rstrip(".") for name in names}
        self._all = ANY in given
        own = {"localhost", socket.gethostname().lower()}
        self._names = own | {name for name in given if not name.startswith(".")}
        suffixes = {name for name in given if name.startswith(".")}
        self._suffixes = (".local", ".localhost", *suffixes)

    def allows(self, host: str) -> bool:
        """Tells whether a Host header is one of these names, with or without a port."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].lower().rstrip(".")
        if self._all or name in self._names or name.endswith(self._suffixes):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


class OriginGuard:
    """Lets through what this server's own pages and programs ask, and nothing of other sites."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts, reach: Reach) -> None:
        self._app = app
        self._hosts = hosts
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        # Of two, whoever comes behind us might believe the other one.
        hosts = _values(scope, b"host")
        origins = _values(scope, b"origin")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._hosts.allows(host) and not self._reach.has_host(host):
            refusal: BadRequest | NotAllowed = BadRequest(
                "This server does not go by that name. Open it by its address, or add the name "
                "with --allowed-hosts."
            )
        elif not all(self._acts_safely(scope, origin, host) for origin in origins):
            refusal = NotAllowed("Another site may not act here. Open this server's own page.")
        else:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # Before it is accepted: the handshake fails with 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer_for(refusal)(scope, receive, send)

    def _acts_safely(self, scope: Scope, origin: str, host: str) -> bool:
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return True
        # What a proxy calls us need not be what the browser calls it.
        return _is_own(origin, host) or self._reach.has_origin(origin)


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_own(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    # The scheme is not compared: a tunnel in front of us may have taken the TLS off.
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()
