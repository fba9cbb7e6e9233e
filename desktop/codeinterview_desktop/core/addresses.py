"""Under which addresses others can reach this machine, the best first."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import ifaddr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Names that Linux, macOS and Windows give to bridges, containers, tunnels and virtual machines.
_VIRTUAL = re.compile(
    r"(?i)(docker|br-|veth|virbr|vmnet|vmware|vboxnet|virtualbox|vethernet|hyper-v|wsl|tun|tap"
    r"|utun|wg|zt|tailscale|ppp|ipsec|vpn|nord|proton|lxc|lxd|cni|flannel|cali|podman|awdl|llw"
    r"|bridge|dummy|ifb|sit|gre|teredo|isatap|anpi|ap\d)"
)
_WIRELESS = re.compile(r"(?i)(wl|wi-?fi|wireless|ath\d)")
# Nothing is sent: connecting a datagram socket only asks the system for its route. The addresses
# are those reserved for documentation.
_ROUTE_PROBES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


class AddressKind(IntEnum):
    """What an address is good for; smaller is better, and TUNNEL is the user's choice."""

    DEFAULT_ROUTE = 0
    LAN = 1
    PUBLIC = 2
    IPV6 = 3
    VIRTUAL = 4
    TEAM = 8
    LOOPBACK = 5
    TUNNEL = 6


_KIND_WORDS = {
    AddressKind.DEFAULT_ROUTE: "this network",
    AddressKind.LAN: "local network",
    AddressKind.PUBLIC: "public address",
    AddressKind.IPV6: "IPv6",
    AddressKind.VIRTUAL: "VPN or virtual network",
    AddressKind.TEAM: "team server",
    AddressKind.LOOPBACK: "this computer only",
    AddressKind.TUNNEL: "over the internet",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach this machine.

    Attributes:
        host: the address as text, without brackets.
        interface: the name of the network interface, as the system calls it.
        kind: what it is good for.
    """

    host: str
    interface: str
    kind: AddressKind

    @property
    def label(self) -> str:
        """A few words for a list: `this network, Wi-Fi wlan0`."""
        words = _KIND_WORDS[self.kind]
        if self.kind is AddressKind.LOOPBACK or not self.interface:
            return words
        wireless = "Wi-Fi " if _WIRELESS.match(self.interface) else ""
        if wireless and self.interface.lower().startswith("wi"):
            wireless = ""
        return f"{words}, {wireless}{self.interface}"


LOOPBACK = Address("127.0.0.1", "", AddressKind.LOOPBACK)


def usable_addresses(
    *,
    allow_network: bool,
    ipv6: bool = True,
    adapters: Callable[[], Iterable[ifaddr.Adapter]] = ifaddr.get_adapters,
    routed: Callable[[], frozenset[str]] | None = None,
) -> tuple[Address, ...]:
    """Every address others can use, the best first; loopback alone without the network.

    Args:
        allow_network: whether the server listens beyond loopback.
        ipv6: whether it listens on IPv6 too.
        adapters: what lists the machine's interfaces.
        routed: what lists the machine's own addresses on its default routes.
    """
    if not allow_network:
        return (LOOPBACK,)
    best = (routed or default_route_addresses)()
    found: list[Address] = []
    try:
        listed = list(adapters())
    except OSError:
        listed = []
    for adapter in listed:
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            kind = _kind(text, adapter.nice_name, best)
            if kind is not None and (ipv6 or ":" not in text):
                found.append(Address(text, adapter.nice_name, kind))
    found.sort(key=lambda each: (each.kind, ":" in each.host, each.interface, _numeric(each.host)))
    unique = {each.host: each for each in reversed(found)}
    ordered = tuple(each for each in found if unique[each.host] is each)
    return ordered or (LOOPBACK,)


def default_route_addresses() -> frozenset[str]:
    """This machine's addresses on the interfaces of its default routes."""
    found: set[str] = set()
    for family, target in _ROUTE_PROBES:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.add(str(probe.getsockname()[0]))
        except OSError:
            continue
    return frozenset(found)


def _kind(text: str, interface: str, routed: frozenset[str]) -> AddressKind | None:
    """What an address is good for, or None when a browser elsewhere cannot use it."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    ):
        return None
    if _VIRTUAL.match(interface):
        return AddressKind.VIRTUAL
    if address.version == 6:
        return AddressKind.IPV6
    if text in routed:
        return AddressKind.DEFAULT_ROUTE
    return AddressKind.LAN if address.is_private else AddressKind.PUBLIC


def _numeric(text: str) -> int:
    return int(ipaddress.ip_address(text))
