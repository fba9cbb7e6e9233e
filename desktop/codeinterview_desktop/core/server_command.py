"""How the app starts its server: the same program, with secrets in the environment alone."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from .child import Command

if TYPE_CHECKING:
    from collections.abc import Callable

    from .paths import AppPaths
    from .supervisor import ServerOptions

LOOPBACK = "127.0.0.1"


def listens_on_ipv6() -> bool:
    """Whether one socket can serve IPv4 and IPv6 here."""
    if not socket.has_dualstack_ipv6():
        return False
    try:
        with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True):
            return True
    except OSError:
        return False


def _network_host() -> str:
    return "::" if listens_on_ipv6() else "0.0.0.0"  # noqa: S104 - the user allowed the network


def server_command(paths: AppPaths, run_key: str) -> Callable[[ServerOptions, int], Command]:
    """What makes the server's command line from options and a port.

    Args:
        paths: where the data directory is.
        run_key: what this run of the app may use instead of the host key.
    """
    frozen = bool(getattr(sys, "frozen", False))
    program = (sys.executable,) if frozen else (sys.executable, "-m", "codeinterview_desktop.cli")

    def command(options: ServerOptions, port: int) -> Command:
        environment = {"CODEINTERVIEW_RUN_KEY": run_key, "PYTHONUNBUFFERED": "1"}
        if options.database_url is not None:
            environment["CODEINTERVIEW_DATABASE_URL"] = options.database_url
        arguments = (
            *program[1:],
            "serve",
            "--host",
            _network_host() if options.allow_network else LOOPBACK,
            "--port",
            str(port),
            "--data-dir",
            str(paths.data),
            "--watch-stdin",
        )
        return Command(program[0], arguments, environment)

    return command
