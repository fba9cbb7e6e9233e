"""Where an SSH tunnel goes, and how the public reaches its other end."""

from __future__ import annotations

import getpass
import ipaddress
import re
from dataclasses import dataclass

from codeinterview_desktop.core.links import parse_join_text

DEFAULT_PORT = 22

_TARGET = re.compile(
    r"(?:ssh://)?(?:(?P<user>[^@/:\s]+)@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<host>[^@/:\s\[\]]+))"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?:(?!-)[A-Za-z0-9_-]{{1,63}}\.)*{_LABEL}\.?")
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+\\-]{0,99}\$?")

_NOT_A_TARGET = (
    "That is not an SSH host. Write it as user@host, or user@host:port,"
    " such as ines@gate.example.org:2222."
)
_NOT_A_PORT = "A port is a number from 0 to 65535, where 0 lets the host choose."
_NOT_AN_ORIGIN = (
    "Write the address that the web server answers at, without a path, such as"
    " https://interview.example.org."
)
_NOT_A_DOMAIN = "That is not a domain. Write it as the service's links end, such as example.org."
_NOT_A_NAME = "That is not a name for a link. Use letters, digits and hyphens."


@dataclass(frozen=True, slots=True)
class SshTarget:
    """The host that a tunnel goes to.

    Attributes:
        host: its name or address, without brackets.
        port: where its SSH server listens.
        user: whom to log in as.
    """

    host: str
    port: int
    user: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORT else f":{self.port}"
        return f"{self.user}@{host}{port}"

    @property
    def known_name(self) -> str:
        """The host as known-hosts files write it."""
        return self.host if self.port == DEFAULT_PORT else f"[{self.host}]:{self.port}"


def parse_ssh_target(text: str) -> SshTarget:
    """Understand `[user@]host[:port]`; without a user it is the one of this computer.

    Raises:
        ValueError: it is something else; the sentence says what to write.
    """
    match = _TARGET.fullmatch(text.strip())
    if match is None or len(text) > 512:
        raise ValueError(_NOT_A_TARGET)
    port = int(match["port"] or DEFAULT_PORT)
    user = match["user"] or getpass.getuser()
    if not 0 < port <= 65535 or _USER.fullmatch(user) is None:
        raise ValueError(_NOT_A_TARGET)
    if match["ipv6"] is not None:
        try:
            return SshTarget(str(ipaddress.IPv6Address(match["ipv6"])), port, user)
        except ValueError:
            raise ValueError(_NOT_A_TARGET) from None
    host = match["host"].lower()
    if _HOST.fullmatch(host) is None or len(host) > 253:
        raise ValueError(_NOT_A_TARGET)
    return SshTarget(host, port, user)


@dataclass(frozen=True, slots=True)
class SshRoute:
    """How the public reaches the other end; made by the functions below.

    Attributes:
        port: what to ask the host to listen on; 0 lets it choose.
        bind: where it is to listen: empty for all its addresses, or the name that is wished for in
            a forwarding service's link.
        link: the public origin when it is known beforehand.
        domain: what the links that a forwarding service prints end in.
    """

    port: int
    bind: str = ""
    link: str | None = None
    domain: str | None = None

    def link_of(self, target: SshTarget, port: int) -> str:
        """The public origin when the host listens on `port`."""
        if self.link is not None:
            return self.link
        host = f"[{target.host}]" if ":" in target.host else target.host
        return f"http://{host}" if port == 80 else f"http://{host}:{port}"


def route_by_port(port: int = 0) -> SshRoute:
    """The public uses a port of the host itself, whose sshd needs `GatewayPorts` for it.

    Raises:
        ValueError: it is no port.
    """
    if not 0 <= port <= 65535:
        raise ValueError(_NOT_A_PORT)
    return SshRoute(port)


def route_behind_proxy(port: int, link: str) -> SshRoute:
    """A web server on the host answers at `link` and passes on to its loopback port.

    Raises:
        ValueError: one of them is not what it should be.
    """
    if not 0 < port <= 65535:
        raise ValueError(_NOT_A_PORT)
    try:
        target = parse_join_text(link)
    except ValueError:
        raise ValueError(_NOT_AN_ORIGIN) from None
    if target.origin is None or target.session_id is not None:
        raise ValueError(_NOT_AN_ORIGIN)
    return SshRoute(port, bind="localhost", link=target.origin)


def route_by_service(domain: str, name: str = "") -> SshRoute:
    """A forwarding service gives a link beneath `domain` and prints it.

    Args:
        domain: what its links end in, which need not be the host's own name.
        name: the wished part before it; empty lets the service choose.

    Raises:
        ValueError: one of them is not what it should be.
    """
    if _DOMAIN.fullmatch(domain) is None or len(domain) > 200:
        raise ValueError(_NOT_A_DOMAIN)
    if name and re.fullmatch(_LABEL, name) is None:
        raise ValueError(_NOT_A_NAME)
    return SshRoute(80, bind=name.lower(), domain=domain.lower())
