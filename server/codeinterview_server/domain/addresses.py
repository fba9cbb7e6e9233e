"""What counts as one address where something is bounded by address."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

_REMEMBERED: Final = 4096
_OWN_BITS: Final = 64
"""What an IPv6 network hands to each of its members, who choose those bits as they like."""


@lru_cache(_REMEMBERED)
def bucket_of(address: str) -> str:
    """Returns what an address is counted under, with all that its owner could call itself.

    That is an IPv4 address, also where it is written as an IPv6 one, and the first 64 bits of an
    IPv6 address: whoever has one of those has the 18 trillion beside it as well. What is no
    address (a Unix socket's peer has none) stands for itself.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = int(parsed) >> _OWN_BITS << _OWN_BITS
    return f"{IPv6Address(network)}/{_OWN_BITS}"
