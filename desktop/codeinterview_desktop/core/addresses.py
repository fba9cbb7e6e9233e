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
    """What an address is good for; smaller is better, and the last ones stand where they suit."""

    DEFAULT_ROUTE = 0
    LAN = 1
    PUBLIC = 2
    IPV6 = 3
    VIRTUAL = 4
    TEAM = 8
    LOOPBACK = 5
    TUNNEL = 6
    NAME = 7


_KIND_WORDS = {
    AddressKind.DEFAULT_ROUTE: "this network",
    AddressKind.LAN: "local network",
    AddressKind.PUBLIC: "public address",
    AddressKind.IPV6: "IPv6",
    AddressKind.VIRTUAL: "VPN or virtual network",
    AddressKind.TEAM: "team server",
    AddressKind.LOOPBACK: "this computer only",
    AddressKind.TUNNEL: "over the internet",
    AddressKind.NAME: "by name, where the other system finds it",
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

    The addresses that systems give themselves on a cable without a router count where there are
    no others.

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
    without_router: list[Address] = []
    for adapter in _listed(adapters):
        for text in map(_text, adapter.ips):
            kind = _kind(text, adapter.nice_name, best)
            if kind is not None and (ipv6 or ":" not in text):
                found.append(Address(text, adapter.nice_name, kind))
            elif _is_without_router(text, adapter.nice_name):
                without_router.append(Address(text, adapter.nice_name, AddressKind.LAN))
    found.sort(key=lambda each: (each.kind, ":" in each.host, each.interface, _numeric(each.host)))
    unique = {each.host: each for each in reversed(found)}
    ordered = tuple(each for each in found if unique[each.host] is each)
    return ordered or tuple(without_router) or (LOOPBACK,)


def link_local_addresses(
    *, ipv6: bool = True, adapters: Callable[[], Iterable[ifaddr.Adapter]] = ifaddr.get_adapters
) -> tuple[str, ...]:
    """What this machine's real interfaces are called on their own cable alone, without zones.

    Where no router gives addresses, these are all that there is.
    """
    found: set[str] = set()
    for adapter in _listed(adapters):
        if _VIRTUAL.match(adapter.nice_name):
            continue
        for ip in adapter.ips:
            address = ipaddress.ip_address(_text(ip))
            is_wanted = ipv6 or address.version == 4
            if is_wanted and address.is_link_local and _is_settled(ip):
                found.add(str(address))
    return tuple(sorted(found, key=lambda each: (":" in each, _numeric(each))))


def own_addresses(
    adapters: Callable[[], Iterable[ifaddr.Adapter]] = ifaddr.get_adapters,
) -> frozenset[str]:
    """Every address of this machine, loopback and bridges too, without zones."""
    return frozenset(_text(ip) for adapter in _listed(adapters) for ip in adapter.ips)


def advertised_addresses(*, ipv6: bool) -> tuple[str, ...]:
    """What to tell other programs on the network, the best first; none without a network."""
    usable = usable_addresses(allow_network=True, ipv6=ipv6)
    hosts = (each.host for each in usable if each.kind is not AddressKind.LOOPBACK)
    return (*hosts, *link_local_addresses(ipv6=ipv6))


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


def _listed(adapters: Callable[[], Iterable[ifaddr.Adapter]]) -> list[ifaddr.Adapter]:
    try:
        return list(adapters())
    except OSError:
        return []


def _text(ip: ifaddr.IP) -> str:
    return ip.ip if isinstance(ip.ip, str) else ip.ip[0]


def _is_settled(ip: ifaddr.IP) -> bool:
    """Whether it can be used: the system first asks around for a second whether it is taken."""
    if isinstance(ip.ip, str):
        return True
    text, flow, zone = ip.ip
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind((text, 0, flow, zone))
    except OSError:
        return False
    return True


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


def _is_without_router(text: str, interface: str) -> bool:
    """Whether it is an IPv4 link-local address of a real interface; browsers can open those."""
    try:
        return ipaddress.IPv4Address(text).is_link_local and not _VIRTUAL.match(interface)
    except ValueError:
        return False


def _numeric(text: str) -> int:
    return int(ipaddress.ip_address(text))
