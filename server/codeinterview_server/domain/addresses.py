"""Network addresses: read in one way however they are written, and what counts as one of them."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

_REMEMBERED: Final = 4096
_LONGEST: Final = 64
"""No address is longer, with its zone."""
_OWN_BITS: Final = 64
"""What an IPv6 network hands to each of its members, who choose those bits as they like."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK: Final[tuple[Network, ...]] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
"""By which nobody but this machine connects."""


def parse_address(text: str) -> Address | None:
    """Returns an address without its zone, an IPv4 one also where it is written as IPv6.

    None when it is no address, such as a Unix socket's peer.
    """
    if len(text) > _LONGEST:
        return None
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed


def parse_network(text: str) -> Network:
    """Returns a network; an address is one of one.

    Raises:
        ValueError: It is neither, or has bits set that the network leaves open.
    """
    if "/" in text:
        return ip_network(text)
    address = parse_address(text)
    if address is None:
        raise ValueError(f"{text!r} is no address")
    return ip_network(address)


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Tells whether an address belongs to one of the networks."""
    return any(address in network for network in networks)


@lru_cache(_REMEMBERED)
def bucket_of(address: str) -> str:
    """Returns what an address is counted under, with all that its owner could call itself.

    That is an IPv4 address, also where it is written as an IPv6 one, and the first 64 bits of an
    IPv6 address: whoever has one of those has the 18 trillion beside it as well. What is no
    address (a Unix socket's peer has none) stands for itself.
    """
    parsed = parse_address(address)
    if parsed is None:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    network = int(parsed) >> _OWN_BITS << _OWN_BITS
    return f"{IPv6Address(network)}/{_OWN_BITS}"
