"""Which addresses of somebody's record are asked: none that is not on a network of ours."""

from __future__ import annotations

import ipaddress

import ifaddr
import pytest

from codeinterview_desktop.core.local_networks import local_addresses, own_networks

OWN = (ipaddress.ip_network("192.168.1.0/24"), ipaddress.ip_network("198.41.0.0/24"))


@pytest.mark.parametrize(
    "address",
    [
        "192.168.1.7",
        "10.200.3.4",
        "172.31.255.1",
        "169.254.7.7",
        "fd00::7",
        "fe80::7%2",
        # A public one, on our own cable.
        "198.41.0.9",
    ],
)
def test_what_is_on_a_local_network_may_be_asked(address: str) -> None:
    assert local_addresses([address], OWN) == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "198.41.1.9",
        "172.32.0.1",
        "100.64.0.1",
        "192.0.2.1",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "0.0.0.0",
        "::",
        "224.0.0.251",
        "255.255.255.255",
        "ff02::fb",
        "2606:4700::1111",
        # Without a zone nobody knows on which cable.
        "fe80::7",
        # IPv4 in disguise.
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "64:ff9b::808:808",
        "localhost",
        "",
        "10.0.0.1/8",
    ],
)
def test_nothing_else_is_asked(address: str) -> None:
    assert local_addresses([address], OWN) == ()


def test_the_likeliest_come_first_and_eight_are_enough() -> None:
    given = ["fe80::7%2", "fd00::7", "10.0.0.7", "192.168.1.7", "192.168.1.7"]
    assert local_addresses(given, OWN) == ("192.168.1.7", "10.0.0.7", "fd00::7", "fe80::7%2")
    assert len(local_addresses([f"10.0.0.{number}" for number in range(50)], OWN)) == 8


def test_loopback_counts_where_it_is_meant() -> None:
    assert local_addresses(["127.0.0.1"], OWN, loopback=True) == ("127.0.0.1",)


def test_own_networks_are_those_of_interfaces_and_never_the_whole_internet() -> None:
    ips = [
        ifaddr.IP("198.41.0.4", 24, "eth0"),
        ifaddr.IP("203.0.113.1", 0, "tun0"),
        ifaddr.IP("203.0.113.2", 8, "tun0"),
        ifaddr.IP(("2606:4700::4", 0, 0), 64, "eth0"),
        ifaddr.IP(("2606:4700::5", 0, 0), 16, "tun0"),
        ifaddr.IP("127.0.0.1", 24, "lo"),
    ]
    found = own_networks(lambda: [ifaddr.Adapter("eth0", "eth0", ips)])
    assert list(map(str, found)) == ["198.41.0.0/24", "2606:4700::/64"]


def test_a_system_that_cannot_list_its_interfaces_has_no_networks() -> None:
    def fail() -> list[ifaddr.Adapter]:
        raise OSError("no")

    assert own_networks(fail) == ()
