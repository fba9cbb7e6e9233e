"""Which addresses are offered, and in which order."""

from __future__ import annotations

import ipaddress

import ifaddr
import pytest

from codeinterview_desktop.core.addresses import (
    LOOPBACK,
    Address,
    AddressKind,
    default_route_addresses,
    link_local_addresses,
    usable_addresses,
)


def adapter(name: str, *addresses: str) -> ifaddr.Adapter:
    ips = [
        ifaddr.IP(text if "." in text else (text, 0, 0), 24 if "." in text else 64, name)
        for text in addresses
    ]
    return ifaddr.Adapter(name, name, ips)


MACHINE = [
    adapter("lo", "127.0.0.1", "::1"),
    adapter("docker0", "172.17.0.1"),
    adapter("tun0", "10.8.0.2"),
    adapter("wlan0", "192.168.1.20", "fe80::1", "fd00::20", "2001:db8:1::20"),
    adapter("eth1", "10.1.2.3"),
    adapter("eth2", "169.254.3.4", "198.41.0.4"),
]


def listed(**options: bool) -> list[tuple[str, AddressKind]]:
    found = usable_addresses(
        allow_network=True,
        adapters=lambda: MACHINE,
        routed=lambda: frozenset({"192.168.1.20"}),
        **options,
    )
    return [(each.host, each.kind) for each in found]


def test_the_best_come_first_and_the_unusable_are_left_out() -> None:
    assert listed() == [
        ("192.168.1.20", AddressKind.DEFAULT_ROUTE),
        ("10.1.2.3", AddressKind.LAN),
        ("198.41.0.4", AddressKind.PUBLIC),
        ("2001:db8:1::20", AddressKind.IPV6),
        ("fd00::20", AddressKind.IPV6),
        ("172.17.0.1", AddressKind.VIRTUAL),
        ("10.8.0.2", AddressKind.VIRTUAL),
    ]


def test_without_ipv6_only_ipv4_is_offered() -> None:
    assert all(":" not in host for host, _ in listed(ipv6=False))


def test_a_vpn_that_holds_the_default_route_still_comes_last() -> None:
    found = usable_addresses(
        allow_network=True,
        adapters=lambda: MACHINE,
        routed=lambda: frozenset({"10.8.0.2"}),
    )
    assert found[0].host == "10.1.2.3"
    assert found[-1].host == "10.8.0.2"


def test_link_local_addresses_of_real_interfaces_are_known_without_zones() -> None:
    machine = [*MACHINE, adapter("veth12", "fe80::12", "169.254.9.9")]
    only_ipv4 = link_local_addresses(ipv6=False, adapters=lambda: machine)
    assert only_ipv4 == ("169.254.3.4",)
    # An address that no interface of this machine has cannot be used.
    assert link_local_addresses(adapters=lambda: machine) == only_ipv4


def test_without_the_network_only_loopback_is_offered() -> None:
    assert usable_addresses(allow_network=False, adapters=lambda: MACHINE) == (LOOPBACK,)


def test_a_machine_without_a_network_offers_loopback() -> None:
    assert usable_addresses(
        allow_network=True, adapters=lambda: [MACHINE[0]], routed=frozenset
    ) == (LOOPBACK,)


def test_on_a_cable_without_a_router_there_are_only_the_systems_own_addresses() -> None:
    machine = [
        MACHINE[0],
        adapter("eth0", "169.254.3.4", "fe80::4"),
        adapter("veth1", "169.254.1.1"),
    ]
    assert usable_addresses(allow_network=True, adapters=lambda: machine, routed=frozenset) == (
        Address("169.254.3.4", "eth0", AddressKind.LAN),
    )


def test_a_system_that_cannot_list_its_interfaces_offers_loopback() -> None:
    def fail() -> list[ifaddr.Adapter]:
        raise OSError("no")

    assert usable_addresses(allow_network=True, adapters=fail, routed=frozenset) == (LOOPBACK,)


@pytest.mark.parametrize(
    ("index", "label"),
    [(0, "this network, Wi-Fi wlan0"), (1, "local network, eth1"), (-1, "VPN or virtual network")],
)
def test_labels_say_what_an_address_is_good_for(index: int, label: str) -> None:
    found = usable_addresses(
        allow_network=True, adapters=lambda: MACHINE, routed=lambda: frozenset({"192.168.1.20"})
    )
    assert found[index].label.startswith(label)


def test_this_machines_real_addresses_are_addresses() -> None:
    routed = default_route_addresses()
    found = usable_addresses(allow_network=True)
    assert found
    for each in found:
        assert not ipaddress.ip_address(each.host).is_link_local
    ranked = [each for each in found if each.kind is AddressKind.DEFAULT_ROUTE]
    assert {each.host for each in ranked} <= routed
