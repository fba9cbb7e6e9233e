"""Two hosts on one cable: network namespaces joined by a veth pair."""

from __future__ import annotations

import os
import secrets
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Host:
    """One end of the cable."""

    namespace: str
    address: str

    @property
    def wrapper(self) -> tuple[str, ...]:
        """What to put before a command so that it runs on this host."""
        return ("ip", "netns", "exec", self.namespace)


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
