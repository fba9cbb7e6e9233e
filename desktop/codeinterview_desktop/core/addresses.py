"""Under which addresses others can reach this machine, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class AddressKind(IntEnum):
    """What an address is good for; smaller is better."""

    DEFAULT_ROUTE = 0
    LAN = 1
    PUBLIC = 2
    IPV6 = 3
    VIRTUAL = 4
    LOOPBACK = 5


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
        """A few words for a list: `192.168.1.20 (Wi-Fi wlan0)`."""
        raise NotImplementedError


def usable_addresses(*, allow_network: bool) -> tuple[Address, ...]:
    """Every address others can use, the best first; loopback alone without the network."""
    raise NotImplementedError
