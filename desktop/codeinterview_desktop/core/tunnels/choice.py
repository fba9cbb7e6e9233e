"""Which way in from the internet the user chose, as the form has it and the settings keep it.

Nothing in it is secret: passphrases and passwords are asked for and never part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from .exposure import quick_exposure, ssh_exposure
from .ssh_target import (
    SshRoute,
    SshTarget,
    parse_ssh_target,
    route_behind_proxy,
    route_by_port,
    route_by_service,
)

T = TypeVar("T")

_TEXT_LIMIT = 512


class TunnelKind(StrEnum):
    """Who makes the tunnel."""

    SSH = "ssh"
    CLOUDFLARED = "cloudflared"


class RouteKind(StrEnum):
    """How the public reaches an SSH tunnel's other end."""

    PORT = "port"
    PROXY = "proxy"
    SERVICE = "service"


class ChoiceError(ValueError):
    """Something of the choice is missing or wrong; the sentence is for the user.

    Attributes:
        field: the attribute of `TunnelChoice` that it is about.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class TunnelChoice:
    """What the form holds; each route has its own fields, so that none forgets another's.

    Attributes:
        kind: who makes the tunnel.
        host: the SSH host, `host` or `host:port`.
        user: whom to log in as; empty for the name on this computer.
        key_file: a private key, or empty for those that `ssh` itself would use.
        route: how the public reaches the other end.
        port: PORT: what the host listens on, 0 for one that it chooses.
        proxy_port: PROXY: the host's loopback port that its web server passes on to.
        link: PROXY: where that web server answers.
        tells_visitors: PROXY: whether it replaces X-Forwarded-For and -Proto by what is so.
        domain: SERVICE: what the service's links end in.
        name: SERVICE: the wished part before it, or empty.
    """

    kind: TunnelKind = TunnelKind.SSH
    host: str = ""
    user: str = ""
    key_file: str = ""
    route: RouteKind = RouteKind.PORT
    port: int = 0
    proxy_port: int = 0
    link: str = ""
    tells_visitors: bool = False
    domain: str = ""
    name: str = ""

    @property
    def target(self) -> SshTarget:
        """The SSH host.

        Raises:
            ChoiceError: it is not one.
        """
        if not self.host.strip():
            raise ChoiceError("host", "Name the host, such as gate.example.org.")
        user = self.user.strip()
        # By itself first, so that what is wrong is said where it is.
        _checked("host", lambda: parse_ssh_target(self.host))
        text = f"{user}@{self.host.strip().rpartition('@')[2]}" if user else self.host
        return _checked("user" if user else "host", lambda: parse_ssh_target(text))

    @property
    def ssh_route(self) -> SshRoute:
        """How the public reaches it.

        Raises:
            ChoiceError: something of it is missing or wrong.
        """
        match self.route:
            case RouteKind.PORT:
                return _checked("port", lambda: route_by_port(self.port))
            case RouteKind.PROXY:
                _checked("link", lambda: route_behind_proxy(1, self.link))
                return _checked(
                    "proxy_port", lambda: route_behind_proxy(self.proxy_port, self.link)
                )
            case RouteKind.SERVICE:
                _checked("domain", lambda: route_by_service(self.domain))
                return _checked("name", lambda: route_by_service(self.domain, self.name))

    @property
    def key_path(self) -> Path | None:
        """The chosen key file."""
        return Path(self.key_file).expanduser() if self.key_file else None

    @property
    def exposes(self) -> str:
        """What it opens to whom, in sentences to show before it starts.

        Raises:
            ChoiceError: something of it is missing or wrong.
        """
        if self.kind is TunnelKind.CLOUDFLARED:
            return quick_exposure()
        return ssh_exposure(self.target, self.ssh_route)

    @property
    def carrier(self) -> str:
        """Who carries everything, in a few words."""
        return "Cloudflare" if self.kind is TunnelKind.CLOUDFLARED else self.target.host

    @property
    def is_forwarded(self) -> bool:
        """Whether X-Forwarded-For and -Proto are to be believed of what comes through it.

        cloudflared adds what is so at their end, which counts. Raw TCP has none but a visitor's
        own. A web server passes on a visitor's own unless it is told otherwise, so the user says
        whether it is; of a forwarding service nobody knows.
        """
        behind_proxy = self.kind is TunnelKind.SSH and self.route is RouteKind.PROXY
        return self.kind is TunnelKind.CLOUDFLARED or (behind_proxy and self.tells_visitors)


def parse_choice(value: object) -> TunnelChoice:
    """What the settings hold: what cannot be used of it is left out, so that it is not kept either.

    Raises:
        ValueError: it is no choice at all.
    """
    given = asdict(value) if isinstance(value, TunnelChoice) else value
    if not isinstance(given, Mapping):
        raise ValueError("A tunnel's settings are an object.")
    choice = TunnelChoice()
    for each in fields(TunnelChoice):
        try:
            choice = replace(choice, **{each.name: _PARSERS[each.name](given[each.name])})
        except (KeyError, ValueError):
            continue
    try:
        _ = choice.target
    except ChoiceError:
        choice = replace(choice, host="", user="")
    return choice


def _checked(field: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        raise ChoiceError(field, str(error)) from None


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _TEXT_LIMIT and value.isprintable():
        return value.strip()
    raise ValueError("That is not a line of text.")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("That is neither on nor off.")


def _port(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return route_by_port(value).port
    raise ValueError("That is no port.")


def _link(value: object) -> str:
    # One with a user or password in it is none.
    return route_behind_proxy(1, _text(value)).link or ""


def _domain(value: object) -> str:
    return route_by_service(_text(value)).domain or ""


def _name(value: object) -> str:
    return route_by_service("example.org", _text(value)).bind


_PARSERS: Mapping[str, Callable[[object], Any]] = {
    "kind": lambda value: TunnelKind(_text(value)),
    "host": _text,
    "user": _text,
    "key_file": _text,
    "route": lambda value: RouteKind(_text(value)),
    "port": _port,
    "proxy_port": _port,
    "link": _link,
    "tells_visitors": _flag,
    "domain": _domain,
    "name": _name,
}
