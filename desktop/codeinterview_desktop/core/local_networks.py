"""Which addresses are on this machine's own networks, so that what is there may be asked."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

import ifaddr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# RFC 1918, 3927 and 4193. Other private blocks (documentation, tests, carriers) have no hosts here.
_PRIVATE: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7")
)
_LINK_LOCAL: Final = ipaddress.IPv6Network("fe80::/10")
# A network that claims more than this is no room and no house.
_SHORTEST_PREFIX: Final = {4: 16, 6: 48}
_LIMIT: Final = 8


def own_networks(
    adapters: Callable[[], Iterable[ifaddr.Adapter]] = ifaddr.get_adapters,
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The networks that this machine's interfaces are in; they may have public addresses."""
    found = []
    try:
        listed = list(adapters())
    except OSError:
        return ()
    for adapter in listed:
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            network = ipaddress.ip_network(f"{text}/{ip.network_prefix}", strict=False)
            if network.prefixlen >= _SHORTEST_PREFIX[network.version] and not network.is_loopback:
                found.append(network)
    return tuple(found)


def local_addresses(
    addresses: Iterable[str],
    networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network],
    *,
    loopback: bool = False,
) -> tuple[str, ...]:
    """Those of somebody's addresses that may be asked, the likeliest first, at most eight.

    Anybody can name any address in a record: what is neither private nor on a network of ours is
    left alone. A link-local IPv6 address counts only with its zone.

    Args:
        addresses: as text, link-local IPv6 ones with a zone (`fe80::1%2`).
        networks: this machine's own.
        loopback: whether loopback is meant, as tests on one machine do.
    """
    own = tuple(networks)
    ranked = sorted(
        (rank, position, text)
        for position, text in enumerate(dict.fromkeys(addresses))
        if (rank := _rank(text, own, loopback=loopback)) is not None
    )
    return tuple(text for _, _, text in ranked[:_LIMIT])


def _rank(
    text: str,
    own: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...],
    *,
    loopback: bool,
) -> int | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.is_loopback:
        return 0 if loopback else None
    if address.is_multicast or address.is_unspecified:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address in _LINK_LOCAL:
        # Last: browsers cannot open it, so it takes a way around.
        return 5 if address.scope_id else None
    is_near = any(address in network for network in own if network.version == address.version)
    is_private = any(
        address in network for network in _PRIVATE if network.version == address.version
    )
    if not is_near and not is_private:
        return None
    return (0 if is_near else 1) + (2 if address.version == 6 else 0)
