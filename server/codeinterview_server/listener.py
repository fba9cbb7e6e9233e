"""The listening socket, bound by ourselves so that a busy port is ours to explain."""

import errno
import socket
import sys

_BACKLOG = 1024


class PortBusyError(Exception):
    """The port is taken or reserved; the text is a sentence."""


class HostError(Exception):
    """The host is no address of this machine; the text is a sentence."""


def listen(host: str, port: int) -> socket.socket:
    """Returns a listening TCP socket; connections wait in its queue until they are accepted.

    Raises:
        PortBusyError: Another program has the port, or it is reserved for root.
        HostError: There is no such address here.
    """
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_ADDRCONFIG
        )
    except (socket.gaierror, UnicodeError):
        raise HostError(_unusable(host)) from None
    # A name such as localhost may have two addresses, and IPv4 is the one every browser tries.
    family, kind, protocol, _, address = sorted(
        found, key=lambda entry: entry[0] != socket.AF_INET
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address[0] == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise HostError(_unusable(host)) from None
        if error.errno in {errno.EACCES, errno.EPERM}:
            reason = f"Port {port} is reserved by the system"
        else:
            reason = f"Port {port} is in use by another program"
        raise PortBusyError(
            f"{reason}. Choose another one with --port, or close what uses it."
        ) from error
    listener.setblocking(False)
    return listener


def url_of(host: str, listener: socket.socket, scheme: str = "http") -> str:
    """Returns the listener's URL, under the host that was asked for and its actual port."""
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{listener.getsockname()[1]}"


def _unusable(host: str) -> str:
    return (
        f"--host (or CODEINTERVIEW_HOST) is not valid: {host} is no address of this machine. "
        "Use 127.0.0.1 for this machine alone, or 0.0.0.0 for every network it is in."
    )
