"""Hosts on cables: network namespaces joined by veth pairs."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Host:
    """One end of the cable."""

    namespace: str
    address: str
    interface: str = ""

    @property
    def wrapper(self) -> tuple[str, ...]:
        """What to put before a command so that it runs on this host."""
        return ("ip", "netns", "exec", self.namespace)

    def ip(self, *words: str) -> None:
        """Change this host's network."""
        _ip("-n", self.namespace, *words)

    def link_local(self) -> str:
        """The IPv6 address that its interface gave itself, once nobody else has it."""
        deadline_s = time.monotonic() + 20
        while True:
            shown = subprocess.run(
                ["ip", "-n", self.namespace, "-6", "-o", "addr", "show", "dev", self.interface,
                 "scope", "link", "-tentative"],
                check=True, capture_output=True, text=True, timeout=20,
            ).stdout  # fmt: skip
            if shown:
                return shown.split()[3].partition("/")[0]
            assert time.monotonic() < deadline_s, "no link-local address"
            threading.Event().wait(0.05)

    @contextmanager
    def drops_from(self, port: int) -> Iterator[None]:
        """As a firewall does: what a TCP port of this host answers goes nowhere."""
        rule = ("ipproto", "tcp", "sport", str(port), "blackhole")
        for family in ("-4", "-6"):
            self.ip(family, "rule", "add", *rule)
        yield
        for family in ("-4", "-6"):
            self.ip(family, "rule", "del", *rule)

    def kill_all(self) -> None:
        """End everything on this host as a power cut does, without a word to anybody."""
        pids = subprocess.run(
            ["ip", "netns", "pids", self.namespace],
            check=True, capture_output=True, text=True, timeout=20,
        ).stdout.split()  # fmt: skip
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=20)


def why_not_permitted() -> str | None:
    """A sentence when namespaces cannot be made here, else None."""
    name = f"ci-probe-{os.getpid()}"
    try:
        _ip("netns", "add", name)
        _ip("netns", "del", name)
    except FileNotFoundError:
        return "network namespaces need the `ip` program (Debian: iproute2)"
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not permitted here: {error.stderr.strip()}"
    return None


@contextmanager
def cable() -> Iterator[tuple[Host, Host]]:
    """Two hosts, 10.77.0.1 and 10.77.0.2, that reach each other and nothing else."""
    mark = secrets.token_hex(3)
    hosts = (Host(f"ci-a-{mark}", "10.77.0.1"), Host(f"ci-b-{mark}", "10.77.0.2"))
    ends = (f"va{mark}", f"vb{mark}")
    try:
        for host in hosts:
            _ip("netns", "add", host.namespace)
        _ip("link", "add", ends[0], "netns", hosts[0].namespace, "type", "veth",
            "peer", "name", ends[1], "netns", hosts[1].namespace)  # fmt: skip
        for host, end in zip(hosts, ends, strict=True):
            _ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", end)
            _ip("-n", host.namespace, "link", "set", "lo", "up")
            _ip("-n", host.namespace, "link", "set", end, "up")
        yield hosts
    finally:
        for host in hosts:
            subprocess.run(
                ["ip", "netns", "del", host.namespace],
                check=False,
                capture_output=True,
                timeout=20,
            )


@contextmanager
def switch(*addresses: str) -> Iterator[tuple[Host, ...]]:
    """Hosts on one switch; an address is like 10.79.0.1, or empty for none but IPv6's own.

    The switch's own namespace is `ci-s-` and what the hosts' names end in; `plug` adds to it.
    """
    mark = secrets.token_hex(3)
    middle = f"ci-s-{mark}"
    hosts = tuple(
        Host(f"ci-{number}-{mark}", address, f"e{number}-{mark}")
        for number, address in enumerate(addresses)
    )
    try:
        _ip("netns", "add", middle)
        # Without snooping every port hears every multicast, as on a cheap switch.
        _ip("-n", middle, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        _ip("-n", middle, "link", "set", "br0", "up")
        for host in hosts:
            _ip("netns", "add", host.namespace)
            host.ip("link", "set", "lo", "up")
            plug(host, middle, host.interface, host.address)
        yield hosts
    finally:
        for namespace in (middle, *(host.namespace for host in hosts)):
            subprocess.run(
                ["ip", "netns", "del", namespace], check=False, capture_output=True, timeout=20
            )


def plug(host: Host, middle: str, interface: str, address: str) -> None:
    """Put another interface of a host on the switch."""
    port = f"p{interface[1:]}"
    _ip("link", "add", interface, "netns", host.namespace, "type", "veth",
        "peer", "name", port, "netns", middle)  # fmt: skip
    _ip("-n", middle, "link", "set", port, "master", "br0", "up")
    if address:
        host.ip("addr", "add", f"{address}/24", "dev", interface)
    host.ip("link", "set", interface, "up")


@contextmanager
def row() -> Iterator[tuple[Host, Host, Host]]:
    """Three hosts in a row: both outer ones reach the middle one, 10.78.9.9, and not each other."""
    mark = secrets.token_hex(3)
    left, middle, right = (
        Host(f"ci-l-{mark}", "10.78.1.1"),
        Host(f"ci-m-{mark}", "10.78.9.9"),
        Host(f"ci-r-{mark}", "10.78.2.1"),
    )
    hosts = (left, middle, right)
    try:
        for host in hosts:
            _ip("netns", "add", host.namespace)
            _ip("-n", host.namespace, "link", "set", "lo", "up")
        _ip("-n", middle.namespace, "addr", "add", f"{middle.address}/32", "dev", "lo")
        for outer, side in ((left, "1"), (right, "2")):
            near, far = f"vo{side}{mark}", f"vm{side}{mark}"
            _ip("link", "add", near, "netns", outer.namespace, "type", "veth",
                "peer", "name", far, "netns", middle.namespace)  # fmt: skip
            _ip("-n", outer.namespace, "addr", "add", f"{outer.address}/24", "dev", near)
            _ip("-n", middle.namespace, "addr", "add", f"10.78.{side}.2/24", "dev", far)
            _ip("-n", outer.namespace, "link", "set", near, "up")
            _ip("-n", middle.namespace, "link", "set", far, "up")
            _ip("-n", outer.namespace, "route", "add", middle.address, "via", f"10.78.{side}.2")
        yield hosts
    finally:
        for host in hosts:
            subprocess.run(
                ["ip", "netns", "del", host.namespace],
                check=False,
                capture_output=True,
                timeout=20,
            )
