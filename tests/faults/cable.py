"""Two hosts joined by a bad network: each packet is delayed, and some are lost, one by one.

Not every kernel has netem, so the packets between the two namespaces are carried by hand: a third
namespace in their middle has an interface towards each, and no address. TCP on both sides is the
kernel's own, with all that it does about loss and disorder.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import fcntl
import random
import secrets
import socket
import struct
import subprocess
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.namespaces import Host

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_ALL_FRAMES = 0x0003
_FRAME_BYTES = 65536
_OUTGOING = 4
_CLONE_NEWNET = 0x40000000
_SIOCETHTOOL = 0x8946
# Checksums and large segments are put off until the hardware that a veth does not have.
_PUT_OFF = (0x17, 0x1F, 0x24)
"""ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO."""


@dataclass
class Weather:
    """How bad the network is at present, in each direction."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    loss: float = 0.0
    """The share of packets that vanish."""
    one_way: bool = False
    """Whether nothing of what the server sends arrives."""


class BadCable:
    """The network between a server and its clients, and how bad it is."""

    def __init__(self, server: Host, clients: Host, rng: random.Random) -> None:
        self.server = server
        self.clients = clients
        self.weather = Weather()
        self.carried = 0
        self.lost = 0
        self._rng = rng

    def carry(self, source: socket.socket, target: socket.socket, *, from_server: bool) -> None:
        """Take one packet, and let it arrive when and if the weather allows."""
        try:
            frame, address = source.recvfrom(_FRAME_BYTES)
        except BlockingIOError:
            return
        if address[2] == _OUTGOING:
            return
        weather = self.weather
        self.carried += 1
        # Address resolution is not what is tried here.
        if not _is_arp(frame):
            if (weather.one_way and from_server) or self._rng.random() < weather.loss:
                self.lost += 1
                return
            late_s = weather.delay_s + self._rng.uniform(-weather.jitter_s, weather.jitter_s)
            if late_s > 0:
                asyncio.get_running_loop().call_later(late_s, _deliver, target, frame)
                return
        _deliver(target, frame)


def _deliver(target: socket.socket, frame: bytes) -> None:
    try:
        target.send(frame)
    except OSError as error:
        # A full queue loses packets, as real ones do; and the cable may be gone by now.
        if error.errno not in {errno.EAGAIN, errno.ENOBUFS, errno.EBADF, errno.ENETDOWN}:
            raise


def _is_arp(frame: bytes) -> bool:
    return frame[12:14] == b"\x08\x06"


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Have this thread in a network namespace: sockets that it makes are there, and stay there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with (
        Path("/proc/thread-self/ns/net").open("rb") as home,
        Path("/run/netns", namespace).open("rb") as there,
    ):
        if libc.setns(there.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(home.fileno(), _CLONE_NEWNET)


def _put_nothing_off(namespace: str, interface: str) -> None:
    """Have packets leave as they would on a wire: checksums done, no longer than a frame."""

    with inside(namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in _PUT_OFF:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", interface.encode(), ctypes.addressof(value))
            fcntl.ioctl(control, _SIOCETHTOOL, request)


def _tap(namespace: str, interface: str) -> socket.socket:
    with inside(namespace):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_FRAMES))
        tap.bind((interface, 0))
        tap.setblocking(False)
        return tap


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=20)


def _lay(hosts: tuple[Host, Host], middle: str, mark: str) -> None:
    _ip("netns", "add", middle)
    for name, host in zip("sc", hosts, strict=True):
        outer, inner = f"o{name}{mark}", f"i{name}{mark}"
        _ip("netns", "add", host.namespace)
        _ip("link", "add", outer, "netns", host.namespace, "type", "veth",
            "peer", "name", inner, "netns", middle)  # fmt: skip
        _ip("-n", host.namespace, "addr", "add", f"{host.address}/24", "dev", outer)
        _ip("-n", host.namespace, "link", "set", "lo", "up")
        _ip("-n", host.namespace, "link", "set", outer, "up")
        _ip("-n", middle, "link", "set", inner, "up")
        _put_nothing_off(host.namespace, outer)


def _take_up(namespaces: tuple[str, ...]) -> None:
    for namespace in namespaces:
        subprocess.run(
            ["ip", "netns", "del", namespace], check=False, capture_output=True, timeout=20
        )


@asynccontextmanager
async def bad_cable(seed: int) -> AsyncIterator[BadCable]:
    """A server's host and its clients' host; the network between them is fine at first."""
    mark = secrets.token_hex(3)
    hosts = (Host(f"ci-s-{mark}", "10.78.0.1"), Host(f"ci-c-{mark}", "10.78.0.2"))
    middle = f"ci-m-{mark}"
    loop = asyncio.get_running_loop()
    taps: list[socket.socket] = []
    try:
        await asyncio.to_thread(_lay, hosts, middle, mark)
        taps = [_tap(middle, f"i{name}{mark}") for name in "sc"]
        cable = BadCable(*hosts, random.Random(seed))
        near, far = taps
        loop.add_reader(near, lambda: cable.carry(near, far, from_server=True))
        loop.add_reader(far, lambda: cable.carry(far, near, from_server=False))
        yield cable
    finally:
        for tap in taps:
            loop.remove_reader(tap)
            tap.close()
        await asyncio.to_thread(_take_up, (*(host.namespace for host in hosts), middle))
