"""Network addresses: read in one way however they are written, and what counts as one of them."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_REMEMBERED: Final = 4096
_LONGEST: Final = 64
"""No address is longer, with its zone."""
_OWN_BITS: Final = 64
"""What an IPv6 network hands to each of its members, who choose those bits as they like."""

Address = IPv4Address | IPv6Address


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
