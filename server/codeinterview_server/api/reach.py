"""The addresses that a server is reached by from afar, as far as it was told of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from codeinterview_server.domain.web_address import WebAddress

MAX_LINKS: Final = 8


@dataclass(frozen=True, slots=True)
class Link:
    """Where a tunnel lets people in."""

    address: WebAddress
    is_forwarded: bool
    """Whether the tunnel's end on this machine says in headers where a request came from."""


class Reach:
    """A public URL is for good; links come and go with the tunnels of the app.

    A name in it is one that browsers may use, and pages at its addresses are the server's own.
    """

    def __init__(self, public: WebAddress | None = None) -> None:
        self.public = public
        self._links: tuple[Link, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        """The links that there are now."""
        return self._links

    def replace_links(self, links: Iterable[Link]) -> None:
        """Knows these links from now on, and no others."""
        self._links = tuple(links)

    def link_at(self, host: str) -> Link | None:
        """Returns the link that a Host header names."""
        return next((link for link in self._links if link.address.is_at(host)), None)

    def is_public(self, host: str) -> bool:
        """Tells whether a Host header names the public URL."""
        return self.public is not None and self.public.is_at(host)

    def has_host(self, host: str) -> bool:
        """Tells whether a Host header names one of the addresses."""
        return self.is_public(host) or self.link_at(host) is not None

    def has_origin(self, origin: str) -> bool:
        """Tells whether an Origin header is one of the addresses'."""
        addresses = [link.address for link in self._links]
        if self.public is not None:
            addresses.append(self.public)
        return any(address.origin == origin.lower() for address in addresses)
