"""The web addresses that people reach a server by: a tunnel's link, a team server's public URL."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

MAX_CHARACTERS: Final = 2048
_HOST: Final = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A scheme, a host and where below it the server is."""

    scheme: str
    host: str
    """As browsers write it into the Host header: lower case, without the scheme's own port."""
    path: str = ""
    """Begins with a slash and does not end in one; empty for the root."""

    @property
    def origin(self) -> str:
        """As browsers write it into the Origin header."""
        return f"{self.scheme}://{self.host}"

    @property
    def is_secure(self) -> bool:
        """Whether what is sent there is encrypted."""
        return self.scheme == "https"

    @property
    def name(self) -> str:
        """The host without its port."""
        match = _HOST.fullmatch(self.host)
        assert match is not None  # noqa: S101 - it was parsed so
        return match["name"]

    def is_at(self, host: str) -> bool:
        """Tells whether a Host header names this address."""
        return plain_host(self.scheme, host) == self.host

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def parse_web_address(text: str) -> WebAddress:
    """Returns the address that a text writes.

    Raises:
        ValueError: It is none, or it holds more than scheme, host, port and path.
    """
    sentence = "must look like https://interviews.example or https://team.example/interviews"
    if len(text) > MAX_CHARACTERS or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(sentence)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(sentence) from None
    scheme = parts.scheme.lower()
    path = parts.path.rstrip("/")
    host = plain_host(scheme, parts.netloc)
    if scheme not in _DEFAULT_PORTS or host is None or not _PATH.fullmatch(path):
        raise ValueError(sentence)
    if "?" in text or "#" in text or any(part in {".", ".."} for part in path.split("/")):
        raise ValueError(sentence)
    return WebAddress(scheme, host, path)


def plain_host(scheme: str, host: str) -> str | None:
    """Returns a Host header in the one way in which it is compared; None when it is none.

    Args:
        scheme: `http` or `https`, whose own port is left out.
        host: A name or address, with or without a port.
    """
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return None
    name, port = match["name"].rstrip("."), match["port"]
    if not name or (port is not None and not 0 < int(port) < 65536):
        return None
    if name.startswith("["):
        try:
            name = f"[{IPv6Address(name[1:-1])}]"
        except ValueError:
            return None
    if port is None or int(port) == _DEFAULT_PORTS.get(scheme):
        return name
    return f"{name}:{int(port)}"
